import { useCallback, useRef } from 'react';

// The newest `act`, behind a function that stays the same: what it is given to is not drawn for it.
export function useStable<A extends unknown[], R>(act: (...args: A) => R): (...args: A) => R {
  const newest = useRef(act);
  newest.current = act;
  return useCallback((...args: A) => newest.current(...args), []);
}

// The same array for the same words.
export function useSameWords(words: readonly string[]): readonly string[] {
  const last = useRef(words);
  if (last.current.length !== words.length || words.some((word, i) => word !== last.current[i])) last.current = words;
  return last.current;
}
