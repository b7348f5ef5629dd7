// Blocks of cells as spreadsheets put them on the clipboard: tabs between cells, a line for each row,
// and cells with tabs, line ends or quotes in quotes, doubled inside.
export const pasteRowLimit = 1_000;

export function parseBlock(text: string): string[][] {
  const rows: string[][] = [];
  let row: string[] = [];
  let cell = '';
  let quoted = false;
  const endCell = () => {
    row.push(cell);
    cell = '';
  };
  const endRow = () => {
    endCell();
    rows.push(row);
    row = [];
  };
  for (let i = 0; i < text.length; ++i) {
    const c = text[i];
    if (quoted) {
      if (c !== '"') cell += c;
      else if (text[i + 1] === '"') cell += text[++i];
      else quoted = false;
    } else if (c === '"' && cell === '' && closes(text, i)) {
      quoted = true;
    } else if (c === '\t') {
      endCell();
    } else if (c === '\n' || c === '\r') {
      if (c === '\r' && text[i + 1] === '\n') ++i;
      endRow();
    } else {
      cell += c;
    }
  }
  if (cell !== '' || row.length) endRow();
  return rows;
}

// A quote opens a cell only if another closes it at the cell's end: 24" is a monitor.
function closes(text: string, open: number): boolean {
  for (let i = open + 1; i < text.length; ++i) {
    if (text[i] !== '"') continue;
    if (text[i + 1] === '"') ++i;
    else return i + 1 === text.length || /[\t\r\n]/.test(text[i + 1]!);
  }
  return false;
}

export const formatBlock = (rows: readonly (readonly string[])[]): string =>
  rows.map((row) => row.map((cell) => (/[\t\r\n"]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell)).join('\t')).join('\n');
