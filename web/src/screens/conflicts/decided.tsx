// What was decided lately, by whom; a decision can be taken back or made again the other way.
import { Button } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { api, taken } from '../../api/queries.ts';
import type { Conflict } from '../../api/client.ts';
import { ago, exact } from '../../parts/time.ts';
import { useSession, useSessionState } from '../../sync/use.ts';
import { collectionOf, takeInstead, undoDecision } from './resolving.ts';
import { useRowName } from './row_name.ts';
import { columnWords, groupWords, isDeletion, tableWords, valueWords, who } from './words.ts';
import { differing } from './bulk.ts';

const asked = 60; // the latest that are not pending; those that merged by themselves are among them
const shown = 12;

export function Decided() {
  const { data } = useQuery({
    queryKey: ['sync_conflicts', 'decided'],
    queryFn: async () => taken(await api.GET('/api/sync/conflicts', { params: { query: { resolution: 'neq.pending', order: 'resolved_at.desc', limit: asked } as never } })),
  });
  const decided = (data ?? []).filter((one) => one.resolved_by !== null && one.resolved_at !== null && one.sides.length > 1).slice(0, shown);
  if (!decided.length) return null;
  return (
    <section aria-label="Decided lately">
      <h2>Decided lately</h2>
      {decided.map((one) => <Decision key={one.id} conflict={one} />)}
    </section>
  );
}

function Decision({ conflict }: { conflict: Conflict }) {
  const session = useSession();
  const { identity, link } = useSessionState((state) => state.core);
  const name = useRowName(conflict);
  const title = `${tableWords(conflict.table_name)} ${name}`;
  const undo = useMutation({
    networkMode: 'always', mutationFn: () => undoDecision(conflict, identity),
    onSuccess: () => session.notify(`${title}: the decision is taken back; it shows what it showed before.`),
    onError: (error) => session.notify(`Not taken back: ${error.message}`, 'bad'),
  });
  const again = useMutation({
    networkMode: 'always', mutationFn: (value: Record<string, unknown>) => takeInstead(conflict, value, identity),
    onSuccess: () => session.notify(`${title}: decided again.`),
    onError: (error) => session.notify(`Not decided again: ${error.message}`, 'bad'),
  });
  const disabled = link !== 'live' || undo.isPending || again.isPending;
  const differ = differing(conflict);
  const others = conflict.sides.filter((side) => side.key !== conflict.shown);
  const canAgain = conflict.kind === 'field' && collectionOf(conflict.table_name) !== undefined;
  return (
    <article className="panel decided" aria-label={`Decided: ${title}`} data-decided={conflict.id}>
      <div className="grow">
        <strong>{title}</strong> <span className="dim small" title={exact(conflict.resolved_at)}>{groupWords(conflict.group)}, {ago(conflict.resolved_at)}</span>
        {conflict.sides.map((side) => (
          <div key={side.key} className="small">
            {side.key === conflict.shown ? <strong>Taken </strong> : <span className="dim">Left </span>}
            {isDeletion(side.value) ? 'deleted' : differ.map((column) => `${columnWords(column)} ${valueWords(side.value?.[column])}`).join(', ')}
            <span className="dim"> · {who(side.by, side.node, side.at)}</span>
          </div>
        ))}
      </div>
      {canAgain && others.length === 1 && others[0]!.value && <Button variant="default" disabled={disabled} onClick={() => again.mutate(Object.fromEntries(differ.map((column) => [column, others[0]!.value![column] ?? null])))}>Take the other</Button>}
      {(conflict.production_id || (conflict.table_name === 'equipment_specs' && conflict.kind === 'field')) && <Button variant="default" disabled={disabled} onClick={() => undo.mutate()}>Undo the decision</Button>}
    </article>
  );
}
