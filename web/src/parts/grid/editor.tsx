// The field over the active cell while it is edited. Long text has more than a line, and room for it.
import { useId, useLayoutEffect, useRef, useState, type CSSProperties, type FocusEvent, type KeyboardEvent } from 'react';
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

const mostHeight = 260; // px, of long text; more scrolls

// The field keeps its text itself: a letter draws nothing else.
export function Editor({ column, text: given, all, style, onKeep, onDrop }: EditorProps) {
  const field = useRef<HTMLInputElement & HTMLTextAreaElement>(null);
  const ended = useRef(false);
  const list = useId();
  const [choices] = useState(() => column.choices?.());
  useLayoutEffect(() => {
    field.current!.focus({ preventScroll: true });
    if (all && !column.long) field.current!.select();
    else field.current!.setSelectionRange(given.length, given.length);
    fit();
  }, []); // eslint-disable-line
  const fit = () => {
    if (!column.long) return;
    field.current!.style.height = 'auto';
    field.current!.style.height = `${Math.min(mostHeight, field.current!.scrollHeight + 4)}px`;
  };
  const end = (act: () => void) => {
    if (ended.current) return;
    ended.current = true;
    act();
  };
  const keyDown = (event: KeyboardEvent) => {
    event.stopPropagation();
    if (event.nativeEvent.isComposing) return;
    if (column.long && event.key === 'Enter' && event.shiftKey) return; // a new line
    const step: Step | null = event.key === 'Enter' ? 'down' : event.key === 'Tab' ? (event.shiftKey ? 'left' : 'right') : null;
    if (step) end(() => onKeep(field.current!.value, step));
    else if (event.key === 'Escape') end(onDrop);
    else return;
    event.preventDefault();
  };
  const common = {
    ref: field, style, defaultValue: given, 'aria-label': column.title, spellCheck: column.long === true, autoComplete: 'off',
    onInput: fit, onKeyDown: keyDown,
    onBlur: (event: FocusEvent<HTMLInputElement | HTMLTextAreaElement>) => end(() => onKeep(event.currentTarget.value, 'stay')),
    onPointerDown: (event: { stopPropagation(): void }) => event.stopPropagation(),
  };
  if (column.long) return <textarea {...common} className="grid-editor grid-long" rows={3} title="Shift+Enter begins a line, Enter keeps it" />;
  return (
    <>
      <input {...common} className="grid-editor" list={choices ? list : undefined} inputMode={column.number ? 'decimal' : 'text'} />
      {choices && <datalist id={list}>{choices.map((one) => <option key={one} value={one} />)}</datalist>}
    </>
  );
}
