/** `npm run pack:addon -- --out FOLDER`: makes the npm packages of Bobbin and lists their sizes. */
import fs from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { ask, runScript } from '../run.mjs';
import { setup } from '../setup.mjs';
import { pack as packAddon } from './pack/addon.mjs';
import { checkFit } from './pack/fit.mjs';
import { pack as packMain } from './pack/main.mjs';
import { pack as packTfjsNode } from './pack/tfjs-node.mjs';

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
    throw new Error(
      'Expected a folder for --out but received none; the packages are written there',
    );
  }
  setup();
  fs.mkdirSync(out, { recursive: true });
  const folder = path.resolve(out);
  const main = await packMain(folder);
  const addon = await packAddon(folder);
  checkFit(main, addon);
  const tarballs = [main, addon, await packTfjsNode(folder)];
  const table = [['file', 'packed MB', 'unpacked MB', 'files'], ...tarballs.map(row)];
  for (const [name = '', ...numbers] of table) {
    console.log([name.padEnd(32), ...numbers.map((text) => text.padStart(11))].join(' '));
  }
});
