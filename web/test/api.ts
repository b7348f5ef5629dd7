// A client that believes nothing: every answer is held against the document that the node gives of
// itself.
import { Agent, request as send } from 'node:http';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';

// JSON as it came, and objects of the document.
// eslint-disable-next-line @typescript-eslint/no-explicit-any
export type Json = any;

export interface Operation {
  id: string;
  method: string; // upper case
  path: string; // with {id}
  parameters: Json[];
  body: Json | undefined; // schema of one that is JSON
  type: string; // of a body
  bodyRequired: boolean;
  responses: Json;
}

export interface Answer {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  text: string;
  raw: Buffer;
  json: Json; // undefined where it is none
}

export interface Request {
  path?: Record<string, string>;
  query?: Record<string, string> | string;
  headers?: Record<string, string | string[]>;
  body?: Json;
  bytes?: Buffer | string; // instead of body, as they are
}

const agent = new Agent({ keepAlive: true, maxSockets: 4 });
const answerMs = 20_000;

export function ask(url: string, method: string, target: string, headers: Request['headers'] = {},
  bytes?: Buffer | string): Promise<Answer> {
  const base = new URL(url);
  return new Promise((resolve, reject) => {
    const length = bytes === undefined ? {} : { 'Content-Length': String(Buffer.byteLength(bytes)) };
    const outgoing = send(
      { agent, host: base.hostname, port: base.port, method, path: target,
        headers: { ...length, ...headers }, timeout: answerMs },
      (incoming) => {
        const pieces: Buffer[] = [];
        incoming.on('data', (piece: Buffer) => pieces.push(piece));
        incoming.on('error', reject);
        incoming.on('end', () => {
          const raw = Buffer.concat(pieces);
          const text = raw.toString('utf8');
          let json: Json;
          if (String(incoming.headers['content-type']).includes('json') && method !== 'HEAD')
            json = JSON.parse(text);
          resolve({ status: incoming.statusCode ?? 0, headers: incoming.headers, text, raw, json });
        });
      },
    );
    outgoing.on('timeout', () => outgoing.destroy(new Error(`no answer: ${method} ${target}`)));
    outgoing.on('error', reject);
    outgoing.end(bytes);
  });
}

const lower = ['get', 'put', 'post', 'patch', 'delete'];

export class Api {
  readonly url: string;
  readonly document: Json;
  readonly operations: Map<string, Operation>;
  // "create_source 201", "create_source already-exists": what was seen so far.
  readonly seen: Set<string> = new Set();
  readonly #ajv: Ajv2020;
  readonly #validators = new Map<string, ValidateFunction>();

  private constructor(url: string, document: Json) {
    this.url = url;
    this.document = document;
    this.#ajv = new Ajv2020({ strict: false, allErrors: false, validateFormats: true });
    (formats as unknown as (ajv: Ajv2020) => void)(this.#ajv);
    this.#ajv.addSchema(document, 'api');
    this.operations = new Map(
      Object.entries<Json>(document.paths).flatMap(([path, methods]) =>
        Object.entries<Json>(methods)
          .filter(([method]) => lower.includes(method))
          .map(([method, one]): [string, Operation] => [one.operationId, {
            id: one.operationId,
            method: method.toUpperCase(),
            path,
            parameters: one.parameters ?? [],
            body: one.requestBody?.content['application/json']?.schema,
            type: Object.keys(one.requestBody?.content ?? {})[0] ?? 'application/json',
            bodyRequired: one.requestBody?.required ?? false,
            responses: one.responses,
          }])),
    );
  }

  static async of(url: string): Promise<Api> {
    const answer = await ask(url, 'GET', '/api/openapi.json');
    return new Api(url, answer.json);
  }

  operation(id: string): Operation {
    const found = this.operations.get(id);
    if (!found) throw new Error(`the document has no operation ${id}`);
    return found;
  }

  // What a $ref leads to.
  at(value: Json): Json {
    if (!value?.$ref) return value;
    return value.$ref.slice(2).split('/').reduce((place: Json, name: string) => place[name], this.document);
  }

  // Asks, and holds the answer against the document. Throws where they differ.
  async call(id: string, given: Request = {}): Promise<Answer> {
    const operation = this.operation(id);
    const { target, headers, bytes } = this.prepare(operation, given);
    const answer = await ask(this.url, operation.method, target, headers, bytes);
    this.check(operation, answer, `${operation.method} ${target} ${String(bytes).slice(0, 300)}`);
    return answer;
  }

  // The same, and it went well. Then the body that was sent is one of the document's, too.
  async good(id: string, given: Request = {}): Promise<Answer> {
    const answer = await this.call(id, given);
    if (answer.status >= 400) throw new Error(`${id}: ${answer.status} ${answer.text}`);
    const { body } = this.operation(id);
    if (given.body !== undefined && body) this.#hold(body, given.body, `what ${id} was sent`);
    return answer;
  }

  prepare(operation: Operation, given: Request) {
    const query = typeof given.query === 'string' ? given.query
      : new URLSearchParams(given.query ?? {}).toString();
    const path = operation.path.replace(/{(\w+)}/g, (_, name: string) => given.path?.[name] ?? name);
    const bytes = given.bytes ?? (given.body === undefined ? undefined : JSON.stringify(given.body));
    const type: Record<string, string> =
      bytes === undefined ? {} : { 'Content-Type': operation.type };
    return { target: query ? `${path}?${query}` : path, headers: { ...type, ...given.headers }, bytes };
  }

  check(operation: Operation, answer: Answer, what: string): void {
    const where = `${what} -> ${answer.status} ${answer.text.slice(0, 2_000)}`;
    const said = operation.responses[answer.status] ?? operation.responses.default;
    const response = this.at(said);
    // What the guard refuses never came to the API.
    for (const name of answer.status === 413 ? ['request-id'] : ['request-id', 'sync-cursor'])
      if (!answer.headers[name]) throw new Error(`no ${name}: ${where}`);
    this.#checkContent(response, answer, where);
    this.#checkHeaders(response, answer, where);
    const problem = String(answer.json?.type ?? '').replace('/problems/', '');
    const kind = String(answer.headers['content-type']).includes('problem') ? problem : answer.status;
    this.seen.add(`${operation.id} ${kind}`);
  }

  #checkContent(response: Json, answer: Answer, where: string): void {
    if (!response.content) {
      if (answer.text !== '') throw new Error(`there should be no body: ${where}`);
      return;
    }
    const type = String(answer.headers['content-type']).split(';')[0] ?? '';
    const content = response.content[type];
    if (!content) throw new Error(`the document does not know ${type} there: ${where}`);
    this.#hold(content.schema, answer.json ?? answer.text, where);
  }

  #checkHeaders(response: Json, answer: Answer, where: string): void {
    for (const name of Object.keys(response.headers ?? {})) {
      const maybe = name === 'Link' || name === 'ETag' || name === 'Location';
      if (!maybe && !answer.headers[name.toLowerCase()]) throw new Error(`no ${name}: ${where}`);
    }
    for (const name of ['etag', 'location', 'link', 'retry-after']) {
      const known = Object.keys(response.headers ?? {}).some((one) => one.toLowerCase() === name);
      if (answer.status < 400 && answer.headers[name] && !known)
        throw new Error(`the document does not say ${name}: ${where}`);
    }
  }

  // True where `value` is of the schema.
  fits(schema: Json, value: Json): boolean {
    return this.#validator(schema)(value) as boolean;
  }

  #hold(schema: Json, value: Json, where: string): void {
    const validate = this.#validator(schema);
    if (!validate(value))
      throw new Error(`${this.#ajv.errorsText(validate.errors)}: ${where}`);
  }

  #validator(schema: Json): ValidateFunction {
    const text = JSON.stringify(schema);
    let found = this.#validators.get(text);
    if (!found) {
      found = this.#ajv.compile(JSON.parse(text.replaceAll('"#/', '"api#/')));
      this.#validators.set(text, found);
    }
    return found;
  }
}
