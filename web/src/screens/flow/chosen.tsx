// What was chosen in the signal flow, beside it: a source, a device, a send; a line, or one connection. Connections
// are taken away here.
import { Button, Switch } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { Cable, Trash2, X } from 'lucide-react';
import { useEffect } from 'react';
import type { Flow, FlowNode, Path } from '../../flow/paths.ts';
import { lineName, linesOf, type Trace } from '../../flow/trace.ts';
import { useStable } from '../../parts/stable.ts';
import { plural } from '../../parts/time.ts';
import { detailOf, markWords, type Marks } from './marks.ts';
import { PathLines } from './paths_list.tsx';
import type { NodeLink } from './picture.tsx';

interface ChosenProps {
  flow: Flow;
  chosen: string;
  lit: Trace | null;
  marks: ReadonlyMap<string, Marks>;
  only: boolean;
  asList: boolean;
  linkOf(node: FlowNode): NodeLink | null;
  onChoose(key: string | null): void;
  onConnect(from: string, to: string | null): void;
  onOnly(only: boolean): void;
  onTake(path: Path): void; // away
}

export function Chosen({ flow, chosen, lit, marks, only, asList, linkOf, onChoose, onConnect, onOnly, onTake }: ChosenProps) {
  const node = flow.nodes.get(chosen);
  const lines = linesOf(flow, chosen);
  const edge = flow.edges.get(chosen);
  const link = node && linkOf(node);
  const said = node && markWords(marks.get(node.key)!);
  const name = (key: string) => flow.nodes.get(key)?.name ?? 'something that is gone';
  const title = node?.name ?? (edge ? `${name(edge.from)} to ${name(edge.to)}` : lit ? 'A connection' : 'Not in this show any more');
  return (
    <section aria-label="The chosen path">
      <h2>{title}</h2>
      {node && <div className="dim small">{detailOf(node)}</div>}
      {edge && <div className="dim small">{lines.length === 1 ? 'One connection goes this way' : `${lines.length} connections go this way`}</div>}
      {said && <div className="differs small">{said}</div>}
      {lit && <div className="small" role="status">{lit.chains.length ? plural(lit.chains.length, 'path') : 'On no path'}</div>}
      <div className="flow-tools" style={{ margin: '8px 0' }}>
        {link && <Button component={Link} to={link.to} search={(link.search ?? {}) as never} variant="default">{node.kind === 'device' ? 'Open the device' : 'Open its row'}</Button>}
        {node && node.kind !== 'send' && <Button variant="default" leftSection={<Cable size={16} />} onClick={() => onConnect(node.key, null)}>Connect ..</Button>}
        <Button variant="default" leftSection={<X size={16} />} onClick={() => onChoose(null)}>Show all</Button>
      </div>
      {lines.length > 0 && (
        <ul aria-label="Connections">{lines.map((path) => (
          <li key={path.id} className="flow-away">
            <span className="grow">{lineName(flow, path)}</span>
            <Button variant="default" leftSection={<Trash2 size={16} />} aria-label={`Take away ${lineName(flow, path)}`} onClick={() => onTake(path)}>Take away</Button>
          </li>
        ))}</ul>
      )}
      {!asList && lit && lit.chains.length > 0 && <Switch size="md" my={10} label="Only this path" checked={only} onChange={(event) => onOnly(event.currentTarget.checked)} />}
      {!asList && lit && <PathLines flow={flow} chains={lit.chains} label="Paths" {...(node ? { onChoose } : {})} />}
    </section>
  );
}

// Delete, wherever no text is being typed and no dialog is open.
export function useDeleteKey(act: (() => void) | null): void {
  const deletes = useStable((event: KeyboardEvent) => {
    const at = event.target;
    if (!act || (event.key !== 'Delete' && event.key !== 'Backspace') || document.querySelector('[role=dialog]')) return;
    if (at instanceof HTMLInputElement || at instanceof HTMLTextAreaElement || at instanceof HTMLSelectElement) return;
    event.preventDefault();
    act();
  });
  useEffect(() => {
    addEventListener('keydown', deletes);
    return () => removeEventListener('keydown', deletes);
  }, [deletes]);
}
