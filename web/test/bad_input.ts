// Bad input, made from the document: for an operation, and a request that would be good, each kind
// of mistake that its parameters, headers and body give room for.
import { Api, type Json, type Operation, type Request } from './api.ts';

export interface Mistake {
  what: string;
  request: Request;
  status: number[]; // any of these
  // Where errors[] must point: into the body, or the name of a parameter or header. undefined: the
  // fault is not in one place.
  pointer?: string;
  parameter?: string;
}

const clone = (value: Json): Json => structuredClone(value);

// --- bodies -------------------------------------------------------------------------------------

const escape = (name: string) => name.replaceAll('~', '~0').replaceAll('/', '~1');

// `body` with the value at `keys` replaced; undefined takes the member away.
function replaced(body: Json, keys: (string | number)[], value: Json): Json {
  if (keys.length === 0) return value;
  const made = clone(body);
  const place = keys.slice(0, -1).reduce((at, key) => at[key], made);
  const last = keys.at(-1) as string;
  if (value === undefined) delete place[last];
  else place[last] = value;
  return made;
}

const typesOf = (schema: Json): string[] => [schema.type ?? []].flat();

// Values that a schema does not take, with a word for what is wrong.
function wrongValues(schema: Json): [string, Json][] {
  const types = typesOf(schema);
  if (types.length === 0) return [];
  const wrong: [string, Json][] = [];
  const others: [string, Json][] = [['text', 'x'], ['number', 7.5], ['boolean', true],
    ['list', []], ['object', {}]];
  const own: Record<string, string> = { string: 'text', integer: 'number', number: 'number',
    boolean: 'boolean', array: 'list', object: 'object' };
  const mine = types.map((type) => own[type]);
  for (const [kind, value] of others)
    if (!mine.includes(kind)) wrong.push([`a ${kind}`, value]);
  if (types.includes('integer')) wrong.push(['a fraction', 1.5], ['a huge number', 1e300]);
  if (schema.maximum !== undefined) wrong.push(['above the range', schema.maximum + 1]);
  if (schema.minimum !== undefined) wrong.push(['below the range', schema.minimum - 1]);
  if (schema.exclusiveMinimum !== undefined) wrong.push(['at the open end', schema.exclusiveMinimum]);
  if (schema.maxLength !== undefined) wrong.push(['too long', 'x'.repeat(schema.maxLength + 1)]);
  if (schema.minLength) wrong.push(['empty', '']);
  if (schema.enum) wrong.push(['no known word', 'nonsense']);
  if (schema.pattern) wrong.push(['of another form', '-']);
  if (schema.format === 'uuid')
    wrong.push(['no UUID', 'nonsense'], ['upper case', '018F6B1E-0000-7000-8000-0000000000AA'],
      ['the nil UUID', '00000000-0000-0000-0000-000000000000']);
  if (schema.format === 'date-time')
    wrong.push(['a date', '2026-11-22'], ['no time', 'tomorrow'], ['no offset', '2026-11-22T10:00:00'],
      ['month 13', '2026-13-01T00:00:00Z'], ['hour 25', '2026-11-22T25:00:00Z']);
  if (schema.maxLength !== undefined)
    wrong.push(['with U+0000', 'a\u0000b']);
  if (schema.maxItems !== undefined) wrong.push(['an empty list', []]);
  return wrong;
}

// Walks a schema and a good body side by side.
function* bodyMistakes(api: Api, given: Json, good: Json, at: Json,
  keys: (string | number)[]): Generator<Omit<Mistake, 'status'>> {
  let schema = api.at(given);
  if (schema.anyOf)
    schema = api.at(schema.anyOf.find((one: Json) => api.fits(one, at)) ?? schema.anyOf[0]);
  if (schema.readOnly) return;
  const pointer = keys.map((key) => `/${escape(String(key))}`).join('');
  for (const [what, value] of wrongValues(schema))
    yield { what: `${pointer || 'the body'}: ${what}`, pointer, request: { body: replaced(good, keys, value) } };
  if (schema.properties && at && typeof at === 'object') {
    yield { what: `${pointer}: an unknown member`, pointer: `${pointer}/colour~1s`,
      request: { body: replaced(good, [...keys, 'colour/s'], 1) } };
    for (const name of schema.required ?? [])
      for (const [what, value] of [['missing', undefined], ['null', null]])
        yield { what: `${pointer}/${name}: ${what}`, pointer: `${pointer}/${name}`,
          request: { body: replaced(good, [...keys, name], value) } };
    for (const [name, member] of Object.entries<Json>(schema.properties))
      if (at[name] !== undefined)
        yield* bodyMistakes(api, member, good, at[name], [...keys, name]);
  }
  if (schema.items && Array.isArray(at) && at.length > 0)
    yield* bodyMistakes(api, schema.items, good, at[0], [...keys, 0]);
}

const broken: [string, string | Buffer][] = [
  ['half an object', '{'], ['no JSON', 'nonsense'], ['two values', '{} {}'], ['nothing', ''],
  ['a key twice', '{"label":"a","label":"b"}'], ['NaN', '{"label":NaN}'],
  ['a number too great', '{"label":1e999}'], ['a lone surrogate', '{"label":"\\ud800"}'],
  ['40 deep', `{"label":${'['.repeat(40)}${']'.repeat(40)}}`],
  ['100,000 deep', '['.repeat(100_000)],
  ['invalid UTF-8', Buffer.from('7b226c6162656c223a22ff227d', 'hex')],
  ['overlong UTF-8', Buffer.from('7b226c6162656c223a22c080227d', 'hex')],
];

function* formMistakes(operation: Operation, good: Request): Generator<Mistake> {
  const takesNothing = !operation.bodyRequired;
  for (const [what, bytes] of broken) {
    if (takesNothing && bytes === '') continue;
    yield { what, request: { ...good, bytes }, status: [400] };
  }
  const body = JSON.stringify(good.body ?? {});
  for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'application/jsonp',
    'application/json; charset=latin1', 'multipart/form-data', ''])
    yield { what: `Content-Type "${type}"`, status: [415],
      request: { ...good, bytes: body, headers: { ...good.headers, 'Content-Type': type } } };
  if (!['import', 'take_bundle'].includes(operation.id)) // 16 and 4 MiB there: tests/http
    yield { what: 'a body over the limit', status: [413],
      request: { ...good, bytes: `{"label":"${'x'.repeat(1 << 20)}"}` } };
  if (operation.body || operation.bodyRequired) return;
  for (const value of [{ colour: 1 }, [], 'text', 7, null])
    yield { what: `${JSON.stringify(value)} where no body is taken`, status: [422],
      request: { ...good, bytes: JSON.stringify(value) } };
}

// --- parameters and headers ---------------------------------------------------------------------

const absurd: Record<string, string[]> = {
  limit: ['0', '-1', '1001', '1.5', 'all', '', '99999999999999999999999'],
  cursor: ['nonsense', 'AAAA', '%00', '0'.repeat(3_000)],
  deleted: ['maybe', '1', 'TRUE', ''],
  include: ['some', ''],
  order: ['nothing', 'id.up', 'id,', '.asc', 'id.asc.desc', Array(9).fill('id').join(',')],
  as_of: ['nonsense', '2026-11-22', 'tomorrow', '9999-12-31T23:59:59Z', '2026-13-01T00:00:00Z',
    '018f6b1e-0000-7000-8000-0000000000aa', 'a.b.c'],
  override: ['maybe', ''],
  dry_run: ['maybe', ''],
  update: ['maybe', ''],
  table: ['nonsense', ''],
  production_id: ['nonsense', '', '018F6B1E-0000-7000-8000-0000000000AA'],
  wait: ['-1', '31', '1.5', 'long', '', '99999999999999999999999'],
  since: ['nonsense', '0', '.', '00000000.-1', '00000000.99999999999999999999999', 'x'.repeat(3_000)],
  map: ['=', '"a', 'x'],
};

const wrongFilters = ['value', 'zz.1', 'eq', 'in.(', 'in.("a)', 'in.(\\', 'is.maybe', '.', ''];

function queryMistakes(parameter: Json): string[] {
  const named = absurd[parameter.name];
  if (named) return named;
  return String(parameter.description).startsWith('Filter') ? wrongFilters : [];
}

const withQuery = (good: Request, query: string): Request => {
  const own = new URLSearchParams(good.query as Record<string, string>).toString();
  return { ...good, query: own ? `${own}&${query}` : query };
};

function* parameterMistakes(operation: Operation, good: Request): Generator<Mistake> {
  const known = operation.parameters.filter((one) => one.in === 'query');
  yield { what: 'an unknown parameter', request: withQuery(good, 'colour=red'), status: [400],
    parameter: 'colour' };
  for (const query of ['%', 'a=%zz', 'a=%00'])
    yield { what: `the query ${query}`, request: withQuery(good, query), status: [400] };
  for (const parameter of known) {
    const { name } = parameter;
    for (const value of queryMistakes(parameter))
      yield { what: `${name}=${value.slice(0, 40)}`, status: [400], parameter: name,
        request: withQuery(good, `${name}=${encodeURIComponent(value)}`) };
    if (good.query && name in (good.query as object)) continue;
    const isFilter = String(parameter.description).startsWith('Filter');
    if (isFilter) continue;
    const value = { limit: '1', deleted: 'true', order: 'id', include: 'all' }[name as string];
    if (value)
      yield { what: `${name} twice`, status: [400], parameter: name,
        request: withQuery(good, `${name}=${value}&${name}=${value}`) };
  }
  const filters = known.filter((one) => String(one.description).startsWith('Filter'));
  if (filters[0])
    yield { what: '21 filters', status: [400],
      request: withQuery(good, Array(21).fill(`${filters[0].name}=is.null`).join('&')) };
}

function* headerMistakes(operation: Operation, good: Request): Generator<Mistake> {
  const names = new Set(operation.parameters.filter((one) => one.in === 'header').map((one) => one.name));
  const wrong = (name: string, value: string | string[], more: Record<string, string> = {},
    parameter = name): Mistake => ({
    what: `${name}: ${value}`, status: [400], parameter,
    request: { ...good, headers: { ...good.headers, ...more, [name]: value } } });
  if (names.has('Idempotency-Key'))
    for (const value of ['nonsense', '0', '018f6b1e-0000-7000-8000-0000000000aa, b'])
      yield wrong('Idempotency-Key', value);
  if (names.has('Genlock-User'))
    for (const value of ['%zz', '%ff', '%', 'x'.repeat(201)]) {
      yield wrong('Genlock-User', value);
      yield wrong('Genlock-Device', value);
    }
  if (!names.has('Base-Version')) return;
  for (const name of ['If-Match', 'Base-Version'])
    for (const value of ['nonsense', '"', '"="', 'W/"AAAA"']) yield wrong(name, value);
  yield wrong('If-Match', '*', { 'Base-Version': '"AAAA"' }, 'Base-Version');
}

function* pathMistakes(operation: Operation, good: Request): Generator<Mistake> {
  if (!operation.path.includes('{id}')) return;
  for (const id of ['nonsense', '00000000-0000-0000-0000-000000000000', '%20', '..%2f..', '0'.repeat(500),
    '018F6B1E-0000-7000-8000-0000000000AA', '018f6b1e-0000-7000-8000-0000000000aa', '%F0%9F%8E%A5'])
    yield { what: `the id ${id.slice(0, 40)}`, request: { ...good, path: { id } }, status: [404] };
  yield { what: 'a broken escape in the path', request: { ...good, path: { id: '%zz' } }, status: [400] };
}

// All mistakes that fit an operation. `good` is a request that it would take.
export function* mistakes(api: Api, operation: Operation, good: Request): Generator<Mistake> {
  yield* pathMistakes(operation, good);
  yield* parameterMistakes(operation, good);
  yield* headerMistakes(operation, good);
  if (operation.method === 'GET') return;
  yield* formMistakes(operation, good);
  if (!operation.body) return;
  for (const one of bodyMistakes(api, operation.body, good.body, good.body, []))
    yield { ...one, request: { ...good, ...one.request }, status: [422] };
}
