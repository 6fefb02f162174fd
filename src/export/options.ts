/** Options of an export. */
import type { OptionTable, OptionValues } from '../options.js';
import { formatOptions } from './format-options.js';
import { formats } from './formats.js';

export const exportOptions = {
  to: {
    type: 'choice',
    choices: formats.map(({ name }) => name),
    default: 'web',
    help: `the format: ${formats.map(({ name, help }) => `${name}, ${help}`).join('; ')}`,
  },
  ...formatOptions,
} as const satisfies OptionTable;

export type ExportOptions = OptionValues<typeof exportOptions>;
