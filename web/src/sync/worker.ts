// The sync core in a SharedWorker: one for all tabs of a browser.
import { Core } from './core.ts';
import type { ToCore } from './model.ts';
import { Store } from './store.ts';

const core = Store.open().then((store) => Core.start(store));

self.addEventListener('connect', (event) => {
  const port = (event as MessageEvent).ports[0]!;
  const take = core.then((started) => started.attach((message) => port.postMessage(message)));
  port.onmessage = (message: MessageEvent<ToCore>) => void take.then((act) => act(message.data));
});
