/** `npm run docs:site`: makes a web site of the pages in docs/ and of the comments in src/, in build-site/html. */
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { packageRoot } from '../scripts/root.mjs';
import { runScript, work } from '../scripts/run.mjs';
import { checkLinks } from './links.mjs';
import { writePages } from './pages.mjs';
import { api, html, pages, tools } from './places.mjs';
import { titlePages, writeEntries } from './reference.mjs';

/** The tools are packages of their own lock file, so that those who only use Bobbin do not install them. */
function installTools() {
  const lock = fs.readFileSync(path.join(tools, 'package-lock.json'));
  const hash = createHash('sha256').update(lock).digest('hex');
  const record = path.join(tools, 'node_modules', '.bobbin-lock');
  if (fs.existsSync(record) && fs.readFileSync(record, 'utf8') === hash) {
    return;
  }
  work('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--prefer-offline'], {
    cwd: tools,
  });
  fs.writeFileSync(record, hash);
}

/**
 * Runs a program of the tools.
 * @param {string} name
 * @param {string[]} args
 */
const runTool = (name, ...args) =>
  work(process.execPath, [path.join(tools, 'node_modules', name), ...args], { cwd: packageRoot });

/** The reference, from the declarations in dist/, in which options have their help as comments. */
function writeReference() {
  writeEntries();
  runTool('typedoc/bin/typedoc', '--options', path.join(tools, 'typedoc.json'), '--out', api);
  titlePages();
}

runScript('docs:site', () => {
  installTools();
  fs.rmSync(pages, { recursive: true, force: true });
  writePages();
  writeReference();
  runTool('vitepress/bin/vitepress.js', 'build', tools);
  const { files, links } = checkLinks(html);
  console.log(`${files} pages, ${links} links, none broken: ${path.relative(packageRoot, html)}`);
});
