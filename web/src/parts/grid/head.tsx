// The titles of the columns; a press sorts.
import { memo } from 'react';
import type { Column } from './column.ts';
import { headWidth } from './gutter.tsx';

export interface Sort {
  key: string;
  descending: boolean;
}

interface HeadProps {
  columns: readonly Column[];
  sort: Sort | null;
  width: number;
  height: number;
  onSort(key: string): void;
}

export const Head = memo(function Head({ columns, sort, width, height, onSort }: HeadProps) {
  return (
    <div className="grid-head" role="row" aria-rowindex={1} style={{ width, height }}>
      <div role="columnheader" className="grid-corner" style={{ width: headWidth }}>#</div>
      {columns.map((one) => {
        const sorted = sort?.key === one.key ? (sort.descending ? 'descending' : 'ascending') : 'none';
        return (
          <div key={one.key} role="columnheader" aria-sort={sorted} style={{ width: one.width }}>
            <button type="button" tabIndex={-1} onClick={() => onSort(one.key)} title={`Sort by ${one.title}`}>
              {one.title}{sorted === 'none' ? '' : sorted === 'ascending' ? ' ▲' : ' ▼'}
            </button>
          </div>
        );
      })}
    </div>
  );
});
