// Which time a show is looked at: pulled along its life, typed, or chosen by the name that somebody gave it.
import { NativeSelect, TextInput } from '@mantine/core';
import { useEffect, useRef, useState } from 'react';
import { useStable } from '../../parts/stable.ts';
import { useSession } from '../../sync/use.ts';
import { useMoments } from '../history/moments.tsx';
import { localTime } from './past.ts';

interface WhenProps {
  showId: string;
  at: string; // a time, or an event's id
  time: string | undefined; // of that
  born: string | undefined; // since when there is something to look at
  onGo(at: string): void;
}

const steps = 500; // of the slider, from the first day until now
const leastMs = 1_000;
const words = (ms: number): string => new Date(ms).toLocaleString([], { dateStyle: 'medium', timeStyle: 'short' });

export function When({ showId, at, time, born, onGo }: WhenProps) {
  const session = useSession();
  const moments = useMoments(showId).data ?? [];
  const typed = (value: string) => {
    const chosen = new Date(value);
    if (Number.isNaN(chosen.getTime())) return;
    if (chosen.getTime() > Date.now()) return session.notify('That is not yet', 'bad');
    onGo(chosen.toISOString());
  };
  const known = time ? localTime(time) : '';
  return (
    <>
      {born && <Life key={time ?? at} from={Date.parse(born)} at={Date.parse(time ?? born)} onGo={onGo} />}
      {moments.length > 0 && (
        <NativeSelect aria-label="Moment" w={220} value={moments.some((one) => one.event === at) ? at : ''} onChange={(event) => event.currentTarget.value && onGo(event.currentTarget.value)}
          data={[{ value: '', label: 'A named moment' }, ...moments.map(({ event, name }) => ({ value: event, label: name }))]} />
      )}
      <TextInput type="datetime-local" step={1} aria-label="As of" w={275} key={`typed ${time ?? at}`} defaultValue={known} max={localTime(new Date().toISOString())}
        onBlur={(left) => left.currentTarget.value !== known && typed(left.currentTarget.value)} onKeyDown={(key) => key.key === 'Enter' && typed(key.currentTarget.value)} />
    </>
  );
}

// It goes where it is let go: each place is read from the node.
function Life({ from, at, onGo }: { from: number; at: number; onGo(at: string): void }) {
  const input = useRef<HTMLInputElement>(null);
  const [until] = useState(() => Date.now());
  const [pulled, setPulled] = useState(at);
  const letGo = useStable(() => onGo(new Date(Math.min(Number(input.current!.value), Date.now())).toISOString()));
  useEffect(() => {
    const one = input.current!;
    one.addEventListener('change', letGo);
    return () => one.removeEventListener('change', letGo);
  }, [letGo]);
  return (
    <label className="life small">
      <input ref={input} type="range" aria-label="Time in the life of the show" aria-valuetext={words(pulled)} min={from} max={until} step={Math.max(leastMs, Math.floor((until - from) / steps))}
        value={pulled} onChange={(event) => setPulled(Number(event.currentTarget.value))} />
      <span className="dim">{words(pulled)}</span>
    </label>
  );
}
