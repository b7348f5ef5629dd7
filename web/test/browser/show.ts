// Shows for the browser tests, made through the API.
import { ask, type Answer, type Json } from '../api.ts';

let count = 0;
const key = (): string => `018f6b1e-0000-7000-8000-${String(++count).padStart(12, '0')}`;

export async function call(url: string, method: string, path: string, body?: Json, user = 'Ben', headers: Record<string, string> = {}, text?: string): Promise<Answer> {
  const answer = await ask(url, method, path, {
    'Genlock-User': user, 'Genlock-Device': 'office',
    ...(body === undefined ? {} : { 'Content-Type': 'application/json' }), ...headers,
  }, text ?? (body === undefined ? undefined : JSON.stringify(body)));
  if (answer.status >= 400) throw new Error(`${method} ${path}: ${answer.status} ${answer.text}`);
  return answer;
}

export interface Made {
  id: string;
  sources: string[]; // ids
}

// "SRC 1" .. with cameras of 1920 x 1080.
export async function makeShow(url: string, name: string, sources: number): Promise<Made> {
  const { json } = await call(url, 'POST', '/api/productions', { client: 'Acme', show_name: name, status: 'planning', venue: 'Arena' });
  const ids = Array.from({ length: sources }, key);
  const parts = Math.ceil(sources / 1_000);
  for (let part = 0; part < parts; ++part) {
    const ops = ids.slice(part * 1_000, (part + 1) * 1_000).map((id, i) => {
      const n = part * 1_000 + i + 1;
      return { op: 'create', table: 'sources', id, row: {
        type: n % 4 === 0 ? 'PTZ' : 'CAM', name: `CAM ${n}`, label: `SRC ${n}`, h_res: 1920, v_res: 1080, rate: 59.94, sort_order: `a${String(n).padStart(5, '0')}x` } };
    });
    await call(url, 'POST', `/api/productions/${json.id}/batch`, { ops });
  }
  return { id: json.id, sources: ids };
}

export const source = async (url: string, id: string): Promise<Json> => (await ask(url, 'GET', `/api/sources/${id}`)).json;
export const sources = async (url: string, show: string): Promise<Json[]> =>
  (await ask(url, 'GET', `/api/productions/${show}/sources?limit=1000`)).json;

// Until `fits` holds; fails with the last value.
export async function until<T>(read: () => Promise<T>, fits: (value: T) => boolean, ms = 20_000): Promise<T> {
  const end = Date.now() + ms;
  for (;;) {
    const value = await read();
    if (fits(value)) return value;
    if (Date.now() > end) throw new Error(`not in ${ms} ms: ${JSON.stringify(value).slice(0, 2_000)}`);
    await new Promise((resolve) => setTimeout(resolve, 40));
  }
}

export interface MadeFlow extends Made {
  sends: string[];
  connections: string[];
}

// A show of `count` cameras, each by way of ROUTER A to a screen of its own: "CAM 3" in 3, out 3, "LED 3".
export async function makeFlow(url: string, name: string, count: number): Promise<MadeFlow> {
  const made = await makeShow(url, name, count);
  const [router, sends, connections] = [key(), made.sources.map(key), made.sources.map(key)];
  const ops = made.sources.flatMap((source, i) => {
    const n = i + 1;
    const order = `a${String(n).padStart(5, '0')}x`;
    const send = { type: 'LED', name: `LED ${n}`, h_res: 1920, v_res: 1080, rate: 59.94, output_connector: 'SDI', sort_order: order };
    const path = [{ kind: 'source', id: source, name: `CAM ${n}` }, { kind: 'router', id: router, name: 'ROUTER A', model: 'Acme Router', in: `In ${n}`, out: `Out ${n}` }, { kind: 'send', id: sends[i], name: `LED ${n}` }];
    return [
      { op: 'create', table: 'sends', id: sends[i], row: send },
      { op: 'create', table: 'connections', id: connections[i], row: {
        source_id: source, intermediate_type: 'router', intermediate_id: router, intermediate_input: `In ${n}`, intermediate_output: `Out ${n}`,
        destination_type: 'send', destination_id: sends[i], signal_path: path, sort_order: order } },
    ];
  });
  for (let at = 0; at < ops.length; at += 500) await call(url, 'POST', `/api/productions/${made.id}/batch`, { ops: ops.slice(at, at + 500) });
  return { ...made, sends, connections };
}
