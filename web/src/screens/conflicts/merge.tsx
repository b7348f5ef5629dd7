// A value put together of both sides: of each column that differs, one side is picked. Nothing is picked beforehand.
import { Button, Group } from '@mantine/core';
import { useState } from 'react';
import type { Conflict } from '../../api/client.ts';
import { differing, merged } from './bulk.ts';
import { columnWords, valueWords, who } from './words.ts';

interface MergeProps {
  conflict: Conflict;
  disabled: boolean;
  onTake(value: Record<string, unknown>): void;
  onCancel(): void;
}

export function Merge({ conflict, disabled, onTake, onCancel }: MergeProps) {
  const [picked, setPicked] = useState<Record<string, string>>({});
  const value = merged(conflict, picked);
  return (
    <form className="merge" onSubmit={(event) => {
      event.preventDefault();
      if (value) onTake(value);
    }}>
      {differing(conflict).map((column) => (
        <fieldset key={column}>
          <legend>{columnWords(column)}</legend>
          {conflict.sides.map((side) => (
            <label key={side.key}>
              <input type="radio" name={column} checked={picked[column] === side.key} onChange={() => setPicked({ ...picked, [column]: side.key })} />
              <span><strong>{valueWords(side.value?.[column])}</strong> <span className="dim small">{who(side.by, side.node, side.at)}</span></span>
            </label>
          ))}
        </fieldset>
      ))}
      <div className="small" role="status">{value ? `It becomes: ${Object.entries(value).map(([column, one]) => `${columnWords(column)} ${valueWords(one)}`).join(', ')}` : <span className="dim">Pick one of each.</span>}</div>
      <Group mt="xs">
        <Button type="submit" disabled={disabled || !value}>Take this mixture</Button>
        <Button variant="subtle" onClick={onCancel}>Cancel</Button>
      </Group>
    </form>
  );
}
