/**
 * Writes each option's help, range and default as a comment into the declarations in `dist`, where editors find it: TypeScript
 * takes the comment of a table's entry for the property that has the option's value.
 */
import fs from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { filesBelow } from '../record.mjs';
import { packageRoot } from '../root.mjs';
import { runScript } from '../run.mjs';

/** @import { Option, OptionTable } from '../../src/options.js' */

const dist = path.join(packageRoot, 'dist');

/** @param {string} file a module's path from `dist` */
const load = (file) => import(pathToFileURL(path.join(dist, file)).href);

/** @type {typeof import('../../src/options.js')} */
const { describeValues, isOption } = await load('options.js');

/** A constant of a module and its members, as TypeScript declares them. */
const constants = /^export declare const (\w+): \{\n(.*?)^\};/gms;
const members = /^ {4}readonly (\w+): /gm;

/**
 * What an editor shows for an option.
 * @param {Option} option
 */
function hoverText(option) {
  const { type, help, default: preset, defaultHelp } = option;
  // TypeScript shows the values of the others.
  const values =
    type === 'choice' || type === 'boolean' ? '' : ` ${capitalised(describeValues(option))}.`;
  const beginsWithName = type === 'choice' && option.choices.some((name) => help.startsWith(name));
  const text = beginsWithName ? help : capitalised(help);
  return `${text}.${values}\n\n@default ${defaultHelp ?? inCode(preset)}`;
}

/** @param {string} text */
const capitalised = (text) => `${text.charAt(0).toUpperCase()}${text.slice(1)}`;

/**
 * A value as a program writes it; numbers have at most four digits.
 * @param {Option['default']} value
 */
const inCode = (value) =>
  JSON.stringify(value, (_, part) => (typeof part === 'number' ? +part.toPrecision(4) : part))
    .replaceAll('"', "'")
    .replaceAll(',', ', ');

/**
 * @param {string} text
 * @param {OptionTable} table
 */
const withComments = (text, table) =>
  text.replace(members, (line, name) => {
    const lines = hoverText(/** @type {Option} */ (table[name]))
      .replaceAll('*/', '*\\/')
      .split('\n');
    return ['    /**', ...lines.map((each) => `     * ${each}`.trimEnd()), `     */\n${line}`].join(
      '\n',
    );
  });

/** @param {unknown} value */
const isTable = (value) => Object.values(Object(value)).every((each) => isOption(Object(each)));

/** @param {string} file a path from `dist` */
async function document(file) {
  const place = path.join(dist, file);
  const text = fs.readFileSync(place, 'utf8');
  if (!text.includes(' help: ')) {
    return;
  }
  const module = await load(file.replace(/\.d\.ts$/, '.js'));
  const documented = text.replace(constants, (whole, name, body) =>
    isTable(module[name]) ? whole.replace(body, () => withComments(body, module[name])) : whole,
  );
  fs.writeFileSync(place, documented);
}

runScript('hover text', async () => {
  // Programs cannot use the commands' tables.
  const files = filesBelow(dist).filter((name) => /^(?!cli\/).*\.d\.ts$/.test(name));
  await Promise.all(files.map(document));
});
