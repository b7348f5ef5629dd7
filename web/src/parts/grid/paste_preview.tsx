// What a paste would do, before it does it.
import { Button, Group, Modal, Text } from '@mantine/core';
import type { Plan } from './block.ts';

const shownRows = 12;

export function PastePreview({ plan, onClose }: { plan: Plan; onClose(take: boolean): void }) {
  const columns = plan.rows[0]?.cells.map((cell) => cell.column) ?? [];
  const changed = plan.rows.length - plan.fresh;
  const parts = [
    plan.fresh && `${plan.fresh} new ${plan.fresh === 1 ? 'row' : 'rows'}`,
    changed && `${changed} ${changed === 1 ? 'row' : 'rows'} to change`,
    plan.byTitle && 'columns found by their titles',
    plan.leftOut && `${plan.leftOut} ${plan.leftOut === 1 ? 'column has' : 'columns have'} no place here`,
  ].filter(Boolean);
  return (
    <Modal opened onClose={() => onClose(false)} title="Paste" size="xl" closeButtonProps={{ 'aria-label': 'Close', size: 44 }}>
      <Text mb="sm">{parts.join(', ')}.</Text>
      {plan.bad > 0 && <Text c="var(--bad)" mb="sm">{plan.bad} {plan.bad === 1 ? 'cell' : 'cells'} can't be taken and will stay as they are.</Text>}
      <div className="paste-box" tabIndex={0} role="region" aria-label="What would be pasted">
        <table className="paste">
          <thead><tr>{columns.map((column) => <th key={column.key}>{column.title}</th>)}</tr></thead>
          <tbody>
            {plan.rows.slice(0, shownRows).map((row, i) => (
              <tr key={i}>
                {row.cells.map((cell) => (
                  <td key={cell.column.key} className={cell.bad ? 'paste-bad' : ''} title={cell.bad ?? undefined}>
                    {cell.was && cell.was !== cell.text && <s>{cell.was}</s>} {cell.text}
                    {cell.bad && <em>{cell.bad}</em>}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {plan.rows.length > shownRows && <Text size="sm" c="dimmed" mt="xs">and {plan.rows.length - shownRows} more</Text>}
      <Group justify="flex-end" mt="md">
        <Button variant="default" onClick={() => onClose(false)}>Cancel</Button>
        <Button data-autofocus onClick={() => onClose(true)}>Paste {plan.rows.length} {plan.rows.length === 1 ? 'row' : 'rows'}</Button>
      </Group>
    </Modal>
  );
}
