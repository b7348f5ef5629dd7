// What one choice for several conflicts would change, before it does; then what became of each.
import { Button, Group, Modal } from '@mantine/core';
import { useState } from 'react';
import type { Conflict } from '../../api/client.ts';
import type { Effect } from '../../flow/effect.ts';
import { plural } from '../../parts/time.ts';
import { useSessionState } from '../../sync/use.ts';
import { changesOf, choiceWords, planOf, type BulkChoice, type Plan } from './bulk.ts';
import { resolveMany, type Outcome } from './resolving.ts';
import { useRowName } from './row_name.ts';
import { columnWords, isDeletion, tableWords, valueWords, who } from './words.ts';

interface BulkDialogProps {
  conflicts: readonly Conflict[];
  choice: BulkChoice;
  effects: ReadonlyMap<string, Effect | null>;
  onClose(): void;
}

export function BulkDialog({ conflicts, choice, effects, onClose }: BulkDialogProps) {
  const identity = useSessionState((state) => state.core.identity);
  const [plans] = useState(() => conflicts.map((conflict) => planOf(conflict, choice))); // as they were when it was opened
  const [state, setState] = useState<'asking' | 'deciding' | 'done'>('asking');
  const [done, setDone] = useState(0);
  const [outcomes, setOutcomes] = useState<ReadonlyMap<string, Outcome>>(new Map());
  const possible = plans.filter(({ side }) => side !== null).length;
  const decided = [...outcomes.values()].filter(({ wrong }) => wrong === null).map(({ id }) => id);
  const decide = async () => {
    setState('deciding');
    const all = await resolveMany(plans, choice, identity, setDone);
    setOutcomes(new Map(all.map((one) => [one.id, one])));
    setState('done');
  };
  const close = () => {
    if (state !== 'deciding') onClose();
  };
  return (
    <Modal opened onClose={close} size="xl" title={state === 'done' ? `${decided.length} of ${plans.length} decided` : `Take ${choiceWords[choice]} for ${plural(plans.length, 'conflict')}`} closeButtonProps={{ 'aria-label': 'Close', size: 44 }}>
      {state !== 'done' && <p className="dim small" style={{ marginTop: 0 }}>This would become of each. Nothing has been decided yet.</p>}
      {state === 'done' && <p role="status" style={{ marginTop: 0 }}>{decided.length === plans.length ? 'All are decided.' : `${plural(plans.length - decided.length, 'conflict')} could not be decided and ${plans.length - decided.length === 1 ? 'waits' : 'wait'} as before.`} A decision can be taken back below, in <em>Decided lately</em>.</p>}
      <ul className="bulk">{plans.map((plan) => <Line key={plan.conflict.id} plan={plan} effect={effects.get(plan.conflict.id) ?? null} outcome={outcomes.get(plan.conflict.id)} />)}</ul>
      <Group justify="flex-end" mt="md">
        {state !== 'done' && <Button variant="default" disabled={state === 'deciding'} onClick={close}>Cancel</Button>}
        {state !== 'done' && <Button disabled={!possible || state === 'deciding'} onClick={() => void decide()}>{state === 'deciding' ? `Deciding, ${done} of ${plans.length}` : `Decide ${possible}`}</Button>}
        {state === 'done' && <Button onClick={close}>Close</Button>}
      </Group>
    </Modal>
  );
}

function Line({ plan: { conflict, side }, effect, outcome }: { plan: Plan; effect: Effect | null; outcome: Outcome | undefined }) {
  const name = useRowName(conflict);
  const changes = side ? changesOf(conflict, side) : [];
  const lines = effect?.sides.find((one) => one.key === side?.key)?.lines ?? [];
  return (
    <li data-bulk={conflict.id}>
      <div><strong>{tableWords(conflict.table_name)} {name}</strong>{side && <span className="dim small"> · {who(side.by, side.node, side.at)}</span>}</div>
      {!side && !outcome && <div className="differs small">There is no such version: it stays undecided</div>}
      {side && isDeletion(side.value) && <div className="small differs">It is deleted</div>}
      {side && !isDeletion(side.value) && !changes.length && <div className="small dim">Stays as it is shown now</div>}
      {side && !isDeletion(side.value) && changes.map(([column, now, then]) => <div key={column} className="small"><span className="dim">{columnWords(column)}</span> <s className="dim">{valueWords(now)}</s> {valueWords(then)}</div>)}
      {lines.map((line) => <div key={line} className="small">{line}</div>)}
      {outcome && <div className={outcome.wrong ? 'differs small' : 'small'}>{outcome.wrong ? `Not decided: ${outcome.wrong}` : 'Decided'}</div>}
    </li>
  );
}
