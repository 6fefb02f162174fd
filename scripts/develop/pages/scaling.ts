/** docs/scaling.md: its text is written by hand, its tables come from the last measurement. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { scalingPage as withTables } from '../../../bench/scaling/page.js';
import { cellOf, tableOf } from './table.js';

const file = path.resolve(import.meta.dirname, '../../../docs/scaling.md');

/** The content of the page. */
export const scalingPage = (): string =>
  withTables(readFileSync(file, 'utf8'), (table) => tableOf(table.map((row) => row.map(cellOf))));
