/** Writes lines of CSV files as RFC 4180 has them. */

/** The line of one record, without its line end; a field with a separator, a quote or a line end is quoted. */
export function csvLine(fields: readonly string[], separator = ','): string {
  return fields.map((field) => csvField(field, separator)).join(separator);
}

function csvField(text: string, separator: string): string {
  const isPlain = !/["\r\n]/.test(text) && !text.includes(separator);
  return isPlain ? text : `"${text.replaceAll('"', '""')}"`;
}
