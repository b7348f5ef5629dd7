// One line of the grid. Drawn again only if something of it changed. Its number is in the gutter; here
// it is said to screen readers.
import { memo } from 'react';
import type { Row } from '../../sync/model.ts';
import type { Mark } from '../../sync/open_show.ts';
import type { Column } from './column.ts';
import type { RowState } from './state.tsx';

// What a cell was compared with: the text there, by the key of the column.
export type Differences = ReadonlyMap<string, string>;

interface LineProps {
  row: Row | null; // null: the line for a new row
  index: number;
  top: number;
  width: number;
  columns: readonly Column[];
  left: number; // selected columns; -1: none
  right: number;
  active: number; // column; -1: not in this line
  pending: ReadonlySet<string> | undefined;
  mark: Mark | undefined;
  state: RowState | null;
  here: string | undefined;
  differs: Differences | undefined;
  newRow: string | null;
}

const touches = (columns: readonly string[], set: ReadonlySet<string> | undefined): boolean =>
  !!set && (set.has('*') || columns.some((column) => set.has(column)));

export const Line = memo(function Line(props: LineProps) {
  const { row, index, columns, pending, mark, state, here } = props;
  return (
    <div className={`grid-line${row ? '' : ' grid-new'}`} role="row" aria-rowindex={index + 2} data-row={row?.id ?? 'new'} style={{ top: props.top, width: props.width }}>
      <div role="rowheader" className="grid-said">
        <span className="said">{row ? index + 1 : 'A new row'}</span>
        {state && <span className="said" role="img" aria-label={state.label} />}
        {here && <span className="said">{here} is here</span>}
      </div>
      {columns.map((column, i) => {
        const changed = touches(column.columns, mark?.columns);
        const waits = touches(column.columns, pending);
        const other = props.differs?.get(column.key);
        const selected = props.left >= 0 && i >= props.left && i <= props.right;
        const text = row ? column.read(row) : i === 1 && props.newRow ? `+ New ${props.newRow}` : '';
        const classes = ['grid-cell', column.number && 'grid-right', selected && 'grid-selected', i === props.active && 'grid-active',
          waits && 'grid-pending', changed && 'grid-changed', other !== undefined && 'grid-differs'].filter(Boolean).join(' ');
        return (
          <div key={column.key} id={`cell-${index}-${i}`} role="gridcell" data-cell={`${index}:${i}`} data-column={column.key}
            aria-colindex={i + 2} aria-selected={selected} aria-readonly={!column.write} className={classes} style={{ width: column.width }}
            title={changed ? `Changed by ${mark!.by}` : waits ? 'On this device, on its way to the node' : text.length > column.width / 8 ? text : undefined}>
            <span className="grid-text">{text}</span>
            {other !== undefined && <span className="grid-other">→ {other || 'empty'}</span>}
            {changed && <span className="grid-by">{initials(mark!.by)}</span>}
          </div>
        );
      })}
    </div>
  );
});

export const initials = (name: string): string =>
  name.split(/\s+/).filter(Boolean).slice(0, 2).map((word) => word[0]!.toUpperCase()).join('');
