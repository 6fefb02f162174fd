/** Finds the layout of a source and reads it. */

import { stat } from 'node:fs/promises';
import path from 'node:path';
import { ifPresent } from '../../disk/index.js';
import { expected } from '../../errors.js';
import { unpackCommand } from '../files/archives.js';
import { filesIn, foldersIn } from '../files/folders.js';
import { type LayoutName, layoutForms, layouts } from '../layouts/index.js';
import type { Layout, ReadOptions } from '../layouts/layout.js';
import { roleOf } from '../layouts/names.js';
import type { ColumnNames } from '../layouts/table/columns.js';
import { table } from '../layouts/table/table.js';
import type { Source } from '../types.js';
import { alike } from './alike.js';

export interface ReadSource extends Required<Source> {
  layout: LayoutName;
}

/** The first layout that fits a folder or a file; undefined where none does, or where `source` does not exist. */
export async function layoutOf(
  source: string,
  columns?: ColumnNames,
): Promise<Layout<LayoutName> | undefined> {
  const found = await ifPresent(stat(source));
  if (found?.isFile()) {
    return layouts.find(({ file }) => file?.test(source));
  }
  // Only tables have columns to name.
  const possible = columns === undefined ? layouts : [table];
  for (const layout of found?.isDirectory() ? possible : []) {
    if (await layout.looksLike(source, columns)) {
      return layout;
    }
  }
  return undefined;
}

/**
 * The layout that fits a source.
 *
 * @param columns of a table, where they were named *
 * @throws InvalidInputError listing all layouts where none fits.
 */
export async function fittingLayout(
  source: string,
  columns?: ColumnNames,
): Promise<Layout<LayoutName>> {
  const layout = await layoutOf(source, columns);
  if (columns !== undefined && layout !== table && (await ifPresent(stat(source)))) {
    const remedy = 'Leave out the names of columns, or name the table as the source';
    throw expected(
      'a table (*.csv, *.jsonl), since its columns are named,',
      'source',
      source,
      remedy,
    );
  }
  if (layout === undefined) {
    throw await refusal(source);
  }
  const outer = path.dirname(source);
  if (path.basename(source) === 'Images' && (await layoutOf(outer))?.name === 'FashionAI') {
    // Its folders are tasks, which would be taken for classes.
    const remedy = `Its labels are beside it: name ${outer} as the source`;
    throw expected('a whole FashionAI release', 'source', source, remedy);
  }
  return layout;
}

/**
 * Reads a source by the layout that fits it.
 *
 * @throws InvalidInputError as {@link fittingLayout} does, and naming the place of anything that does not fit in the layout.
 */
export async function readSource(source: string, options: ReadOptions = {}): Promise<ReadSource> {
  return await readAs(await fittingLayout(source), source, options);
}

/** Reads a source that has `layout`; see {@link readSource}. */
export async function readAs(
  layout: Layout<LayoutName>,
  source: string,
  options: ReadOptions,
): Promise<ReadSource> {
  const read = await layout.read(source, options);
  const warnings = [
    ...(await otherLayouts(source, layout)),
    ...read.warnings,
    ...read.tasks.flatMap(({ name, classes }) => alike(`classes of ${name}`, classes)),
  ];
  return {
    root: source,
    labelFiles: [],
    namesTasks: false,
    ...read,
    warnings,
    layout: layout.name,
  };
}

/** A warning for each further layout that a folder has; the last one in the list is left out, since it fits most folders. */
async function otherLayouts(source: string, { name: used }: Layout): Promise<string[]> {
  if ((await stat(source)).isFile()) {
    return [];
  }
  const warnings: string[] = [];
  const later = layouts.slice(layouts.findIndex(({ name }) => name === used) + 1, -1);
  for (const { name, looksLike } of later) {
    if (await looksLike(source)) {
      warnings.push(`The source is read as ${used}, although it could also be read as ${name}.`);
    }
  }
  return warnings;
}

async function refusal(source: string): Promise<Error> {
  const found = await ifPresent(stat(source));
  if (found?.isDirectory()) {
    return expected(layoutForms, 'source', source, (await hintsOf(source)).join('. '));
  }
  if (found?.isFile()) {
    return await fileRefusal(source);
  }
  const remedy = source.includes('\uFFFD') ? 'Its name is not UTF-8: rename it' : '';
  return expected('an existing folder', 'source', source, remedy);
}

/** What to name instead of a file. */
async function fileRefusal(source: string): Promise<Error> {
  const command = unpackCommand(source);
  const unpack = command && `If its images are not in shards, unpack it: \`${command}\``;
  if (await layoutOf(path.dirname(source))) {
    return expected(`the folder that holds ${path.basename(source)}`, 'source', source, unpack);
  }
  return expected(layoutForms, 'source', source, unpack ?? 'Of single files, only CSV is read');
}

/** What each layout lacks, which folder to name instead, and how to unpack an archive. */
async function hintsOf(source: string): Promise<string[]> {
  const hints = await Promise.all(layouts.map(({ hint }) => hint?.(source)));
  const inner = await innerHint(source);
  // The last layout, class folders, has a hint about the same folder.
  const own = inner ? [...hints.slice(0, -1), inner] : hints;
  return [...own, await archiveHint(source)].filter((hint) => hint !== undefined);
}

/** The most folders below a source that are looked into: somebody may name a whole disk. */
const mostLooks = 100;

/** The nearest folder below a folder that has a layout: an archive often puts one or two folders around its content. */
async function innerHint(source: string): Promise<string | undefined> {
  let looks = 0;
  for await (const inner of foldersBelow(source)) {
    const layout = await layoutOf(inner);
    if (layout) {
      return `${path.basename(inner)} has ${layout.name}: name ${inner} as the source`;
    }
    looks++;
    if (looks === mostLooks) {
      break;
    }
  }
  return undefined;
}

/** The folders below a folder that may have a layout, by their names; the upper ones first. */
async function* foldersBelow(source: string): AsyncGenerator<string> {
  const known = [source];
  for (const outer of known) {
    for (const name of await foldersIn(outer)) {
      const role = roleOf(name);
      if (role === undefined || role === 'kind of files') {
        const inner = path.join(outer, name);
        known.push(inner);
        yield inner;
      }
    }
  }
}

/** How to unpack the first archive in a folder. */
async function archiveHint(source: string): Promise<string | undefined> {
  for (const name of await filesIn(source)) {
    const command = unpackCommand(path.join(source, name));
    if (command !== undefined) {
      return `To read what is in ${name}, unpack it: \`${command}\``;
    }
  }
  return undefined;
}
