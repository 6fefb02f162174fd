/** `npm run pack:addon -- --out FOLDER`: makes the npm packages of Bobbin and lists their sizes. */
import fs from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { ask, runScript } from '../run.mjs';
import { setup } from '../setup.mjs';
import { pack as packAddon } from './pack/addon.mjs';
import { pack as packMain } from './pack/main.mjs';
import { pack as packTfjsNode } from './pack/tfjs-node.mjs';

/**
 * Each makes one package and returns the path of its tarball in the folder `out`.
 * @type {((out: string) => Promise<string>)[]}
 */
const packages = [packMain, packAddon, packTfjsNode];

/** @param {number} bytes */
const megabytes = (bytes) => (bytes / 1e6).toFixed(2);

/**
 * A row of the table: name, packed and unpacked MB, number of files.
 * @param {string} tarball
 */
function row(tarball) {
  const files = (ask('tar', ['-tvzf', tarball]) ?? '').split('\n');
  const unpacked = files.reduce((sum, line) => sum + Number(line.split(/\s+/)[2]), 0);
  const packed = fs.statSync(tarball).size;
  return [path.basename(tarball), megabytes(packed), megabytes(unpacked), `${files.length}`];
}

runScript('pack:addon', async () => {
  const { out } = parseArgs({ options: { out: { type: 'string' } } }).values;
  if (out === undefined) {
    throw new Error('Expected a folder for --out, where the packages are written');
  }
  setup();
  fs.mkdirSync(out, { recursive: true });
  const table = [['file', 'packed MB', 'unpacked MB', 'files']];
  for (const pack of packages) {
    table.push(row(await pack(path.resolve(out))));
  }
  for (const [name = '', ...numbers] of table) {
    console.log([name.padEnd(32), ...numbers.map((text) => text.padStart(11))].join(' '));
  }
});
