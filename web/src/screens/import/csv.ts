// The headings of a CSV file and the columns that they stand for. Pure; the file itself is read by the node.
export type CsvTable = 'sources' | 'sends' | 'equipment';

// What a heading may stand for, as transfer/csv_table.h has it.
export const targets: Record<CsvTable, readonly string[]> = {
  sources: ['label', 'name', 'type', 'resolution', 'h_res', 'v_res', 'rate', 'standard', 'blanking', 'note', 'secondary_device', 'outputs', 'id'],
  sends: ['label', 'name', 'type', 'resolution', 'h_res', 'v_res', 'rate', 'standard', 'note', 'secondary_device', 'output_connector', 'id'],
  equipment: ['category', 'manufacturer', 'model', 'label', 'io_architecture', 'card_slots', 'format_by_io', 'is_secondary_device', 'inputs', 'outputs', 'device_formats', 'specs', 'id'],
};

// The cells of the first line. The separator is the one of comma, semicolon and tab that is there most often.
export function headings(text: string): string[] {
  const line: string[] = [];
  let cell = '';
  let quoted = false;
  const mark = text.charCodeAt(0) === 0xfeff ? 1 : 0;
  const said = /^sep=(.)\r?\n/i.exec(text.slice(mark)); // a line that Excel writes for itself
  const start = mark + (said?.[0].length ?? 0);
  const separator = said?.[1] ?? separatorOf(text.slice(start));
  for (let i = start; i < text.length; ++i) {
    const c = text[i]!;
    if (quoted) {
      if (c !== '"') cell += c;
      else if (text[i + 1] === '"') cell += text[++i];
      else quoted = false;
    } else if (c === '"' && cell === '') quoted = true;
    else if (c === separator) {
      line.push(cell);
      cell = '';
    } else if (c === '\n' || c === '\r') break;
    else cell += c;
  }
  return [...line, cell].map((one) => one.trimEnd());
}

function separatorOf(text: string): string {
  const first = text.split(/[\r\n]/, 1)[0]!.replace(/"[^"]*"/g, '');
  const count = (c: string) => first.split(c).length;
  return [',', ';', '\t'].reduce((best, c) => (count(c) > count(best) ? c : best));
}

// What becomes of a column: a target, 'leave' or 'auto': the node goes by how the heading is spelled.
export type Choice = string;

// The parameter `map`: of what somebody chose. Cells as in CSV.
export const mapOf = (heads: readonly string[], chosen: readonly Choice[]): string =>
  heads.map((heading, i) => ({ heading, target: chosen[i] ?? 'auto' }))
    .filter(({ heading, target }) => heading !== '' && target !== 'auto')
    .map(({ heading, target }) => `"${heading.replaceAll('"', '""')}=${target === 'leave' ? '' : target}"`).join(',');
