// A connection from one node to another: the ports are proposed, and what comes of it is said before it is made.
import { Button, Group, Modal, NativeSelect, Stack, Text, TextInput } from '@mantine/core';
import { Cable } from 'lucide-react';
import { useMemo, useState } from 'react';
import { drawn, freePorts, judged, likely, outputsOf, signalsAt, targetsOf, type Drawn, type Wish } from '../../flow/connect.ts';
import type { Flow, FlowNode, FlowTables } from '../../flow/paths.ts';
import type { PortCount } from '../../flow/warnings.ts';
import { detailOf } from './marks.ts';

const shownPorts = 200;
const mostPortName = 200;

interface ConnectFormProps {
  flow: Flow;
  tables: FlowTables;
  portCount: PortCount;
  from: string; // keys of nodes
  to: string | null; // not said yet
  onDraw(label: string, drawn: Drawn): void;
  onClose(): void;
}

export function ConnectForm({ flow, tables, portCount, from, to, onDraw, onClose }: ConnectFormProps) {
  const [targets] = useState(() => targetsOf(flow, from)); // as the list came up
  const [wish, setWish] = useState<Wish | null>(() => {
    const first = to ?? targets[0]?.key;
    return first && flow.nodes.has(first) ? likely(flow, tables, from, first, portCount) : null;
  });
  const found = useMemo(() => wish && judged(flow, tables, wish, portCount), [flow, tables, wish, portCount]);
  const [a, b] = [flow.nodes.get(from), flow.nodes.get(wish?.to ?? '')];
  const set = (part: Partial<Wish>) => setWish((now) => now && { ...now, ...part });
  const go = () => {
    if (wish && a && b && found && !found.refused) onDraw(`Connect ${a.name} with ${b.name}`, drawn(flow, wish));
  };
  return (
    <Modal opened onClose={onClose} title={`Connect ${a?.name ?? 'what is gone'}`} size="lg" closeButtonProps={{ 'aria-label': 'Close', size: 44 }}>
      <form onSubmit={(event) => { event.preventDefault(); go(); }}>
        <Stack>
          <NativeSelect label="To" value={wish?.to ?? ''} {...(to ? {} : { 'data-autofocus': true })} data={targets.map((node) => ({ value: node.key, label: named(node) }))}
            onChange={(event) => setWish(likely(flow, tables, from, event.currentTarget.value, portCount))} />
          {a?.kind === 'device' && wish && (
            <NativeSelect label={`Which signal of ${a.name} goes on`} value={wish.signal ?? ''} onChange={(event) => set({ signal: event.currentTarget.value || null })}
              data={[...signalsAt(flow, from).map((one) => ({ value: one.path, label: one.words })), { value: '', label: 'Not known yet' }]} />
          )}
          <Group grow align="start">
            {a && wish && (a.kind === 'source' ? (
              <NativeSelect label={`Output of ${a.name}`} value={wish.output} onChange={(event) => set({ output: event.currentTarget.value })}
                data={[...outputsOf(tables, a.row).map((one) => ({ value: one.id, label: one.used ? `${one.words}, in use` : one.words })), { value: '', label: 'The source itself' }]} />
            ) : <Port label={`Output of ${a.name}`} value={wish.output} free={freePorts(flow, a, 'out', portCount)} onChange={(output) => set({ output })} />)}
            {b?.kind === 'device' && wish && <Port label={`Input of ${b.name}`} value={wish.input} free={freePorts(flow, b, 'in', portCount)} onChange={(input) => set({ input })} />}
          </Group>
          {found && (
            <div role="status" className="flow-told">
              {found.path.length > 0 && <ol className="flow-path">{found.path.map((one, i) => <li key={i}>{one}</li>)}</ol>}
              {found.refused && <Text size="sm" c="var(--bad)"><strong>This can't be:</strong> {found.refused}</Text>}
              {found.notes.map((one) => <Text key={one} size="sm" c="var(--warn)">{one}.</Text>)}
            </div>
          )}
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>Cancel</Button>
            <Button type="submit" leftSection={<Cable size={16} />} disabled={!found || !!found.refused} {...(to ? { 'data-autofocus': true } : {})}>Connect</Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}

const named = (node: FlowNode): string => `${node.name} (${detailOf(node)})`;

function Port({ label, value, free, onChange }: { label: string; value: string; free: readonly string[]; onChange(value: string): void }) {
  const list = `ports ${label}`.replaceAll(/\W+/g, '-');
  return (
    <div>
      <TextInput label={label} value={value} list={list} maxLength={mostPortName} description={free.length ? null : 'All that the model has are in use'} onChange={(event) => onChange(event.currentTarget.value)} />
      <datalist id={list}>{free.slice(0, shownPorts).map((one) => <option key={one} value={one} />)}</datalist>
    </div>
  );
}
