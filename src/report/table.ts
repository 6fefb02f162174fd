/** Tables of plain text. */
import { displayWidth } from '../width.js';

/** The lines of a table: header, rule and rows. The first column is aligned left, the others right. */
export function textTable(header: string[], rows: string[][]): string {
  const widths = header.map((name, column) =>
    rows.reduce((most, row) => Math.max(most, displayWidth(row[column] ?? '')), displayWidth(name)),
  );
  const line = (cells: string[]) =>
    widths
      .map((width, column) => {
        const cell = cells[column] ?? '';
        const room = ' '.repeat(width - displayWidth(cell));
        return column === 0 ? cell + room : room + cell;
      })
      .join('  ')
      .trimEnd();
  return [
    line(header),
    widths.map((width) => '─'.repeat(width)).join('  '),
    ...rows.map(line),
  ].join('\n');
}
