/** The parts of docs/scaling.md that are written by `npm run docs`, from what was measured last. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import {
  checksTable,
  forecastTable,
  inputTable,
  type Measured,
  measuredTable,
  modelTable,
  partsTable,
  publishedTable,
  type Table,
} from './tables.js';

/** Written by `npm run bench -- scaling --json`. */
const measuredFile = path.join(import.meta.dirname, 'measured.json');

/**
 * The page with its tables written anew, each between `<!-- NAME -->` and `<!-- end -->`.
 *
 * @param tableOf writes a table in Markdown
 */
export function scalingPage(page: string, tableOf: (table: Table) => string): string {
  const measured: Measured = JSON.parse(readFileSync(measuredFile, 'utf8'));
  const { model } = measured;
  const parts = new Map<string, string>([
    ['how', howOf(measured)],
    ['measured', tableOf(measuredTable(measured))],
    ['parts', tableOf(partsTable(measured))],
    ['published', tableOf(publishedTable())],
    ['input', tableOf(inputTable())],
  ]);
  if (model !== undefined) {
    parts.set('model', tableOf(modelTable(model)));
    parts.set('checks', tableOf(checksTable(model)));
    parts.set('forecast', tableOf(forecastTable(model)));
  }
  return page.replace(/(<!-- ([a-z]+) -->\n)[\s\S]*?(<!-- end -->)/g, (_, head, name, tail) => {
    const text = parts.get(name);
    if (text === undefined) {
      throw new Error(`Expected a table ${name} of docs/scaling.md in ${measuredFile}`);
    }
    return `${head}\n${text}\n${tail}`;
  });
}

/** How it was measured, and whether the machine was quiet. */
function howOf({
  net,
  batch,
  steps,
  rounds,
  date,
  machine,
  loadBefore,
  unlimited,
}: Measured): string {
  const network =
    unlimited === undefined
      ? 'Each worker is in a network namespace of its own; tc limits what it sends'
      : 'The workers are on loopback, and nothing limits them';
  const busy =
    loadBefore < 1
      ? ''
      : `\n**Other programs took a part of the machine (load average ${loadBefore.toFixed(0)} before): the numbers below show what is measured, not how fast it is.**\n`;
  return [
    `${net}, ${batch} images a step of all workers together; each worker has one compute thread, pinned to a core.`,
    `${network}. Medians of ${rounds} × ${steps} steps, ${date}.`,
    `${machine}.\n${busy}`,
  ].join('\n');
}
