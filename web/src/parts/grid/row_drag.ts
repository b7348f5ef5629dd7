// Rows are moved by their number: taken, pulled to another place, let go. With a mouse, a finger or a
// pen; Escape leaves all as it was.
import { useEffect, useRef, useState, type PointerEvent as ReactPointerEvent, type RefObject } from 'react';
import { useStable } from '../stable.ts';

const leastPx = 6; // less is a press
const rimPx = 36; // nearer to the rim the sheet goes along
const stepPx = 14; // a frame

interface RowDragProps {
  box: RefObject<HTMLDivElement | null>;
  lineHeight: number;
  count: number; // rows that can be moved
  movable: boolean;
  // A number was pressed: the rows are selected now, or were.
  onTake(index: number, extend: boolean): void;
  onDrop(to: number): void; // above this row; count: at the end
}

// Where what is pulled would land: above this row; null: nothing is pulled.
export function useRowDrag({ box, lineHeight, count, movable, onTake, onDrop: drop }: RowDragProps) {
  const [to, setTo] = useState<number | null>(null);
  const onDrop = useStable(drop); // of when it is let go, not of when it was taken
  const end = useRef<(() => void) | null>(null);
  useEffect(() => () => end.current?.(), []);

  const down = (event: ReactPointerEvent) => {
    const number = (event.target as Element).closest<HTMLElement>('[data-number]');
    if (!number || event.button !== 0) return;
    event.stopPropagation();
    event.preventDefault();
    box.current?.focus({ preventScroll: true });
    const index = Number(number.dataset.number);
    onTake(index, event.shiftKey);
    if (!movable || index >= count) return;
    end.current?.();
    const startY = event.clientY;
    let y = startY;
    let target: number | null = null;
    let frame = 0;
    const aim = (view: HTMLElement) => {
      if (target === null && Math.abs(y - startY) < leastPx) return;
      const body = view.getBoundingClientRect().top + lineHeight - view.scrollTop; // below the titles
      target = Math.max(0, Math.min(count, Math.round((y - body) / lineHeight)));
    };
    const follow = () => {
      frame = requestAnimationFrame(follow);
      const view = box.current;
      if (!view) return;
      const { top, bottom } = view.getBoundingClientRect();
      if (target !== null && y < top + lineHeight + rimPx) view.scrollTop -= stepPx;
      else if (target !== null && y > bottom - rimPx) view.scrollTop += stepPx;
      aim(view);
      setTo(target);
    };
    const move = (moved: PointerEvent) => void (y = moved.clientY);
    const up = (last: PointerEvent) => {
      y = last.clientY;
      if (box.current) aim(box.current); // it may have gone on since the last frame
      finish(true);
    };
    const leave = () => finish(false);
    const key = (pressed: KeyboardEvent) => {
      if (pressed.key === 'Escape') finish(false);
    };
    const finish = (kept: boolean) => {
      cancelAnimationFrame(frame);
      removeEventListener('pointermove', move);
      removeEventListener('pointerup', up);
      removeEventListener('pointercancel', leave);
      removeEventListener('keydown', key, true);
      end.current = null;
      setTo(null);
      if (kept && target !== null) onDrop(target);
    };
    end.current = () => finish(false);
    addEventListener('pointermove', move);
    addEventListener('pointerup', up);
    addEventListener('pointercancel', leave);
    addEventListener('keydown', key, true);
    follow();
  };
  return { down, to };
}
