// An edit of this device that the node refused: mine beside theirs.
import { Button, Group } from '@mantine/core';
import type { Entry } from '../../sync/model.ts';
import { problemName } from '../../sync/model.ts';
import { useSession } from '../../sync/use.ts';
import { clock, exact, plural } from '../../parts/time.ts';
import { columnWords, tableWords, valueWords, who } from './words.ts';

export function Parked({ entry }: { entry: Entry }) {
  const session = useSession();
  const { problem } = entry;
  const fields = problem?.fields ?? [];
  const conflict = problemName(problem) === 'field-conflict' && !problem?.changed_since;
  const settle = (how: 'mine' | 'theirs' | 'both') => session.settle(entry.id, how);
  return (
    <article className="panel" aria-label={entry.label} data-parked={entry.id}>
      <strong>{entry.label}</strong>{entry.ops.length > 1 && <span className="dim"> · {plural(entry.ops.length, 'row')}, all or none</span>}
      <div className="dim small" title={exact(entry.created_at)}>{entry.by.user}, {clock(entry.created_at)} · {problem?.title}: {problem?.detail}</div>
      {fields.map((field) => {
        const columns = [...new Set([...Object.keys(field.yours), ...Object.keys(field.theirs)])];
        return (
          <div className="sides" key={`${field.record_id} ${field.group}`}>
            <Side title="Mine" values={field.yours} other={field.theirs} columns={columns} />
            <Side title={who(field.by, field.node, field.at)} values={field.theirs} other={field.yours} columns={columns} />
            <Side title={`Before both, ${tableWords(field.table ?? '').toLowerCase()}`} values={field.base} columns={columns} />
          </div>
        );
      })}
      {problem?.errors?.map((error) => <div key={error.pointer} className="small">{error.pointer}: {error.detail}</div>)}
      {problem?.changed_since?.map((change) => (
        <div key={`${change.event} ${change.record_id} ${change.column}`} className="small">
          {change.label ?? tableWords(change.table)}: {change.column ? columnWords(change.column) : 'the row'} was changed by {change.by.user ?? 'somebody'}, {clock(change.at)}
        </div>
      ))}
      <Group mt="sm">
        {conflict && <Button variant="default" onClick={() => settle('mine')}>Use mine</Button>}
        {conflict && <Button variant="default" onClick={() => settle('theirs')}>Use theirs</Button>}
        {conflict && <Button variant="default" onClick={() => settle('both')}>Keep both, decide later</Button>}
        {!conflict && <Button variant="default" onClick={() => settle('mine')}>Try again</Button>}
        {!conflict && <Button variant="default" onClick={() => settle('theirs')}>Let it go</Button>}
      </Group>
    </article>
  );
}

interface SideProps {
  title: string;
  values: Record<string, unknown>;
  other?: Record<string, unknown>;
  columns: string[];
}

const Side = ({ title, values, other, columns }: SideProps) => (
  <div className="side">
    <h3>{title}</h3>
    <div className="value">
      {columns.map((column) => {
        const differs = other && JSON.stringify(other[column] ?? null) !== JSON.stringify(values[column] ?? null);
        return <div key={column}><span className="dim">{columnWords(column)}</span> <span className={differs ? 'differs' : ''}>{valueWords(values[column])}</span></div>;
      })}
    </div>
  </div>
);
