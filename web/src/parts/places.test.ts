import { expect, test } from 'vitest';
import { fitting } from './places.ts';

const places = [{ name: 'Sources', more: 'Gala' }, { name: 'Sync' }, { name: 'Summer gala', more: 'Acme' }, { name: 'Spring show', more: 'Gala Group' }];
const found = (q: string) => fitting(places, q).map((place) => place.name);

test('letters that begin words find a place; its own name counts before what stands beside it', () => {
  expect(found('')).toEqual(['Sources', 'Sync', 'Summer gala', 'Spring show']);
  expect(found('s')).toEqual(['Sources', 'Sync', 'Summer gala', 'Spring show']);
  expect(found('gala')).toEqual(['Summer gala', 'Sources', 'Spring show']);
  expect(found('SO ga')).toEqual(['Sources']);
  expect(found('ala')).toEqual([]);
});
