import { expect, test } from 'vitest';
import { formatBlock, parseBlock } from './clipboard.ts';

test('a block is rows of cells, whatever ends its lines', () => {
  expect(parseBlock('CAM 1\t1920\r\nCAM 2\t3840\r\n')).toEqual([['CAM 1', '1920'], ['CAM 2', '3840']]);
  expect(parseBlock('a\n\tb')).toEqual([['a'], ['', 'b']]);
  expect(parseBlock('')).toEqual([]);
});

test('quotes hold tabs, lines and quotes; a quote inside a cell is itself', () => {
  expect(parseBlock('"two\nlines"\t"say ""go"""')).toEqual([['two\nlines', 'say "go"']]);
  expect(parseBlock('24" monitor\t"open')).toEqual([['24" monitor', '"open']]);
});

test('what is copied out comes in as it was', () => {
  const block = [['CAM "A"', 'roof\tleft'], ['', 'a\nb']];
  expect(parseBlock(formatBlock(block))).toEqual(block);
});
