/** `npm run docs`: writes the pages that are made from the source, docs/options.md and docs/commands, and the tables of docs/scaling.md. */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { commandPages } from './commands.js';
import { optionsPage } from './options.js';
import { scalingPage } from './scaling.js';

const docs = path.resolve(import.meta.dirname, '../../../docs');

const pages = new Map([
  ['options.md', optionsPage()],
  ['scaling.md', scalingPage()],
  ...(await commandPages()),
]);
// Otherwise the page of a removed command would stay.
rmSync(path.join(docs, 'commands'), { recursive: true, force: true });
mkdirSync(path.join(docs, 'commands'));
for (const [name, text] of pages) {
  writeFileSync(path.join(docs, name), text);
}
