// The field over the active cell while it is edited.
import { useId, useLayoutEffect, useRef, useState, type CSSProperties, type KeyboardEvent } from 'react';
import type { Column } from './column.ts';

export type Step = 'down' | 'right' | 'left' | 'stay';

interface EditorProps {
  column: Column;
  text: string;
  all: boolean;
  style: CSSProperties;
  onKeep(text: string, step: Step): void;
  onDrop(): void;
}

export function Editor({ column, text: given, all, style, onKeep, onDrop }: EditorProps) {
  const [text, setText] = useState(given);
  const input = useRef<HTMLInputElement>(null);
  const ended = useRef(false);
  const list = useId();
  const [choices] = useState(() => column.choices?.());
  useLayoutEffect(() => {
    input.current!.focus({ preventScroll: true });
    if (all) input.current!.select();
    else input.current!.setSelectionRange(given.length, given.length);
  }, []); // eslint-disable-line
  const end = (act: () => void) => {
    if (ended.current) return;
    ended.current = true;
    act();
  };
  const keyDown = (event: KeyboardEvent) => {
    event.stopPropagation();
    if (event.nativeEvent.isComposing) return;
    const step: Step | null = event.key === 'Enter' ? 'down' : event.key === 'Tab' ? (event.shiftKey ? 'left' : 'right') : null;
    if (step) end(() => onKeep(text, step));
    else if (event.key === 'Escape') end(onDrop);
    else return;
    event.preventDefault();
  };
  return (
    <>
      <input ref={input} className="grid-editor" style={style} value={text} aria-label={column.title} list={choices ? list : undefined}
        onChange={(event) => setText(event.target.value)} onKeyDown={keyDown} onBlur={() => end(() => onKeep(text, 'stay'))}
        onPointerDown={(event) => event.stopPropagation()} inputMode={column.number ? 'decimal' : 'text'} autoComplete="off" spellCheck={false} />
      {choices && <datalist id={list}>{choices.map((one) => <option key={one} value={one} />)}</datalist>}
    </>
  );
}
