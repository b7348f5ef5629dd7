// Which of the three themes: dark, light, or the dark one for a room where a show runs, with less light. The
// last is Mantine's dark one with an attribute for our colours; the device remembers it.
const key = 'genlock-dim';

export const isDim = (): boolean => document.documentElement.hasAttribute('data-dim');

export function setDim(on: boolean): void {
  document.documentElement.toggleAttribute('data-dim', on);
  if (on) localStorage.setItem(key, 'yes');
  else localStorage.removeItem(key);
}

// As it was when the page was left.
export const recallDim = (): void => void document.documentElement.toggleAttribute('data-dim', localStorage.getItem(key) !== null);
