// Times in words; the exact one belongs into a title.
export const exact = (iso: string | null | undefined): string => (iso ? new Date(iso).toLocaleString() : '');

export const clock = (iso: string | null | undefined): string =>
  (iso ? new Date(iso).toLocaleTimeString([], { hour: '2-digit', minute: '2-digit' }) : '');

const units: [number, Intl.RelativeTimeFormatUnit][] = [[86_400, 'day'], [3_600, 'hour'], [60, 'minute']];
const words = new Intl.RelativeTimeFormat('en', { numeric: 'auto' });

export function ago(iso: string | null | undefined, nowMs: number = Date.now()): string {
  if (!iso) return 'never';
  const seconds = (Date.parse(iso) - nowMs) / 1_000;
  for (const [size, unit] of units)
    if (Math.abs(seconds) >= size) return words.format(Math.round(seconds / size), unit);
  return seconds > 5 ? 'in a moment' : 'just now';
}

export const day = (iso: string | null | undefined): string =>
  (iso ? new Date(iso).toLocaleDateString([], { day: 'numeric', month: 'short', year: 'numeric' }) : '');

export const plural = (count: number, one: string, many = `${one}s`): string => `${count.toLocaleString('en')} ${count === 1 ? one : many}`;
