/** Tables in Markdown. */

/** Columns of text are padded up to here: further spaces would only make the file longer. */
const widestPadded = 40;

/** Rows in Markdown, the first one the header, padded so that short cells can be read as they are. */
export function tableOf([header = [], ...rows]: readonly string[][]): string {
  const last = header.length - 1;
  const widths = header.map((title, column) =>
    column === last
      ? title.length
      : Math.min(
          widestPadded,
          Math.max(...[header, ...rows].map((row) => row[column]?.length ?? 0)),
        ),
  );
  const lines = [header, widths.map((width) => '-'.repeat(width)), ...rows].map((row) => {
    return `| ${row.map((cell, column) => cell.padEnd(widths[column] as number)).join(' | ')} |\n`;
  });
  return lines.join('');
}

/** Text as a cell shows it: a bar would end the cell, and a web page takes `<word>` for an element. */
export const cellOf = (text: string): string =>
  text.replaceAll('|', '\\|').replaceAll('<', '&lt;').replace(/\s+/g, ' ');
