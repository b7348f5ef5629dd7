// Addresses of the app. What is filtered and sorted stands in them, so a view can be sent to somebody.
import { createRootRoute, createRoute, createRouter, lazyRouteComponent, redirect } from '@tanstack/react-router';
import { Shell } from './shell.tsx';
import { Shows } from './screens/shows/shows.tsx';

const words = (value: unknown): string | undefined => (typeof value === 'string' && value ? value : undefined);
const some = <T extends object>(values: T): { [K in keyof T]?: Exclude<T[K], undefined> } =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as never;

export interface ShowsSearch {
  q?: string;
  status?: string; // 'archived': only those; else the archived are left out
  sort?: string; // 'name', 'changed'; else the latest load-in first
}

export interface SheetSearch {
  q?: string; // words that a row must have
  type?: string;
  sort?: string; // 'name', '-name'
  as_of?: string; // a time or an event's id: the sheet as it was then
  compare?: string; // 'now'
  row?: string; // the one that the sheet opens at, or whose history it is
  by?: string; // a history: of this person
}

export interface PrintSearch extends SheetSearch {
  of?: string; // which list; see screens/print/patch.ts
}

export interface FlowSearch {
  path?: string; // whose path is lit: the key of a node, or "connection:<id>"
  q?: string;
  type?: string;
  only?: string; // 'path': the rest is left out
  view?: string; // 'list', 'picture'
}

export interface EquipmentSearch {
  q?: string;
  category?: string;
  show?: string; // 'archived': only those
}

export interface DeviceSearch {
  part?: string; // the card whose ports are shown; else those of the device
  about?: string; // 'used', 'history'
}

export interface WalkSearch {
  shows?: string; // ids of those that were chosen, with commas between them
}

const root = createRootRoute({ component: Shell });

const shows = createRoute({
  getParentRoute: () => root, path: '/', component: Shows,
  validateSearch: (search): ShowsSearch => some({ q: words(search.q), status: words(search.status), sort: words(search.sort) }),
});

const show = createRoute({
  getParentRoute: () => root, path: '/shows/$showId',
  beforeLoad: ({ params }) => {
    throw redirect({ to: '/shows/$showId/$sheet', params: { ...params, sheet: 'sources' }, search: {}, replace: true });
  },
});

const sheet = createRoute({
  getParentRoute: () => root, path: '/shows/$showId/$sheet',
  component: lazyRouteComponent(() => import('./screens/workspace/workspace.tsx'), 'Workspace'),
  validateSearch: (search): SheetSearch => some({
    q: words(search.q), type: words(search.type), sort: words(search.sort), as_of: words(search.as_of), compare: words(search.compare), row: words(search.row), by: words(search.by),
  }),
});

const print = createRoute({
  getParentRoute: () => root, path: '/shows/$showId/print',
  component: lazyRouteComponent(() => import('./screens/print/print.tsx'), 'Print'),
  validateSearch: (search): PrintSearch => some({ q: words(search.q), type: words(search.type), sort: words(search.sort), of: words(search.of) }),
});

const health = createRoute({
  getParentRoute: () => root, path: '/health',
  component: lazyRouteComponent(() => import('./screens/health/health.tsx'), 'HealthScreen'),
});

const flow = createRoute({
  getParentRoute: () => root, path: '/shows/$showId/flow',
  component: lazyRouteComponent(() => import('./screens/flow/flow.tsx'), 'SignalFlow'),
  validateSearch: (search): FlowSearch => some({ path: words(search.path), q: words(search.q), type: words(search.type), only: words(search.only), view: words(search.view) }),
});

const conflicts = createRoute({
  getParentRoute: () => root, path: '/conflicts',
  component: lazyRouteComponent(() => import('./screens/conflicts/conflicts.tsx'), 'Conflicts'),
});

const sync = createRoute({
  getParentRoute: () => root, path: '/nodes',
  component: lazyRouteComponent(() => import('./screens/sync/sync.tsx'), 'SyncCentre'),
});

const beforeShow = createRoute({
  getParentRoute: () => root, path: '/nodes/before',
  component: lazyRouteComponent(() => import('./screens/walks/before.tsx'), 'BeforeShow'),
  validateSearch: (search): WalkSearch => some({ shows: words(search.shows) }),
});

const afterShow = createRoute({
  getParentRoute: () => root, path: '/nodes/after',
  component: lazyRouteComponent(() => import('./screens/walks/after.tsx'), 'AfterShow'),
  validateSearch: (search): WalkSearch => some({ shows: words(search.shows) }),
});

const certificate = createRoute({
  getParentRoute: () => root, path: '/nodes/certificate',
  component: lazyRouteComponent(() => import('./screens/walks/certificate.tsx'), 'CertificateScreen'),
  validateSearch: (search): WalkSearch => some({ shows: words(search.shows) }),
});

const equipment = createRoute({
  getParentRoute: () => root, path: '/equipment',
  component: lazyRouteComponent(() => import('./screens/equipment/library.tsx'), 'Library'),
  validateSearch: (search): EquipmentSearch => some({ q: words(search.q), category: words(search.category), show: words(search.show) }),
});

const device = createRoute({
  getParentRoute: () => root, path: '/equipment/$deviceId',
  component: lazyRouteComponent(() => import('./screens/equipment/device.tsx'), 'DevicePage'),
  validateSearch: (search): DeviceSearch => some({ part: words(search.part), about: words(search.about) }),
});

const bring = createRoute({
  getParentRoute: () => root, path: '/import',
  component: lazyRouteComponent(() => import('./screens/import/import.tsx'), 'Import'),
});

export const router = createRouter({
  routeTree: root.addChildren([shows, show, print, sheet, flow, health, equipment, device, bring, conflicts, sync, beforeShow, certificate, afterShow]),
  defaultPreload: 'intent',
});

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
}
