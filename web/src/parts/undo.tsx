// Undo and redo of one's own edits, of a show or of the equipment library.
import { ActionIcon } from '@mantine/core';
import { Redo2, Undo2 } from 'lucide-react';
import { useEffect, useRef } from 'react';
import { useSession, useSessionState } from '../sync/use.ts';

export function UndoButtons({ showId }: { showId: string }) {
  const session = useSession();
  const steps = useSessionState((state) => state.core.undo[showId]);
  return (
    <div>
      <ActionIcon aria-label={steps?.undo ? `Undo: ${steps.undo}` : 'Undo'} title={steps?.undo ? `Undo: ${steps.undo}` : 'Nothing to undo'} disabled={!steps?.undo} color="gray" onClick={() => session.undo(showId)}><Undo2 size={20} /></ActionIcon>
      <ActionIcon aria-label={steps?.redo ? `Redo: ${steps.redo}` : 'Redo'} title={steps?.redo ? `Redo: ${steps.redo}` : 'Nothing to redo'} disabled={!steps?.redo} color="gray" onClick={() => session.redo(showId)}><Redo2 size={20} /></ActionIcon>
    </div>
  );
}

// Ctrl+Z, Ctrl+Shift+Z and Ctrl+Y, wherever no text is being typed.
export function useUndoKeys(showId: string) {
  const session = useSession();
  const id = useRef(showId);
  id.current = showId;
  useEffect(() => {
    const listen = (event: KeyboardEvent) => {
      const key = event.key.toLowerCase();
      if (!(event.ctrlKey || event.metaKey) || (key !== 'z' && key !== 'y')) return;
      if (event.target instanceof HTMLInputElement || event.target instanceof HTMLTextAreaElement) return;
      event.preventDefault();
      if (key === 'y' || event.shiftKey) session.redo(id.current);
      else session.undo(id.current);
    };
    addEventListener('keydown', listen);
    return () => removeEventListener('keydown', listen);
  }, [session]);
}
