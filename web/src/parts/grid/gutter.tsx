// The numbers at the left: what is to know of each row, and where a row is taken to move it. One layer
// over the lines, so that the browser has one thing to keep in place and not one a line. Screen
// readers hear the same from the lines.
import { memo, type PointerEvent } from 'react';
import { initials } from './line.tsx';
import type { RowState } from './state.tsx';

export const headWidth = 56;

interface NumberProps {
  index: number;
  top: number;
  state: RowState | null;
  here: string | undefined;
  fresh: boolean; // the line for a new row
  selected: boolean;
}

export const GutterNumber = memo(function GutterNumber({ index, top, state, here, fresh, selected }: NumberProps) {
  const title = here ? `${here} is here` : state?.title;
  return (
    <div className={`grid-number${selected ? ' grid-chosen' : ''}`} data-number={index} style={{ top, width: headWidth }} title={title}>
      {fresh ? '+' : here ? <span className="grid-here">{initials(here)}</span> : <>{state?.icon}<span>{index + 1}</span></>}
    </div>
  );
});

interface GutterProps {
  lines: readonly NumberProps[];
  height: number;
  movable: boolean;
  onPointerDown(event: PointerEvent): void;
}

export const Gutter = ({ lines, height, movable, onPointerDown }: GutterProps) => (
  <div className={`grid-gutter${movable ? ' grid-movable' : ''}`} aria-hidden style={{ height, width: headWidth }} onPointerDown={onPointerDown}>
    {lines.map((line) => <GutterNumber key={line.index} {...line} />)}
  </div>
);
