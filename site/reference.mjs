/** The API reference: a page for each stage, made by TypeDoc from the comments in the declarations in dist/. */
import fs from 'node:fs';
import path from 'node:path';
import { packageRoot } from '../scripts/root.mjs';
import { api, entries } from './places.mjs';

/** The folders of `src` whose exports are public, with the titles of their pages, in the order of the list. */
export const stages = new Map([
  ['dataset', 'Data sets'],
  ['synthetic', 'Drawn data sets'],
  ['pipeline', 'Loaders and augmentation'],
  ['model', 'Networks and classifiers'],
  ['import', 'Networks of other frameworks'],
  ['hub', 'Files of a hub'],
  ['training', 'Training'],
  ['cluster', 'Several machines'],
  ['search', 'Search'],
  ['features', 'Features'],
  ['prediction', 'Prediction'],
  ['evaluation', 'Scores'],
  ['submission', 'Submissions'],
  ['export', 'Exports'],
  ['serve', 'Answers over HTTP'],
  ['report', 'Pictures and reports'],
  ['tensorflow', 'TensorFlow'],
  ['errors', 'Errors'],
]);

const exported = /^export (\{[^}]*\}) from '\.\/(\w+)(?:\/index)?\.js';$/gm;

/** What TypeDoc reads: a module for each statement of `bobbin`'s index, so that the reference has the order of the code. */
export function writeEntries() {
  fs.rmSync(entries, { recursive: true, force: true });
  fs.mkdirSync(entries, { recursive: true });
  const index = fs.readFileSync(path.join(packageRoot, 'dist/index.d.ts'), 'utf8');
  for (const [, names = '', stage = ''] of index.matchAll(exported)) {
    if (!stages.has(stage)) {
      throw new Error(`Expected a title for src/${stage} in site/reference.mjs`);
    }
    const isTensorflow = stage === 'tensorflow';
    const comment = isTensorflow ? tensorflowComment(names) : 'Imported from `bobbin`.';
    const file = `../../dist/${stage}${stage === 'errors' ? '' : '/index'}.js`;
    const text = `/**\n * ${comment}\n *\n * @module ${stage}\n */\nexport ${isTensorflow ? '*' : names} from '${file}';\n`;
    fs.writeFileSync(path.join(entries, `${stage}.d.ts`), text);
  }
}

/** @param {string} names those that `bobbin` exports, too */
const tensorflowComment = (names) =>
  `Imported from \`bobbin/tensorflow\`. \`bobbin\` has some of it, too: ${names
    .replace(/[{}]|type /g, '')
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '')
    .map((name) => `\`${name}\``)
    .join(', ')}.`;

/**
 * The page of a stage: one with namespaces has a folder.
 * @param {string} stage
 */
export const pageOf = (stage) =>
  fs.existsSync(path.join(api, stage)) ? `${stage}/index.md` : `${stage}.md`;

/** Gives the pages the titles of the stages, and the list their order. */
export function titlePages() {
  for (const [stage, title] of stages) {
    const file = path.join(api, pageOf(stage));
    fs.writeFileSync(file, fs.readFileSync(file, 'utf8').replace(/^# .*$/m, `# ${title}`));
  }
  const list = Array.from(stages, ([stage, title]) => `- [${title}](${pageOf(stage)})\n`);
  const introduction =
    'Every function, class and type that `bobbin` and `bobbin/tensorflow` export, made from the comments in the source.';
  const rest =
    'Each page begins with the functions; [programs](../programs.md) shows them at work.';
  const text = `# API\n\n${introduction}\n\n${list.join('')}\n${rest}\n`;
  fs.writeFileSync(path.join(api, 'index.md'), text);
}
