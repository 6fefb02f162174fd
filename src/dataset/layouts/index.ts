/** The layouts that a source can have: to add one, write a file that exports a `Layout`, and name it here. */
import { classFolders } from './class-folders.js';
import { fashionAi } from './fashionai.js';
import { parquet } from './parquet-shards.js';
import { tarShards } from './shards.js';
import { splitClassFolders } from './split-class-folders.js';
import { table } from './table/table.js';

/**
 * A source has the first layout that fits it. A folder may hold files of several, so those that are hard to mistake come
 * first: a release, shards and Parquet files hold their own labels, and `train/<class>` is seldom anything else. Class folders
 * come last, because any folder of folders with images looks like them.
 */
export const layouts = [fashionAi, tarShards, parquet, splitClassFolders, table, classFolders];

export type LayoutName = (typeof layouts)[number]['name'];

/** All forms that a source can have, for help and errors; the most general one first. */
export const layoutForms = new Intl.ListFormat('en', { type: 'disjunction' }).format(
  layouts.map(({ form }) => form).reverse(),
);
