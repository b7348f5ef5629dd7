// Which lines of a long list are in the page. All have one height, so it is arithmetic: nothing is measured
// while somebody types or scrolls, and it changes in steps of some lines.
import { useLayoutEffect, useReducer, useRef, type RefObject } from 'react';
import { flushSync } from 'react-dom';
import { useStable } from './stable.ts';

const spare = 8; // lines above and below what is seen
const step = 4; // lines

export interface View { // px, of the box that scrolls
  top: number; // scrolled
  left: number;
  width: number; // seen
  height: number;
}

export interface Range {
  first: number;
  end: number; // one past
}

// `head`: px that stay at the top of the box.
export function linesAt({ top, height: seen }: View, count: number, height: number, head: number): Range {
  const most = Math.max(0, head + count * height - seen); // a list that became shorter
  const at = Math.max(0, Math.min(top, most));
  const first = Math.floor(at / height / step) * step - spare;
  const end = Math.ceil((at + seen) / height / step) * step + spare;
  return { first: Math.max(0, first), end: Math.min(count, end) };
}

export interface Place {
  line: number;
  left?: number; // px, of what is to be seen in the line, and where it ends
  right?: number;
  middle?: boolean; // in the middle of the box
}

// Where the box has to be so that a place is in sight.
export function viewOn(view: View, { line, left, right, middle }: Place, height: number, head: number): View {
  const [above, below] = [line * height, head + (line + 1) * height];
  const top = middle ? below - height / 2 - view.height / 2 : above < view.top ? above : Math.max(view.top, below - view.height);
  if (left === undefined || right === undefined) return { ...view, top: Math.max(0, top) };
  return { ...view, top: Math.max(0, top), left: left < view.left ? left : Math.max(view.left, right - view.width) };
}

export interface Lines extends Range {
  reveal(place: Place): void; // scrolls, if it has to
}

export function useLines(box: RefObject<HTMLElement | null>, count: number, height: number, head = 0): Lines {
  const [, draw] = useReducer((times: number) => times + 1, 0);
  const view = useRef<View>({ top: 0, left: 0, width: 1_000, height: 600 });
  const scrolled = useRef(true); // the box is where `view` says
  const range = linesAt(view.current, count, height, head);

  const look = useStable((now: Partial<View>) => {
    view.current = { ...view.current, ...now };
    const { first, end } = linesAt(view.current, count, height, head);
    if (first !== range.first || end !== range.end) flushSync(draw);
  });
  useLayoutEffect(() => {
    const { clientWidth, clientHeight } = box.current!;
    view.current = { ...view.current, width: clientWidth, height: clientHeight };
    draw();
    const onScroll = () => look({ top: box.current!.scrollTop, left: box.current!.scrollLeft });
    const observer = new ResizeObserver(([entry]) => look({ width: entry!.contentRect.width, height: entry!.contentRect.height }));
    const element = box.current!;
    element.addEventListener('scroll', onScroll, { passive: true });
    observer.observe(element);
    return () => {
      element.removeEventListener('scroll', onScroll);
      observer.disconnect();
    };
  }, [box, look]);
  // Behind the lines that it goes to.
  useLayoutEffect(() => {
    if (scrolled.current) return;
    scrolled.current = true;
    box.current!.scrollTop = view.current.top;
    box.current!.scrollLeft = view.current.left;
  });
  const reveal = useStable((place: Place) => {
    const next = viewOn(view.current, place, height, head);
    if (next.top === view.current.top && next.left === view.current.left) return;
    view.current = next;
    scrolled.current = false;
    draw();
  });
  return { ...range, reveal };
}
