import { expect, test } from 'vitest';
import { steps, type Link } from './history.ts';

const link = (seq: number, id: string, undoes: string | null = null): Link => ({
  id, seq, undoes, production_id: 'p', label: id, ops: [],
});

test('nothing done, nothing to take back', () => {
  expect(steps([])).toEqual({ undo: null, redo: null, undoLabel: null, redoLabel: null });
});

test('the newest edit is taken back first, and brought back last', () => {
  const edits = [link(1, 'a'), link(2, 'b')];
  expect(steps(edits).undo!.id).toBe('b');
  const one = [...edits, link(3, 'u', 'b')];
  expect(steps(one)).toMatchObject({ undoLabel: 'a', redoLabel: 'b' });
  expect(steps(one).redo!.id).toBe('u');
  const two = [...one, link(4, 'v', 'a')];
  expect(steps(two)).toMatchObject({ undo: null, redoLabel: 'a' });
});

test('the undo of a redone edit takes back the redo, which is its newest link', () => {
  const chain = [link(1, 'a'), link(2, 'u', 'a'), link(3, 'r', 'u')];
  expect(steps(chain).undo!.id).toBe('r');
  expect(steps(chain).undoLabel).toBe('a');
  expect(steps(chain).redo).toBe(null);
});

test('a new edit ends what could be redone', () => {
  const chain = [link(1, 'a'), link(2, 'u', 'a'), link(3, 'b')];
  expect(steps(chain)).toMatchObject({ undoLabel: 'b', redo: null });
});
