/** Finds the layout of a source and reads it. */
import { stat } from 'node:fs/promises';
import path from 'node:path';
import { expected } from '../../errors.js';
import { ifPresent } from '../../if-present.js';
import { type LayoutName, layoutForms, layouts } from '../layouts/index.js';
import type { Layout, ReadOptions } from '../layouts/layout.js';
import type { Source } from '../types.js';

export interface ReadSource extends Required<Source> {
  layout: LayoutName;
}

/** The first layout that fits a folder or a file; undefined where none does, or where `source` does not exist. */
export async function layoutOf(source: string): Promise<Layout<LayoutName> | undefined> {
  const found = await ifPresent(stat(source));
  if (found?.isFile()) {
    return layouts.find(({ file }) => file?.test(source));
  }
  for (const layout of found ? layouts : []) {
    if (await layout.looksLike(source)) {
      return layout;
    }
  }
  return undefined;
}

/**
 * Reads a source by the layout that fits it.
 *
 * @throws InvalidInputError listing all layouts where none fits, or naming the place of anything that does not fit in one.
 */
export async function readSource(source: string, options: ReadOptions = {}): Promise<ReadSource> {
  const layout = await layoutOf(source);
  if (layout === undefined) {
    throw await refusal(source);
  }
  const read = await layout.read(source, options);
  return { root: source, ...read, layout: layout.name };
}

async function refusal(source: string): Promise<Error> {
  const found = await ifPresent(stat(source));
  if (!found?.isDirectory()) {
    const what = found ? `the folder that holds ${path.basename(source)}` : 'an existing folder';
    return expected(what, 'source', source);
  }
  const hints = await Promise.all(layouts.map(({ hint }) => hint?.(source)));
  const given = hints.filter((hint) => hint !== undefined);
  return expected(layoutForms, 'source', source, given.join('. '));
}
