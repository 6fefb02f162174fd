/** Tables in Markdown. */

/** Rows in Markdown, the first one the header, padded as the formatter does. */
export function tableOf([header = [], ...rows]: readonly string[][]): string {
  const widths = header.map((_, column) =>
    Math.max(...[header, ...rows].map((row) => row[column]?.length ?? 0)),
  );
  const lines = [header, widths.map((width) => '-'.repeat(width)), ...rows].map((row) => {
    return `| ${row.map((cell, column) => cell.padEnd(widths[column] as number)).join(' | ')} |\n`;
  });
  return lines.join('');
}

/** Text as a cell shows it: a bar would end the cell, a web page takes `<word>` for an element, and stars would slant words. */
export const cellOf = (text: string): string =>
  text.replaceAll('|', '\\|').replaceAll('*', '\\*').replaceAll('<', '&lt;').replace(/\s+/g, ' ');
