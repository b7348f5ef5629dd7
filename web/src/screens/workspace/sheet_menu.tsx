// What can be done with a sheet as a whole.
import { ActionIcon, Menu } from '@mantine/core';
import { ArrowDownToLine, ArrowUpToLine, Clock, EllipsisVertical, FileDown, History, ListOrdered, Printer } from 'lucide-react';
import { memo } from 'react';
import { plural } from '../../parts/time.ts';
import { rowNames, type Sheet } from './sheets.ts';

interface SheetMenuProps {
  sheet: Sheet;
  shown: number; // rows
  all: number;
  selected: number;
  ordered: boolean; // by hand, not by a column
  onMove(step: -1 | 1): void;
  onRenumber(): void;
  onCsv(all: boolean): void;
  onPrint(): void;
  onPast(): void; // as it was a while ago
  onHistory(): void; // of the selected row
}

export const SheetMenu = memo(function SheetMenu({ sheet, shown, all, selected, ordered, onMove, onRenumber, onCsv, onPrint, onPast, onHistory }: SheetMenuProps) {
  const rows = (count: number) => plural(count, rowNames[sheet]);
  return (
    <Menu position="bottom-end" width={290}>
      <Menu.Target><ActionIcon variant="default" aria-label="More for this sheet" title="More for this sheet"><EllipsisVertical size={18} /></ActionIcon></Menu.Target>
      <Menu.Dropdown>
        <Menu.Item h={44} leftSection={<ArrowUpToLine size={16} />} disabled={!selected || !ordered} onClick={() => onMove(-1)} rightSection={<span className="dim small">Alt+↑</span>}>Move up</Menu.Item>
        <Menu.Item h={44} leftSection={<ArrowDownToLine size={16} />} disabled={!selected || !ordered} onClick={() => onMove(1)} rightSection={<span className="dim small">Alt+↓</span>}>Move down</Menu.Item>
        <Menu.Item h={44} leftSection={<ListOrdered size={16} />} disabled={!shown} onClick={onRenumber}>Number the labels</Menu.Item>
        <Menu.Divider />
        <Menu.Item h={44} leftSection={<Printer size={16} />} onClick={onPrint}>Print or PDF</Menu.Item>
        <Menu.Item h={44} leftSection={<FileDown size={16} />} disabled={!shown} onClick={() => onCsv(false)}>{shown === all ? `CSV of ${rows(all)}` : `CSV as shown, ${rows(shown)}`}</Menu.Item>
        {shown !== all && <Menu.Item h={44} leftSection={<FileDown size={16} />} onClick={() => onCsv(true)}>CSV of all {rows(all)}</Menu.Item>}
        <Menu.Divider />
        <Menu.Item h={44} leftSection={<History size={16} />} disabled={selected !== 1} onClick={onHistory}>History of this row</Menu.Item>
        <Menu.Item h={44} leftSection={<Clock size={16} />} onClick={onPast}>As it was an hour ago</Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
});
