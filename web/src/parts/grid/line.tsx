// One line of the grid. Drawn again only if something of it changed.
import { memo } from 'react';
import { CircleAlert, CloudUpload } from 'lucide-react';
import type { Row } from '../../sync/model.ts';
import type { Mark } from '../../sync/session.ts';
import type { Column } from './column.ts';

interface LineProps {
  row: Row | null; // null: the line for a new row
  index: number;
  top: number;
  columns: readonly Column[];
  left: number; // selected columns; -1: none
  right: number;
  active: number; // column; -1: not in this line
  pending: ReadonlySet<string> | undefined;
  mark: Mark | undefined;
  here: string | undefined;
  newRow: string;
}

const touches = (columns: readonly string[], set: ReadonlySet<string> | undefined): boolean =>
  !!set && (set.has('*') || columns.some((column) => set.has(column)));

export const Line = memo(function Line(props: LineProps) {
  const { row, index, columns, pending, mark } = props;
  return (
    <div className={`grid-line${row ? '' : ' grid-new'}`} role="row" aria-rowindex={index + 2} data-row={row?.id ?? 'new'}
      style={{ transform: `translateY(${props.top}px)` }}>
      <div role="rowheader" className="grid-number" style={{ width: 56 }}><State {...props} /></div>
      {columns.map((column, i) => {
        const changed = touches(column.columns, mark?.columns);
        const waits = touches(column.columns, pending);
        const text = row ? column.read(row) : i === 1 ? `+ New ${props.newRow}` : '';
        const classes = ['grid-cell', column.number && 'grid-right', i >= props.left && i <= props.right && props.left >= 0 && 'grid-selected',
          i === props.active && 'grid-active', waits && 'grid-pending', changed && 'grid-changed'].filter(Boolean).join(' ');
        return (
          <div key={column.key} id={`cell-${index}-${i}`} role="gridcell" data-cell={`${index}:${i}`} data-column={column.key}
            aria-colindex={i + 2} aria-selected={i >= props.left && i <= props.right && props.left >= 0} aria-readonly={!column.write}
            className={classes} style={{ width: column.width }}
            title={changed ? `Changed by ${mark!.by}` : waits ? 'On this device, on its way to the node' : text.length > column.width / 8 ? text : undefined}>
            <span className="grid-text">{text}</span>
            {changed && <span className="grid-by">{initials(mark!.by)}</span>}
          </div>
        );
      })}
    </div>
  );
});

function State({ row, index, pending, here }: LineProps) {
  if (!row) return <span aria-label="A new row" role="img">+</span>;
  if (row._meta.conflicts > 0)
    return <span title="Somebody has to decide: see Conflicts" className="grid-warn"><CircleAlert size={16} aria-label="conflict" />{index + 1}</span>;
  if (pending) return <span title="On this device, on its way to the node"><CloudUpload size={14} aria-label="waiting" /> {index + 1}</span>;
  if (here) return <span title={`${here} is here`} className="grid-here">{initials(here)}</span>;
  return <span>{index + 1}</span>;
}

export const initials = (name: string): string =>
  name.split(/\s+/).filter(Boolean).slice(0, 2).map((word) => word[0]!.toUpperCase()).join('');
