// The signal flow as a picture. The choice and what is lit come from above; here is where things stand, and
// how eyes, fingers and arrow keys get from one to the next.
import '@xyflow/react/dist/base.css';
import { ActionIcon } from '@mantine/core';
import { Background, BackgroundVariant, Handle, MiniMap, Panel, Position, ReactFlow, ReactFlowProvider, useReactFlow, type Edge, type Node, type NodeProps } from '@xyflow/react';
import { Link } from '@tanstack/react-router';
import { ArrowUpRight, CircleAlert, CloudUpload, Maximize, Minus, Plus, TriangleAlert } from 'lucide-react';
import { memo, useEffect, useMemo, useRef, type KeyboardEvent } from 'react';
import type { Flow, FlowNode } from '../../flow/paths.ts';
import type { Trace } from '../../flow/trace.ts';
import { nodeHeight, nodeWidth, placesOf, type Place } from './layout.ts';
import { detailOf, markWords, type Marks } from './marks.ts';

const readable = 0.85; // the scale at which names can be read
const leastZoom = 0.03;
const rim = 24; // px between the picture's rim and what it shows
const rimLeft = 76; // where the buttons are
const farApart = 1_200; // px, at scale 1
const overview = 40; // so many nodes fit on a screen and can be read
const focusFrames = 30; // a node that was off screen is drawn within

export interface PictureProps {
  flow: Flow;
  shown: ReadonlySet<string> | null; // null: everything
  lit: Trace | null;
  chosen: string | null;
  marks: ReadonlyMap<string, Marks>;
  label: string;
  linkOf(node: FlowNode): NodeLink | null;
  onChoose(key: string | null): void;
}

export interface NodeLink {
  to: string;
  search?: Record<string, string>;
}

type Card = Node<{ node: FlowNode; marks: Marks | undefined; chosen: boolean; link: NodeLink | null; onChoose(key: string): void }, 'card'>;

const CardView = memo(({ data: { node, marks, chosen, link, onChoose } }: NodeProps<Card>) => {
  const said = marks ? markWords(marks) : '';
  return (
    <div className={`flow-node is-${node.kind}`}>
      <Handle type="target" position={Position.Left} isConnectable={false} />
      <button type="button" className="nodrag nopan" data-node={node.key} aria-pressed={chosen} title={`${node.name}\n${detailOf(node)}`}
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
      <Handle type="source" position={Position.Right} isConnectable={false} />
    </div>
  );
});
CardView.displayName = 'CardView';

const nodeTypes = { card: CardView };
const handles = [
  { id: null, type: 'target' as const, position: Position.Left, x: 0, y: nodeHeight / 2, width: 1, height: 1 },
  { id: null, type: 'source' as const, position: Position.Right, x: nodeWidth, y: nodeHeight / 2, width: 1, height: 1 },
];

// The last layout: whoever comes back from a sheet finds it as it was.
let laidOut: { structure: string; places: Map<string, Place> } | null = null;

export const Picture = (props: PictureProps) => <ReactFlowProvider><Canvas {...props} /></ReactFlowProvider>;

function Canvas({ flow, shown, lit, chosen, marks, label, linkOf, onChoose }: PictureProps) {
  const api = useReactFlow();
  const box = useRef<HTMLDivElement>(null);
  // What stands where hangs on which nodes and edges there are; a new name moves nothing.
  const structure = `${[...(shown ?? flow.nodes.keys())].join()} ${[...flow.edges.keys()].join()}`;
  const places = useMemo(() => {
    if (laidOut?.structure !== structure) laidOut = { structure, places: placesOf(flow, shown) };
    return laidOut.places;
  }, [structure]);
  const choose = useRef(onChoose);
  choose.current = onChoose;
  const nodes = useMemo(() => [...places].flatMap(([key, position]): Card[] => {
    const node = flow.nodes.get(key);
    return node ? [{
      id: key, type: 'card', position, width: nodeWidth, height: nodeHeight, handles, draggable: false, focusable: false,
      style: { pointerEvents: 'all' }, // the picture takes them away from what it does not select or drag itself
      className: !lit ? '' : lit.nodes.has(key) ? 'lit' : 'dimmed',
      data: { node, marks: marks.get(key), chosen: key === chosen, link: linkOf(node), onChoose: (one) => choose.current(one) },
    }] : [];
  }), [flow, places, lit, chosen, marks, linkOf]);
  const edges = useMemo(() => [...flow.edges.values()].filter(({ from, to }) => places.has(from) && places.has(to)).map((edge): Edge => ({
    id: edge.key, source: edge.from, target: edge.to, focusable: false, className: !lit ? '' : lit.edges.has(edge.key) ? 'lit' : 'dimmed', zIndex: lit?.edges.has(edge.key) ? 1 : 0,
  })), [flow, places, lit]);

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

  const keyDown = (event: KeyboardEvent) => {
    const here = (event.target as Element).closest<HTMLElement>('[data-node]')?.dataset.node;
    if (event.key === 'Escape' && chosen) return onChoose(null);
    if (!here || !places.has(here)) return;
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
        nodesDraggable={false} nodesConnectable={false} nodesFocusable={false} edgesFocusable={false} elementsSelectable={false} onlyRenderVisibleElements
        onPaneClick={() => chosen && onChoose(null)} disableKeyboardA11y deleteKeyCode={null} zoomOnDoubleClick={false}>
        <Background variant={BackgroundVariant.Dots} gap={24} size={1} color="var(--line)" />
        {places.size > overview && <MiniMap pannable zoomable position="bottom-right" ariaLabel="The whole flow, small" nodeStrokeWidth={0}
          nodeColor={(node) => (node.className === 'dimmed' ? 'var(--line)' : node.className === 'lit' ? 'var(--accent)' : 'var(--dim)')} bgColor="var(--raised)" maskColor="color-mix(in srgb, var(--page) 65%, transparent)" />}
        <Panel position="bottom-left" className="flow-zoom">
          <ActionIcon variant="default" aria-label="Closer" title="Closer" onClick={() => void api.zoomIn()}><Plus size={20} /></ActionIcon>
          <ActionIcon variant="default" aria-label="Further away" title="Further away" onClick={() => void api.zoomOut()}><Minus size={20} /></ActionIcon>
          <ActionIcon variant="default" aria-label="Fit all" title="Fit all" onClick={() => fit()}><Maximize size={18} /></ActionIcon>
        </Panel>
      </ReactFlow>
    </div>
  );
}

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
