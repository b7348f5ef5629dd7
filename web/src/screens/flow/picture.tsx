// The signal flow as a picture. The choice and what is lit come from above; here is where things stand, how eyes,
// fingers and arrow keys get from one to the next, and how a line is drawn between two.
import '@xyflow/react/dist/base.css';
import { ActionIcon } from '@mantine/core';
import { Background, BackgroundVariant, Handle, MiniMap, Panel, Position, ReactFlow, ReactFlowProvider, useReactFlow, type Edge, type FinalConnectionState, type Node, type NodeChange, type NodeProps } from '@xyflow/react';
import { Link } from '@tanstack/react-router';
import { ArrowUpRight, CircleAlert, CloudUpload, Maximize, Minus, Move, Plus, RotateCcw, TriangleAlert } from 'lucide-react';
import { memo, useEffect, useMemo, useRef, useState, type KeyboardEvent, type RefObject } from 'react';
import type { Flow, FlowNode } from '../../flow/paths.ts';
import type { Trace } from '../../flow/trace.ts';
import { coarse } from '../../parts/grid/grid.tsx';
import { drawingOf, sheetsOf, type Drawing } from './drawing.ts';
import type { Places } from './kept.ts';
import { nodeHeight, nodeWidth, placesOf, withKept, type Place } from './layout.ts';
import { detailOf, markWords, type Marks } from './marks.ts';

const readable = 0.85; // the scale at which names can be read
const leastZoom = 0.03;
const rim = 24; // px between the picture's rim and what it shows
const rimLeft = 76; // where the buttons are
const farApart = 1_200; // px, at scale 1
const overview = 40; // so many nodes fit on a screen and can be read
const focusFrames = 30; // a node that was off screen is drawn within
const stepPx = 24; // that a key moves a node
const clickPx = 4; // a press that moves less is no pull
const edgePx = coarse ? 36 : 20; // so wide a line can be pressed, at scale 1
const catchPx = 40; // so near a port a line is caught, at scale 1

export interface PictureProps {
  flow: Flow;
  shown: ReadonlySet<string> | null; // null: everything
  lit: Trace | null;
  chosen: string | null;
  marks: ReadonlyMap<string, Marks>;
  label: string;
  kept: Places; // where somebody put nodes by hand
  drawing: RefObject<Drawings | null>; // of what is shown, for files and paper
  linkOf(node: FlowNode): NodeLink | null;
  onChoose(key: string | null): void;
  onKeep(places: Places): void;
  onConnect(from: string, to: string | null): void; // null: not said yet
}

export interface Drawings {
  whole(title: string): Drawing;
  sheets(title: string): string[]; // SVG, a page each
}

export interface NodeLink {
  to: string;
  search?: Record<string, string>;
}

type Card = Node<{ node: FlowNode; marks: Marks | undefined; chosen: boolean; movable: boolean; link: NodeLink | null; onChoose(key: string): void }, 'card'>;

const CardView = memo(({ data: { node, marks, chosen, movable, link, onChoose } }: NodeProps<Card>) => {
  const said = marks ? markWords(marks) : '';
  return (
    <div className={`flow-node is-${node.kind}`}>
      {node.kind !== 'source' && <Handle type="target" position={Position.Left} title={`Into ${node.name}`} />}
      <button type="button" className={movable ? '' : 'nodrag nopan'} data-node={node.key} aria-pressed={chosen} title={`${node.name}\n${detailOf(node)}`}
        onClick={() => onChoose(node.key)}>
        <span className="cut"><strong>{node.name}</strong></span>
        <span className="flow-detail">
          {marks?.pending && <CloudUpload size={13} aria-hidden />}
          {!!marks?.conflicts && <span className="differs" aria-hidden><CircleAlert size={13} /> {marks.conflicts}</span>}
          {!!marks?.warnings && <span className="differs" aria-hidden><TriangleAlert size={13} /> {marks.warnings}</span>}
          <span className="cut">{detailOf(node)}</span>
          {said && <span className="unseen">, {said}</span>}
        </span>
      </button>
      {link && (
        <Link className="nodrag nopan" to={link.to} search={link.search ?? {}} aria-label={`Open ${node.name}`} title={node.kind === 'device' ? 'Open in the equipment library' : 'Open its row'}>
          <ArrowUpRight size={16} aria-hidden />
        </Link>
      )}
      {node.kind !== 'send' && <Handle type="source" position={Position.Right} title={`Pull to what ${node.name} feeds`} />}
    </div>
  );
});
CardView.displayName = 'CardView';

const nodeTypes = { card: CardView };
const into = { id: null, type: 'target' as const, position: Position.Left, x: 0, y: nodeHeight / 2, width: 1, height: 1 };
const outOf = { id: null, type: 'source' as const, position: Position.Right, x: nodeWidth, y: nodeHeight / 2, width: 1, height: 1 };
const handles = { source: [outOf], device: [into, outOf], send: [into] };

// The last layout: whoever comes back from a sheet finds it as it was.
let laidOut: { structure: string; places: Map<string, Place> } | null = null;

export const Picture = (props: PictureProps) => <ReactFlowProvider><Canvas {...props} /></ReactFlowProvider>;

function Canvas({ flow, shown, lit, chosen, marks, label, kept, drawing, linkOf, onChoose, onKeep, onConnect }: PictureProps) {
  const api = useReactFlow();
  const box = useRef<HTMLDivElement>(null);
  // What stands where hangs on which nodes and edges there are; a new name moves nothing.
  const structure = `${[...(shown ?? flow.nodes.keys())].join()} ${[...flow.edges.keys()].join()}`;
  const laid = useMemo(() => {
    if (laidOut?.structure !== structure) laidOut = { structure, places: placesOf(flow, shown) };
    return laidOut.places;
  }, [structure]);
  // A part of the show is laid out for itself; by hand only the whole is.
  const [pulled, setPulled] = useState<{ key: string; place: Place } | null>(null);
  const [canPull, setCanPull] = useState(!coarse); // a finger moves the picture, until somebody says otherwise
  const movable = canPull && !shown;
  const places = useMemo(() => {
    const all = shown ? laid : withKept(laid, kept);
    return pulled ? withKept(all, new Map([[pulled.key, pulled.place]])) : all;
  }, [laid, kept, shown, pulled]);
  drawing.current = { whole: (title) => drawingOf(flow, places, lit, title), sheets: (title) => sheetsOf(flow, places, lit, title) };
  const choose = useRef(onChoose);
  choose.current = onChoose;
  const cards = useMemo(() => new Map([...laid.keys()].flatMap((key): [string, Omit<Card, 'position'>][] => {
    const node = flow.nodes.get(key);
    return node ? [[key, {
      id: key, type: 'card', width: nodeWidth, height: nodeHeight, handles: handles[node.kind], draggable: movable, focusable: false,
      style: { pointerEvents: 'all' }, // the picture takes them away from what it does not select or drag itself
      className: !lit ? '' : lit.nodes.has(key) ? 'lit' : 'dimmed',
      data: { node, marks: marks.get(key), chosen: key === chosen, movable, link: linkOf(node), onChoose: (one) => choose.current(one) },
    }]] : [];
  })), [flow, laid, lit, chosen, marks, movable, linkOf]);
  const nodes = useMemo(() => [...cards].map(([key, card]): Card => ({ ...card, position: places.get(key)! })), [cards, places]);
  const edges = useMemo(() => [...flow.edges.values()].filter(({ from, to }) => places.has(from) && places.has(to)).map((edge): Edge => ({
    id: edge.key, source: edge.from, target: edge.to, focusable: false, interactionWidth: edgePx, zIndex: lit?.edges.has(edge.key) ? 1 : 0,
    className: !lit ? '' : edge.key === chosen ? 'lit chosen' : lit.edges.has(edge.key) ? 'lit' : 'dimmed',
  })), [flow, places, lit, chosen]);

  const fit = (keys: Iterable<string> = places.keys()) => {
    const at = [...keys].flatMap((key) => places.get(key) ?? []);
    const size = box.current?.getBoundingClientRect();
    if (!at.length || !size) return;
    const [left, top] = [Math.min(...at.map(({ x }) => x)), Math.min(...at.map(({ y }) => y))];
    const [width, height] = [Math.max(...at.map(({ x }) => x)) - left + nodeWidth, Math.max(...at.map(({ y }) => y)) - top + nodeHeight];
    const zoom = Math.max(leastZoom, Math.min(1, (size.width - rimLeft - rim) / width, (size.height - 2 * rim) / height));
    const x = rimLeft + Math.max(0, (size.width - rimLeft - rim - width * zoom) / 2) - left * zoom;
    void api.setViewport({ x, y: (size.height - height * zoom) / 2 - top * zoom, zoom });
  };
  const look = () => {
    const place = places.get(chosen ?? '') ?? places.get([...(lit?.nodes ?? [])][0] ?? '');
    if (lit && place && places.size > overview) {
      // A path whose ends are far from each other can't be read as a whole: then what was chosen is in the middle.
      const ys = [...lit.nodes].flatMap((key) => places.get(key)?.y ?? []);
      if (Math.max(...ys) - Math.min(...ys) < farApart) fit(lit.nodes);
      else void api.setCenter(place.x + nodeWidth / 2, place.y + nodeHeight / 2, { zoom: readable });
    } else if (places.size > overview) {
      const at = [...places.values()];
      void api.setViewport({ x: rimLeft - Math.min(...at.map(({ x }) => x)) * readable, y: rim - Math.min(...at.map(({ y }) => y)) * readable, zoom: readable });
    } else fit();
  };
  const looked = useRef('');
  useEffect(() => {
    const now = `${chosen} ${places.size} ${[...places.keys()][0]}`;
    if (now === looked.current) return; // rows changed, not what somebody looks at
    looked.current = now;
    look();
  });

  const put = (key: string, { x, y }: Place) => onKeep(new Map([...kept].filter(([one]) => one !== key)).set(key, { x: Math.round(x), y: Math.round(y) }));
  const change = (changes: NodeChange<Card>[]) => {
    for (const one of changes) {
      if (one.type !== 'position' || !one.position) continue;
      if (one.dragging) setPulled({ key: one.id, place: one.position });
      else if (pulled?.key === one.id) {
        put(one.id, one.position);
        setPulled(null);
      }
    }
  };
  // A line that was let go beside a port, but on a node, means that node.
  const letGo = (event: MouseEvent | TouchEvent, { isValid, fromNode, fromHandle }: FinalConnectionState) => {
    const { clientX, clientY } = 'changedTouches' in event ? event.changedTouches[0]! : event;
    const under = document.elementFromPoint(clientX, clientY)?.closest('.react-flow__node')?.getAttribute('data-id');
    if (isValid || !fromNode || !under || under === fromNode.id) return;
    if (fromHandle?.type === 'target') onConnect(under, fromNode.id);
    else onConnect(fromNode.id, under);
  };

  const keyDown = (event: KeyboardEvent) => {
    const here = (event.target as Element).closest<HTMLElement>('[data-node]')?.dataset.node;
    if (event.key === 'Escape' && chosen) return onChoose(null);
    if (!here || !places.has(here) || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key.toLowerCase() === 'c') {
      event.preventDefault(); // no letter for the field that comes up
      return onConnect(here, null);
    }
    const by = event.shiftKey && !shown ? steps[event.key] : undefined;
    if (by) {
      event.preventDefault();
      const { x, y } = places.get(here)!;
      return put(here, { x: x + by[0] * stepPx, y: y + by[1] * stepPx });
    }
    const next = neighbour(flow, places, lit, here, event.key);
    if (!next) return;
    event.preventDefault();
    const place = places.get(next)!;
    void api.setCenter(place.x + nodeWidth / 2, place.y + nodeHeight / 2, { zoom: Math.max(api.getZoom(), readable) });
    const focus = (frames: number) => {
      const button = box.current?.querySelector<HTMLElement>(`[data-node="${CSS.escape(next)}"]`);
      if (button) button.focus({ preventScroll: true });
      else if (frames) requestAnimationFrame(() => focus(frames - 1));
    };
    focus(focusFrames);
  };

  return (
    <div className="flow-picture" ref={box} onKeyDown={keyDown} role="group" aria-label={label} data-nodes={places.size} data-edges={edges.length}>
      <ReactFlow nodes={nodes} edges={edges} nodeTypes={nodeTypes} minZoom={leastZoom} maxZoom={2} onInit={look}
        nodesDraggable={movable} nodesFocusable={false} edgesFocusable={false} elementsSelectable={false} onlyRenderVisibleElements
        onNodesChange={change} nodeDragThreshold={clickPx} nodeClickDistance={clickPx} connectionRadius={catchPx}
        onConnect={({ source, target }) => onConnect(source, target)} onConnectEnd={letGo}
        onEdgeClick={(_, { id }) => onChoose(id)}
        onPaneClick={() => chosen && onChoose(null)} disableKeyboardA11y deleteKeyCode={null} zoomOnDoubleClick={false}>
        <Background variant={BackgroundVariant.Dots} gap={24} size={1} color="var(--line)" />
        {places.size > overview && <MiniMap pannable zoomable position="bottom-right" ariaLabel="The whole flow, small" nodeStrokeWidth={0}
          nodeColor={(node) => (node.className === 'dimmed' ? 'var(--line)' : node.className === 'lit' ? 'var(--accent)' : 'var(--dim)')} bgColor="var(--raised)" maskColor="color-mix(in srgb, var(--page) 65%, transparent)" />}
        <Panel position="bottom-left" className="flow-zoom">
          <ActionIcon variant="default" aria-label="Closer" title="Closer" onClick={() => void api.zoomIn()}><Plus size={20} /></ActionIcon>
          <ActionIcon variant="default" aria-label="Further away" title="Further away" onClick={() => void api.zoomOut()}><Minus size={20} /></ActionIcon>
          <ActionIcon variant="default" aria-label="Fit all" title="Fit all" onClick={() => fit()}><Maximize size={18} /></ActionIcon>
          {!shown && <ActionIcon variant={canPull ? 'filled' : 'default'} aria-pressed={canPull} aria-label="Move by hand" title="Move sources, devices and sends by hand; where they stand is yours alone, in this browser" onClick={() => setCanPull(!canPull)}><Move size={18} /></ActionIcon>}
          {!shown && kept.size > 0 && <ActionIcon variant="default" aria-label="Lay out anew" title="Lay out anew: what was moved by hand goes back" onClick={() => onKeep(new Map())}><RotateCcw size={18} /></ActionIcon>}
        </Panel>
      </ReactFlow>
    </div>
  );
}

const steps: Record<string, readonly [number, number]> = { ArrowUp: [0, -1], ArrowDown: [0, 1], ArrowLeft: [-1, 0], ArrowRight: [1, 0] };

// Up and down: the next in the column. Left and right: along the signal, on the lit path if there is one.
function neighbour(flow: Flow, places: ReadonlyMap<string, Place>, lit: Trace | null, here: string, key: string): string | null {
  const at = places.get(here)!;
  if (key === 'ArrowUp' || key === 'ArrowDown') {
    const step = key === 'ArrowDown' ? 1 : -1;
    const column = [...places].filter(([, { x, y }]) => Math.abs(x - at.x) < nodeWidth / 2 && (y - at.y) * step > 0);
    return column.sort(([, a], [, b]) => (a.y - b.y) * step)[0]?.[0] ?? null;
  }
  if (key !== 'ArrowLeft' && key !== 'ArrowRight') return null;
  const along = [...flow.edges.values()].filter((edge) => (!lit || !lit.nodes.has(here) || lit.edges.has(edge.key)));
  const next = key === 'ArrowRight' ? along.filter(({ from }) => from === here).map(({ to }) => to) : along.filter(({ to }) => to === here).map(({ from }) => from);
  const far = (one: string) => Math.abs(places.get(one)!.y - at.y);
  return next.filter((one) => places.has(one)).sort((a, b) => far(a) - far(b))[0] ?? null;
}
