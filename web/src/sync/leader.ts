// Without SharedWorker one tab leads: it holds a lease in localStorage, renews it, and runs the core
// for the others, who speak to it over a BroadcastChannel. When the lease ends, another takes over
// from what is on the disk, and asks all tabs to say again what they want.
import { Core, type Port } from './core.ts';
import { newId } from './ids.ts';
import type { Connect } from './link.ts';
import type { ToCore, ToTab } from './model.ts';
import { Store } from './store.ts';

const leaseKey = 'genlock-leader';
const leaseMs = 3_000;
const lookMs = 700;

interface Lease {
  tab: string;
  until: number;
}

type OnAir =
  | { to: 'core'; from: string; message: ToCore }
  | { to: 'tab'; tab: string; message: ToTab }
  | { to: 'all' }; // a new core has begun

export const lead: Connect = (receive, again) => {
  const me = newId();
  const air = new BroadcastChannel('genlock');
  const ports = new Map<string, (message: ToCore) => void>();
  let core: Promise<Core> | null = null;

  const held = (): Lease | null => {
    const text = localStorage.getItem(leaseKey);
    return text ? (JSON.parse(text) as Lease) : null;
  };

  const atCore = async (from: string, message: ToCore) => {
    if (!core) return;
    const running = await core;
    const port: Port = (answer) => (from === me ? receive(answer)
      : air.postMessage({ to: 'tab', tab: from, message: answer } satisfies OnAir));
    if (!ports.has(from)) ports.set(from, running.attach(port));
    ports.get(from)!(message);
  };

  const look = () => {
    const lease = held();
    const mine = lease?.tab === me;
    if (lease && !mine && lease.until > Date.now()) return;
    if (core && !mine && lease) return location.reload(); // it slept, and another leads now
    localStorage.setItem(leaseKey, JSON.stringify({ tab: me, until: Date.now() + leaseMs } satisfies Lease));
    if (core) return;
    // Two tabs that saw the lease end at once: the later one has it.
    setTimeout(() => {
      if (held()?.tab !== me || core) return;
      core = Store.open().then((store) => Core.start(store));
      void core.then(() => {
        air.postMessage({ to: 'all' } satisfies OnAir);
        again();
      });
    }, 50);
  };

  air.onmessage = (event: MessageEvent<OnAir>) => {
    const said = event.data;
    if (said.to === 'all') again();
    else if (said.to === 'core') void atCore(said.from, said.message);
    else if (said.tab === me) receive(said.message);
  };
  addEventListener('pagehide', () => {
    if (held()?.tab === me) localStorage.removeItem(leaseKey);
  });
  look();
  setInterval(look, lookMs);
  return {
    post: (message) => (core ? void atCore(me, message)
      : air.postMessage({ to: 'core', from: me, message } satisfies OnAir)),
  };
};
