import { beforeEach, expect, test } from 'vitest';
import { keepPlaces, keptPlaces, mostNodes, mostShows } from './kept.ts';

// As a browser has it: what is kept are own members.
class Memory {
  getItem(key: string): string | null {
    return Object.hasOwn(this, key) ? (this as unknown as Record<string, string>)[key]! : null;
  }
  setItem(key: string, value: string): void {
    Object.assign(this, { [key]: value });
  }
  removeItem(key: string): void {
    delete (this as Record<string, unknown>)[key];
  }
}

let storage: Storage;
beforeEach(() => void (storage = new Memory() as unknown as Storage));
const at = (x: number, y: number) => new Map([['source:1', { x, y }]]);

test('what one person moved, nobody else sees, and no other show', () => {
  expect(keepPlaces(storage, 'Ana', 'gala', at(10, -20))).toBe(true);
  expect(keptPlaces(storage, 'Ana', 'gala')).toEqual(at(10, -20));
  expect([keptPlaces(storage, 'Ben', 'gala').size, keptPlaces(storage, 'Ana', 'expo').size]).toEqual([0, 0]);
  keepPlaces(storage, 'Ana', 'gala', new Map());
  expect(Object.keys(storage)).toEqual([]);
});

test('so many shows are kept, the latest; and so many nodes of one', () => {
  for (let i = 0; i <= mostShows; ++i) keepPlaces(storage, 'Ana', `show ${i}`, at(i, 0), i);
  expect(Object.keys(storage).length).toBe(mostShows);
  expect([keptPlaces(storage, 'Ana', 'show 0').size, keptPlaces(storage, 'Ana', `show ${mostShows}`).size]).toEqual([0, 1]);
  keepPlaces(storage, 'Ana', 'wide', new Map(Array.from({ length: mostNodes + 5 }, (_, i) => [`source:${i}`, { x: i, y: 0 }])));
  expect(keptPlaces(storage, 'Ana', 'wide').size).toBe(mostNodes);
});

test('what makes no sense is no place', () => {
  keepPlaces(storage, 'Ana', 'gala', at(1, 2));
  const [key] = Object.keys(storage);
  for (const text of ['{', 'null', '7', '{"places":[1]}', '{"places":{"source:1":[1]}}', '{"places":{"source:1":["1",2]}}', '{"places":{"source:1":[1e9,2]}}']) {
    storage.setItem(key!, text);
    expect(keptPlaces(storage, 'Ana', 'gala').size).toBe(0);
  }
});

test('a browser that keeps nothing says so', () => {
  const full = { setItem() { throw new Error('quota'); }, removeItem() {}, getItem: () => null } as unknown as Storage;
  expect(keepPlaces(full, 'Ana', 'gala', at(1, 2))).toBe(false);
});
