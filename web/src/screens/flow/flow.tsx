// The signal flow of a show: where each source goes and what feeds each send, drawn from the connections. A
// choice lights one path; it stands in the address. What is drawn here by hand is a connection like any other.
import { Button, NativeSelect, TextInput } from '@mantine/core';
import { useMediaQuery } from '@mantine/hooks';
import { Link, useNavigate, useParams, useSearch } from '@tanstack/react-router';
import { ImageDown, List, Printer, Search, TriangleAlert, Waypoints } from 'lucide-react';
import { lazy, Suspense, useCallback, useEffect, useMemo, useRef, useState, type KeyboardEvent } from 'react';
import { flushSync } from 'react-dom';
import { Empty } from '../../parts/empty.tsx';
import { download, fileName } from '../../parts/file.ts';
import { plural } from '../../parts/time.ts';
import { useUndoKeys } from '../../parts/undo.tsx';
import { misfit, type Drawn } from '../../flow/connect.ts';
import { flowOf, groupsOf, type Flow, type FlowNode, type Path } from '../../flow/paths.ts';
import { jointsOf, lineName, linesOf, trace, type Joints, type Trace } from '../../flow/trace.ts';
import { kindTitles, warningsOf, type Warning } from '../../flow/warnings.ts';
import { library, type Row } from '../../sync/model.ts';
import type { ShowView } from '../../sync/open_show.ts';
import { useHere, useSession, useSessionState, useShow } from '../../sync/use.ts';
import { deviceName, portCountOf } from '../equipment/device.ts';
import { deletion, opsOf } from '../workspace/sheets.ts';
import { Tabs, Title } from '../workspace/title.tsx';
import { Chosen, useDeleteKey } from './chosen.tsx';
import { keepPlaces, keptPlaces, type Places } from './kept.ts';
import { detailOf, marksOf } from './marks.ts';
import { PathLine, PathLines } from './paths_list.tsx';
import type { Drawings, NodeLink } from './picture.tsx';
import './flow.css';

const Picture = lazy(async () => ({ default: (await import('./picture.tsx')).Picture }));
const ConnectForm = lazy(async () => ({ default: (await import('./connect_form.tsx')).ConnectForm }));
const foundShown = 40; // names below the search box
const narrow = 'screen and (max-width: 800px)';
const noDevices: readonly Row[] = [];

export function SignalFlow() {
  const { showId } = useParams({ from: '/shows/$showId/flow' });
  const show = useShow(showId);
  if (!show || show.state === 'loading') return <main className="screen full" id="main" aria-busy="true"><h1>Opening the show</h1></main>;
  if (show.state === 'gone') return <main className="screen" id="main"><Empty title="This show is not on this node"><Link to="/" search={{}}>All shows</Link></Empty></main>;
  return <FlowView key={showId} showId={showId} show={show} />;
}

function FlowView({ showId, show }: { showId: string; show: ShowView }) {
  const search = useSearch({ from: '/shows/$showId/flow' });
  const navigate = useNavigate({ from: '/shows/$showId/flow' });
  const small = useMediaQuery(narrow) ?? false;
  const { sources, sends, connections } = show.tables;
  const devices = useShow(library)?.tables.equipment_specs.rows ?? noDevices;
  const flow = useMemo(() => flowOf({ sources, sends, connections }), [sources, sends, connections]);
  const joints = useMemo(() => jointsOf(flow), [flow]);
  const portCount = useMemo(() => portCountOf(devices), [devices]);
  const warnings = useMemo(() => warningsOf(flow, joints, portCount), [flow, joints, portCount]);
  const marks = useMemo(() => marksOf(flow, show.tables, warnings), [flow, show.tables, warnings]);
  const chosen = search.path ?? null;
  const lit = useMemo(() => (chosen ? trace(flow, chosen, joints) : null), [flow, joints, chosen]);
  const found = useMemo(() => matches(flow, search.q, search.type), [flow, search.q, search.type]);
  const shown = useMemo(() => visible(flow, joints, found, search.only ? lit : null), [flow, joints, found, lit, search.only]);
  const printing = usePrinting();
  const session = useSession();
  const name = String(show.tables.productions.rows[0]?.show_name ?? 'Show');
  const drawing = useRef<Drawings | null>(null);
  const [kept, keep] = useKept(showId);
  const [connecting, setConnecting] = useState<{ from: string; to: string | null } | null>(null);
  useUndoKeys(showId);
  useHere(showId);

  const connect = (from: string, to: string | null) => {
    const wrong = misfit(flow, from, to);
    if (wrong) session.notify(wrong, 'bad');
    else setConnecting({ from, to });
  };
  const draw = (label: string, { row, values }: Drawn) => {
    setConnecting(null);
    session.edit(showId, label, opsOf('connections', [{ row, values }], connections.rows));
    session.notify(`${label}.`, 'good', showId);
  };
  const toFile = async () => {
    try {
      const { png } = await import('./drawing.ts');
      if (drawing.current) download(fileName(name, 'signal flow', 'png'), [await png(drawing.current.whole(`${name} · Signal flow`))], 'image/png');
    } catch (error) {
      session.notify(`No picture was made: ${(error as Error).message}`, 'bad');
    }
  };

  const set = (next: typeof search, replace = true) => void navigate({ search: next, replace });
  const choose = (key: string | null) => {
    const { path: _, only, ...rest } = search;
    set(key ? { ...rest, path: key, ...(only ? { only } : {}) } : rest);
  };
  const take = (path: Path) => {
    const label = `Take away ${lineName(flow, path)}`;
    choose(null);
    session.edit(showId, label, [deletion('connections', path.row)]);
    session.notify(`${label}.`, 'good', showId);
  };
  const lines = linesOf(flow, chosen ?? '');
  useDeleteKey(lines.length === 0 ? null : () => {
    if (lines.length === 1) take(lines[0]!);
    else session.notify(`${lines.length} connections go this way: take them away one by one, at the right.`, 'bad');
  });
  const linkOf = useCallback((node: FlowNode) => openLink(showId, node, devices), [showId, devices]);
  const searchKey = (event: KeyboardEvent) => {
    if (event.key === 'Enter' && found?.[0]) choose(found[0].key);
    if (event.key === 'Escape') set({});
  };
  const asList = (search.view ?? (small ? 'list' : 'picture')) === 'list';
  return (
    <main className="screen full" id="main">
      <Title showId={showId} show={show} />
      <div className="head flow-controls">
        <Tabs showId={showId} show={show} />
        <span className="grow" />
        <div className="flow-tools">
          <TextInput aria-label="Find a source or a send" placeholder="Find" leftSection={<Search size={16} />} w={120} value={search.q ?? ''} onKeyDown={searchKey}
            onChange={(event) => set({ ...search, q: event.currentTarget.value })} />
          <NativeSelect aria-label="Type" w={132} value={search.type ?? ''} onChange={(event) => set({ ...search, type: event.currentTarget.value })}
            data={[{ value: '', label: 'All types' }, ...new Set([...flow.nodes.values()].map((node) => node.type))]} />
          {asList
            ? <Button variant="default" leftSection={<Waypoints size={16} />} onClick={() => set({ ...search, view: 'picture' })}>Picture</Button>
            : <Button variant="default" leftSection={<List size={16} />} onClick={() => set({ ...search, view: 'list' })}>List</Button>}
          {!asList && <Button variant="default" px={12} aria-label="Keep the picture as a file" title="Keep the picture as a file (PNG)" disabled={!flow.nodes.size} onClick={() => void toFile()}><ImageDown size={18} /></Button>}
          <Button variant="default" px={12} aria-label="Print" title="Print" onClick={() => print()}><Printer size={18} /></Button>
        </div>
      </div>
      {flow.nodes.size === 0 ? (
        <Empty title="Nothing to draw yet"><p>Sources, sends and the connections between them make the picture. Type the first ones into the sheets.</p></Empty>
      ) : (
        <div className="flow-body">
          {asList ? <AsList flow={flow} joints={joints} shown={shown} lit={lit} onChoose={choose} /> : (
            <Suspense fallback={<div className="flow-picture" aria-busy="true" />}>
              <Picture flow={flow} shown={shown} lit={lit} chosen={chosen} marks={marks} linkOf={linkOf} onChoose={choose}
                kept={kept} drawing={drawing} onKeep={keep} onConnect={connect}
                label={`Signal flow: ${plural(sources.rows.length, 'source')}, ${plural(sends.rows.length, 'send')}, ${plural(connections.rows.length, 'connection')}`} />
            </Suspense>
          )}
          <aside className="flow-side" aria-label="Paths and warnings" tabIndex={0}>
            {chosen && <Chosen flow={flow} chosen={chosen} lit={lit} marks={marks} linkOf={linkOf} onChoose={choose} onConnect={connect} onTake={take} only={!!search.only} asList={asList} onOnly={(only) => set({ ...search, ...(only ? { only: 'path' } : { only: undefined }) } as typeof search)} />}
            {!chosen && found && <Found found={found} chosen={chosen} onChoose={choose} />}
            <Warnings warnings={warnings} chosen={chosen} onChoose={choose} />
          </aside>
        </div>
      )}
      {connecting && <Suspense><ConnectForm flow={flow} tables={show.tables} portCount={portCount} from={connecting.from} to={connecting.to} onDraw={draw} onClose={() => setConnecting(null)} /></Suspense>}
      {printing && flow.nodes.size > 0 && (
        <div className="flow-print">
          {!asList && drawing.current?.sheets(`${name} · Signal flow`).map((svg, i) => <div key={i} className="flow-drawing" aria-hidden dangerouslySetInnerHTML={{ __html: svg }} />)}
          <header>
            <h1>{name}</h1>
            <div><strong>Signal flow</strong>, {plural(connections.rows.length, 'connection')}. As of {new Date().toLocaleString([], { dateStyle: 'medium', timeStyle: 'short' })}.</div>
          </header>
          <AllPaths flow={flow} joints={joints} shown={shown} lit={lit} />
        </div>
      )}
    </main>
  );
}

// Of this person, in this browser.
function useKept(showId: string): [Places, (places: Places) => void] {
  const session = useSession();
  const person = useSessionState((state) => state.core.identity?.user ?? '');
  const [kept, setKept] = useState(() => ({ person, places: keptPlaces(localStorage, person, showId) }));
  if (kept.person !== person) setKept({ person, places: keptPlaces(localStorage, person, showId) });
  return [kept.places, (places) => {
    setKept({ person, places });
    if (!keepPlaces(localStorage, person, showId, places)) session.notify('This browser keeps nothing: where you put things is gone when the page is left.', 'bad');
  }];
}

// Null: nothing is asked for.
function matches(flow: Flow, q: string | undefined, type: string | undefined): FlowNode[] | null {
  if (!q?.trim() && !type) return null;
  const asked = (q ?? '').trim().toLowerCase();
  const score = (node: FlowNode) => (node.name.toLowerCase() === asked || String(node.row?.label ?? '').toLowerCase() === asked ? 0 : node.name.toLowerCase().startsWith(asked) ? 1 : 2);
  const fits = (node: FlowNode) => (!type || node.type === type) && asked.split(/\s+/).every((word) => `${node.name} ${node.type} ${node.model ?? ''}`.toLowerCase().includes(word));
  return [...flow.nodes.values()].filter(fits).sort((a, b) => score(a) - score(b));
}

// What was found with all that it is on a path with; or the chosen path alone. Null: everything.
function visible(flow: Flow, joints: Joints, found: FlowNode[] | null, only: Trace | null): ReadonlySet<string> | null {
  if (only) return only.nodes;
  return found && new Set(found.flatMap(({ key }) => [...(trace(flow, key, joints)?.nodes ?? [])]));
}

function openLink(showId: string, node: FlowNode, devices: readonly Row[]): NodeLink | null {
  if (node.kind !== 'device') return { to: `/shows/${showId}/${node.kind}s`, search: node.row ? { row: node.row.id } : { q: node.name } };
  const device = node.model && devices.find((one) => deviceName(one) === node.model);
  return device ? { to: `/equipment/${device.id}` } : null;
}

interface SideProps {
  found: FlowNode[] | null;
  chosen: string | null;
  onChoose(key: string): void;
}

function Found({ found, chosen, onChoose }: SideProps) {
  return (
    <section aria-label="Found">
      <h2>{found!.length ? `${found!.length} found` : 'Nothing fits'}</h2>
      <ul>{found!.slice(0, foundShown).map((node) => (
        <li key={node.key}><button type="button" className="flow-jump" aria-pressed={node.key === chosen} onClick={() => onChoose(node.key)}>
          <span><strong>{node.name}</strong> <span className="dim small">{detailOf(node)}</span></span>
        </button></li>
      ))}</ul>
      {found!.length > foundShown && <p className="dim small">and {found!.length - foundShown} more</p>}
    </section>
  );
}

function Warnings({ warnings, chosen, onChoose }: { warnings: readonly Warning[]; chosen: string | null; onChoose(key: string): void }) {
  return (
    <section aria-label="Warnings">
      <h2>{warnings.length ? plural(warnings.length, 'warning') : 'No warnings'}</h2>
      {!warnings.length && <p className="dim small">Every send is fed, every source goes somewhere, and no port is used twice.</p>}
      {[...groupsOf(warnings, (one) => one.kind)].map(([kind, list]) => (
        <div key={kind}>
          <h3>{kindTitles[list[0]!.kind]}</h3>
          <ul>{list.map((one) => (
            <li key={`${one.at} ${one.words}`}><button type="button" className="flow-jump" aria-pressed={one.at === chosen} onClick={() => onChoose(one.at)}>
              <TriangleAlert size={16} className="differs" aria-hidden /><span>{one.words}</span>
            </button></li>
          ))}</ul>
        </div>
      ))}
    </section>
  );
}

interface ListProps {
  flow: Flow;
  joints: Joints;
  shown: ReadonlySet<string> | null;
  lit: Trace | null;
}

const AsList = ({ onChoose, ...props }: ListProps & { onChoose(key: string): void }) => (
  <div className="flow-list" role="region" aria-label="Signal paths" tabIndex={0}><AllPaths {...props} onChoose={onChoose} /></div>
);

// Source by source; then what is fed by none.
function AllPaths({ flow, joints, shown, lit, onChoose }: ListProps & { onChoose?(key: string): void }) {
  if (lit) return <section><PathLines flow={flow} chains={lit.chains} label="Paths" {...(onChoose ? { onChoose } : {})} /></section>;
  const nodes = [...flow.nodes.values()].filter((node) => !shown || shown.has(node.key));
  const dark = nodes.filter((node) => node.kind === 'send' && !flow.byNode.get(node.key)?.length);
  return (
    <>
      {nodes.filter((node) => node.kind === 'source').map((node) => {
        const chains = trace(flow, node.key, joints)!.chains;
        const title = <><strong>{node.name}</strong> <span className="dim small">{detailOf(node)}</span></>;
        return (
          <section key={node.key} className="panel">
            <h2>{onChoose ? <button type="button" className="flow-jump" onClick={() => onChoose(node.key)}><span>{title}</span></button> : title}</h2>
            {chains.length ? chains.map((chain) => <PathLine key={chain.map((path) => path.id).join()} flow={flow} chain={chain} />) : <div className="dim small">goes nowhere</div>}
          </section>
        );
      })}
      {dark.length > 0 && <section className="panel"><h2>Nothing feeds</h2>{dark.map((node) => <div key={node.key}>{node.name}</div>)}</section>}
    </>
  );
}

// On paper the paths are text; they are drawn only for it.
function usePrinting(): boolean {
  const [printing, setPrinting] = useState(false);
  useEffect(() => {
    const begin = () => flushSync(() => setPrinting(true));
    const end = () => setPrinting(false);
    addEventListener('beforeprint', begin);
    addEventListener('afterprint', end);
    return () => {
      removeEventListener('beforeprint', begin);
      removeEventListener('afterprint', end);
    };
  }, []);
  return printing;
}
