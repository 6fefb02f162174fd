/** Writes lines of CSV files as RFC 4180 has them. */

/** The line of one record, without its line end; a field with a comma, a quote or a line end is quoted. */
export function csvLine(fields: readonly string[]): string {
  return fields.map(csvField).join(',');
}

function csvField(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
