import { Modal } from '@mantine/core';

const keys: readonly [string, readonly [string, string][]][] = [
  ['Everywhere', [
    ['/', 'To the search of the screen'], ['Ctrl+K', 'To any screen, show or sheet'], ['?', 'These keys'],
    ['Ctrl+Z, Ctrl+Y', 'Undo and redo what you did'], ['Esc', 'Closes what is open'],
  ]],
  ['In a sheet', [
    ['Arrows, Tab, Page Up', 'Move, also with Home, End and Page Down; with Ctrl to the end'], ['Shift and arrows', 'Select'], ['Ctrl+A', 'Select all'],
    ['Enter, F2', 'Change what is there; or just type'], ['Enter, Tab', 'Keep it, and go down or right'], ['Esc', 'Leave it as it was'],
    ['Ctrl+D', 'Fill down'], ['Ctrl+C, Ctrl+V', 'Copy and paste, also from and to spreadsheets'], ['Delete', 'Empty the cells'],
    ['Alt+↑, Alt+↓', 'Move the selected rows'],
  ]],
  ['In the signal flow', [
    ['Arrows', 'Up and down a column, and along the signal'], ['Enter', 'Light the path; in the search: of the first that is found'], ['Esc', 'Show everything'],
    ['C', 'Connect what is focused with something'], ['Shift and arrows', 'Move what is focused'],
    ['Delete', 'Take the chosen connection away'],
  ]],
];

export const Help = ({ onClose }: { onClose(): void }) => (
  <Modal opened onClose={onClose} title="Keys" size="lg" closeButtonProps={{ 'aria-label': 'Close', size: 44 }}>
    {keys.map(([title, list]) => (
      <section key={title} aria-label={title}>
        <h3>{title}</h3>
        <dl className="facts" style={{ gridTemplateColumns: 'minmax(0, 190px) 1fr' }}>{list.flatMap(([key, what]) => [<dt key={`${key} key`}><kbd>{key}</kbd></dt>, <dd key={`${key} ${what}`}>{what}</dd>])}</dl>
      </section>
    ))}
  </Modal>
);
