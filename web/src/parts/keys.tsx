// Keys that do the same on every screen: / to the search, Ctrl+K to anywhere, ? for all keys. In a sheet, too:
// a text that begins with one of them is typed after Enter or F2.
import { lazy, Suspense, useEffect } from 'react';

const Palette = lazy(() => import('./palette.tsx').then((module) => ({ default: module.Palette })));
const Help = lazy(() => import('./help.tsx').then((module) => ({ default: module.Help })));

const isTyping = (at: EventTarget | null): boolean =>
  at instanceof HTMLElement && (at.isContentEditable || at.matches('input:not([type=checkbox], [type=radio], [type=range]), textarea, select'));
const hasDialog = (): boolean => document.querySelector('[role=dialog]') !== null;

function toSearch(): boolean {
  const field = document.querySelector<HTMLInputElement>('main input[placeholder="Search"], main input[aria-label^="Find"]');
  field?.focus();
  field?.select();
  return field !== null;
}

export type Shown = 'palette' | 'help' | null;

export function Keys({ shown, onShow }: { shown: Shown; onShow(what: Shown): void }) {
  useEffect(() => {
    const act = ({ key, ctrlKey, metaKey, altKey, target }: KeyboardEvent): boolean => {
      const control = ctrlKey || metaKey;
      if (control && !altKey && key.toLowerCase() === 'k' && (!hasDialog() || shown)) {
        onShow(shown === 'palette' ? null : 'palette');
        return true;
      }
      if (control || altKey || isTyping(target) || hasDialog()) return false;
      if (key === '?') onShow('help');
      return key === '?' || (key === '/' && toSearch());
    };
    const listen = (event: KeyboardEvent) => {
      if (!act(event)) return;
      event.preventDefault();
      event.stopPropagation();
    };
    addEventListener('keydown', listen, true); // before a sheet takes it for text
    return () => removeEventListener('keydown', listen, true);
  }, [shown, onShow]);
  const close = () => onShow(null);
  return <Suspense>{shown === 'palette' ? <Palette onClose={close} /> : shown === 'help' ? <Help onClose={close} /> : null}</Suspense>;
}
