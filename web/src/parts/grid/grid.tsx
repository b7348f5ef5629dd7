// A spreadsheet over rows: one cell is active, a range around it is selected, typing writes into it.
//   arrows, Tab, Home, End, PageUp, PageDown      move; with Shift they select
//   Enter, F2, a double click, or just typing     edit; Enter and Tab keep it, Escape does not
//   Delete                                        clear
//   Ctrl+D, Ctrl+A, Ctrl+C, Ctrl+V                fill down, all, copy, paste
//   Alt+Up, Alt+Down, or pulling a number         move the selected rows
// Only the lines on screen are in the page. The last line makes a new row. Drawn again only for what is
// given anew: what gives it keeps its functions the same (parts/stable.ts).
import { memo, useCallback, useLayoutEffect, useRef, useState, type ClipboardEvent, type KeyboardEvent, type PointerEvent } from 'react';
import type { Row } from '../../sync/model.ts';
import type { Mark } from '../../sync/open_show.ts';
import { useLines } from '../lines.ts';
import { clear, editsOf, fillDown, plan, rangeOf, type Cell, type Plan, type RowEdit } from './block.ts';
import { formatBlock, parseBlock, pasteRowLimit } from './clipboard.ts';
import type { Column } from './column.ts';
import { Editor } from './editor.tsx';
import { Gutter, headWidth } from './gutter.tsx';
import { Head, type Sort } from './head.tsx';
import { Line, type Differences } from './line.tsx';
import { PastePreview } from './paste_preview.tsx';
import { useRowDrag } from './row_drag.ts';
import { stateOf, type Where } from './state.tsx';
import './grid.css';

export interface GridProps {
  label: string; // of the table, for screen readers
  columns: readonly Column[];
  rows: readonly Row[];
  pending: ReadonlyMap<string, ReadonlySet<string>>;
  marks: ReadonlyMap<string, Mark>;
  here: ReadonlyMap<string, string>; // who else is in a row, by its id
  sort: Sort | null;
  onSort(key: string): void;
  onEdit(label: string, edits: RowEdit[]): void;
  onBad(what: string): void;
  onPlace(row: Row | null, column: Column): void;
  onSelect(rows: readonly Row[]): void;
  first?: string | undefined; // the id of the row that it opens at
  newRow: string | null; // what the last line says; null: there is none
  readOnly?: string; // what is told to somebody who types all the same
  whereOf?(row: Row): Where | null; // of a row with nothing that waits
  looks?: ReadonlyMap<string, string>; // what looks wrong with a row, in words, by its id
  differs?: ReadonlyMap<string, Differences>;
  onMove?(rows: readonly Row[], to: number): void; // above the row that is there now; none: the order is fixed
  onOpen?(row: Row, column: Column): void; // of a column that opens
}

// Fingers: lines are higher.
export const coarse = typeof matchMedia !== 'undefined' && matchMedia('(pointer: coarse)').matches;
export const lineHeight = coarse ? 44 : 36;

interface Editing {
  text: string;
  all: boolean; // the old text is selected
}

export const Grid = memo(function Grid(props: GridProps) {
  const { columns, rows, onEdit, onBad, onPlace, onSelect, onMove, readOnly } = props;
  const lastRow = rows.length - (props.newRow === null ? 1 : 0);
  const box = useRef<HTMLDivElement>(null);
  // The active row is known by its id, so that it stays where others sort, add and delete.
  const [at, setAt] = useState<{ id: string | null; column: number }>({ id: rows[0]?.id ?? null, column: Math.min(1, columns.length - 1) });
  const [from, setFrom] = useState<{ id: string | null; column: number } | null>(null);
  const [editing, setEditing] = useState<Editing | null>(null);
  const [pasting, setPasting] = useState<Plan | null>(null);
  const lastIndex = useRef(0);
  const dragging = useRef(false);

  const rowOf = (id: string | null): number => {
    if (id === null) return Math.max(0, lastRow);
    const index = rows[lastIndex.current]?.id === id ? lastIndex.current : rows.findIndex((row) => row.id === id);
    return index >= 0 ? index : Math.max(0, Math.min(lastIndex.current, lastRow));
  };
  const place = (cell: { id: string | null; column: number }): Cell => ({ row: rowOf(cell.id), column: Math.min(cell.column, columns.length - 1) });
  const active = place(at);
  const range = rangeOf(from ? place(from) : active, active);
  lastIndex.current = active.row;

  const { first, end, reveal } = useLines(box, lastRow + 1, lineHeight, lineHeight);

  const go = useCallback((row: number, column: number, select = false) => {
    const to = { row: Math.max(0, Math.min(row, lastRow)), column: Math.max(0, Math.min(column, columns.length - 1)) };
    setFrom((was) => (select ? was ?? at : null));
    setAt({ id: rows[to.row]?.id ?? null, column: to.column });
    setEditing(null);
    const left = columns.slice(0, to.column).reduce((sum, one) => sum + one.width, 0);
    reveal({ line: to.row, left, right: headWidth + left + columns[to.column]!.width });
  }, [rows, columns, at, lastRow, reveal]);

  useLayoutEffect(() => {
    const line = rows.findIndex((row) => row.id === props.first);
    if (line < 0) return;
    setAt(({ column }) => ({ id: props.first!, column }));
    reveal({ line, middle: true });
  }, [props.first]); // eslint-disable-line

  const activeRow = rows[active.row] ?? null;
  const column = columns[active.column]!;
  const selectedTop = range.top;
  const selectedBottom = range.bottom;
  useLayoutEffect(() => onPlace(activeRow, column), [activeRow?.id, column.key]); // eslint-disable-line
  useLayoutEffect(() => onSelect(rows.slice(selectedTop, selectedBottom + 1)), [rows, selectedTop, selectedBottom]); // eslint-disable-line

  const startEdit = (text?: string) => {
    if (readOnly) return onBad(readOnly);
    if (column.opens && activeRow && text === undefined && props.onOpen) return props.onOpen(activeRow, column);
    if (!column.write) return onBad(`${column.title} can't be typed here`);
    setFrom(null);
    setEditing({ text: text ?? (activeRow ? column.read(activeRow) : ''), all: text === undefined });
  };

  const keep = (text: string): boolean => {
    setEditing(null);
    const was = activeRow ? column.read(activeRow) : '';
    if (text.trim() === was) return true;
    const written = column.write!(text, activeRow);
    if ('bad' in written) {
      onBad(written.bad);
      return false;
    }
    const name = activeRow ? `${column.title} of ${nameOf(activeRow)}` : `New ${props.newRow}`;
    onEdit(name, [{ row: activeRow, values: written.values }]);
    return true;
  };

  const keyDown = (event: KeyboardEvent) => {
    if (editing || pasting || event.target !== box.current) return;
    const { key, shiftKey } = event;
    const control = event.ctrlKey || event.metaKey;
    if (event.altKey && (key === 'ArrowUp' || key === 'ArrowDown')) {
      event.preventDefault();
      return moveTo(key === 'ArrowUp' ? range.top - 1 : range.bottom + 2);
    }
    const page = Math.max(1, Math.floor((box.current?.clientHeight ?? 400) / lineHeight) - 2);
    const moves: Record<string, [number, number]> = {
      ArrowUp: [control ? 0 : active.row - 1, active.column],
      ArrowDown: [control ? rows.length - 1 : active.row + 1, active.column],
      ArrowLeft: [active.row, control ? 0 : active.column - 1],
      ArrowRight: [active.row, control ? columns.length - 1 : active.column + 1],
      PageUp: [active.row - page, active.column],
      PageDown: [active.row + page, active.column],
      Home: [control ? 0 : active.row, 0],
      End: [control ? rows.length - 1 : active.row, columns.length - 1],
    };
    const move = moves[key];
    if (move) go(move[0], move[1], shiftKey);
    else if (key === 'Tab') {
      // At the rim, Tab leaves the grid: the keyboard is never caught.
      const next = active.column + (shiftKey ? -1 : 1);
      if (next >= 0 && next < columns.length) go(active.row, next);
      else if (!shiftKey && active.row < lastRow) go(active.row + 1, 0);
      else if (shiftKey && active.row > 0) go(active.row - 1, columns.length - 1);
      else return;
    } else if (key === 'Enter' || key === 'F2') startEdit();
    else if (key === 'Escape') setFrom(null);
    else if (key === 'Delete' || key === 'Backspace') edit('Clear', clear(range, rows, columns));
    else if (control && key.toLowerCase() === 'd') edit('Fill down', fillDown(range, rows, columns));
    else if (control && key.toLowerCase() === 'a') {
      setFrom({ id: rows[0]?.id ?? null, column: 0 });
      setAt({ id: rows.at(-1)?.id ?? null, column: columns.length - 1 });
    } else if (key.length === 1 && !control && !event.altKey) startEdit(key);
    else return;
    event.preventDefault();
  };

  // The selected rows, above the one that is at `to`.
  const moveTo = (to: number) => {
    const taken = rows.slice(range.top, range.bottom + 1);
    if (!taken.length || to < 0 || to > rows.length || (to >= range.top && to <= range.bottom + 1)) return;
    if (onMove) onMove(taken, to);
  };
  const { down: takeNumber, to: dropAt } = useRowDrag({
    box, lineHeight, count: rows.length, movable: onMove !== undefined, onDrop: moveTo,
    onTake: (index, extend) => {
      setEditing(null);
      if (!extend && index >= range.top && index <= range.bottom && range.left === 0 && range.right === columns.length - 1) return;
      const line = (row: number, column: number) => ({ id: rows[row]?.id ?? null, column });
      setFrom((was) => (extend ? { ...(was ?? at), column: 0 } : line(index, 0)));
      setAt(line(index, columns.length - 1));
    },
  });

  const edit = (what: string, edits: RowEdit[]) => {
    if (readOnly) return onBad(readOnly);
    if (edits.length) onEdit(edits.length > 1 ? `${what} in ${edits.length} rows` : what, edits);
  };

  const copy = (event: ClipboardEvent) => {
    if (editing) return;
    const lines = rows.slice(range.top, range.bottom + 1).map((row) => columns.slice(range.left, range.right + 1).map((one) => one.read(row)));
    event.clipboardData.setData('text/plain', formatBlock(lines));
    event.preventDefault();
  };

  const paste = (event: ClipboardEvent) => {
    if (editing || pasting) return;
    event.preventDefault();
    if (readOnly) return onBad(readOnly);
    const block = parseBlock(event.clipboardData.getData('text/plain'));
    if (!block.length) return;
    if (block.length > pasteRowLimit) return onBad(`${block.length} rows are too many at once: paste up to ${pasteRowLimit}`);
    const planned = plan(block, { row: range.top, column: range.left }, rows, columns);
    if (block.length === 1 && block[0]!.length === 1 && !planned.bad) edit('Paste', editsOf(planned));
    else setPasting(planned);
  };

  const cellOf = (event: PointerEvent): Cell | null => {
    const cell = (event.target as Element).closest<HTMLElement>('[data-cell]');
    if (!cell) return null;
    const [row, at] = cell.dataset.cell!.split(':').map(Number);
    return { row: row!, column: at! };
  };

  const pointerDown = (event: PointerEvent) => {
    const cell = cellOf(event);
    if (!cell || event.button !== 0) return;
    const again = event.pointerType === 'touch' && cell.row === active.row && cell.column === active.column;
    dragging.current = event.pointerType === 'mouse';
    if (again) return startEdit();
    go(cell.row, cell.column, event.shiftKey);
  };

  const pointerMove = (event: PointerEvent) => {
    if (!dragging.current || !(event.buttons & 1)) return void (dragging.current = false);
    const cell = cellOf(event);
    if (cell && (cell.row !== active.row || cell.column !== active.column)) go(cell.row, cell.column, true);
  };

  const refocus = () => box.current?.focus({ preventScroll: true });
  const width = headWidth + columns.reduce((sum, one) => sum + one.width, 0);
  const height = (lastRow + 1) * lineHeight;
  const lines = Array.from({ length: Math.max(0, end - first) }, (_, i) => {
    const index = first + i;
    const row = rows[index] ?? null;
    const waits = row ? props.pending.get(row.id) : undefined;
    return {
      row, index, top: index * lineHeight, waits, selected: index >= range.top && index <= range.bottom,
      state: row && stateOf(row, waits !== undefined, props.whereOf?.(row) ?? null, props.looks?.get(row.id) ?? null), here: row ? props.here.get(row.id) : undefined,
    };
  });
  return (
    <>
      <div ref={box} className="grid" role="grid" tabIndex={0} aria-label={props.label} aria-rowcount={lastRow + 2}
        aria-colcount={columns.length + 1} aria-multiselectable="true" aria-readonly={readOnly !== undefined} aria-activedescendant={`cell-${active.row}-${active.column}`}
        onKeyDown={keyDown} onCopy={copy} onPaste={paste} onPointerDown={pointerDown} onPointerMove={pointerMove}
        onDoubleClick={(event) => (event.target as Element).closest('[data-cell]') && startEdit()}>
        <Head columns={columns} sort={props.sort} width={width} height={lineHeight} onSort={props.onSort} />
        <div role="rowgroup" className="grid-body" style={{ width, height }}>
          <Gutter height={height} movable={onMove !== undefined} onPointerDown={takeNumber}
            lines={lines.map(({ row, index, top, state, here, selected }) => ({ index, top, state, here, selected, fresh: row === null }))} />
          {lines.map((line) => (
            <Line key={line.row?.id ?? 'new'} row={line.row} index={line.index} top={line.top} width={width} columns={columns} newRow={props.newRow}
              left={line.selected ? range.left : -1} right={line.selected ? range.right : -1} active={line.index === active.row ? active.column : -1}
              pending={line.waits} mark={line.row ? props.marks.get(line.row.id) : undefined} state={line.state} here={line.here}
              differs={line.row ? props.differs?.get(line.row.id) : undefined} />
          ))}
          {dropAt !== null && <div className="grid-drop" style={{ top: dropAt * lineHeight, width }} />}
          {editing && (
            <Editor key={`${at.id}-${active.column}`} column={column} text={editing.text} all={editing.all}
              style={{
                top: active.row * lineHeight, height: lineHeight, width: column.width,
                left: headWidth + columns.slice(0, active.column).reduce((sum, one) => sum + one.width, 0),
              }}
              onKeep={(text, step) => {
                const kept = keep(text);
                refocus();
                if (kept && step === 'down') go(active.row + 1, active.column);
                if (kept && step === 'right') go(active.row, active.column + 1);
                if (kept && step === 'left') go(active.row, active.column - 1);
              }}
              onDrop={() => {
                setEditing(null);
                refocus();
              }} />
          )}
        </div>
      </div>
      {pasting && (
        <PastePreview plan={pasting} onClose={(take) => {
          setPasting(null);
          if (take) {
            const edits = editsOf(pasting);
            if (edits.length) onEdit(`Paste of ${edits.length} ${edits.length === 1 ? 'row' : 'rows'}`, edits);
          }
          setTimeout(refocus, 0);
        }} />
      )}
    </>
  );
});

export const nameOf = (row: Row): string => String(row.label ?? row.name ?? 'a row');
