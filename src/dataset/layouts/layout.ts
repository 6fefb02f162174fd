/** What a layout is: the file of each one exports a value of this type, and `index.ts` lists them. */
import type { Source } from '../types.js';
import type { ColumnNames } from './table/columns.js';

/** Is called with the number of images, shards or row groups that are done, and of all. */
export type OnProgress = (done: number, total: number) => void;

export interface ReadOptions {
  /** Folder for copies of images that cannot be read in place; without it a source that needs them is refused. */
  images?: string;
  onProgress?: OnProgress;
  /** Names of the columns of a table; other layouts have none. */
  columns?: ColumnNames | undefined;
}

/** One way in which labelled images are stored. */
export interface Layout<Name extends string = string> {
  /** As `prepare` shows it, e.g. `tar shards`. */
  name: Name;
  /** What a source of this layout consists of, for help and errors, e.g. `tar shards (*.tar)`. */
  form: string;
  /** Whether the images are parts of larger files. */
  packed: boolean;
  /** The names of files that are a source by themselves. Without it, only folders are. */
  file?: RegExp;
  /**
   * Whether a folder has this layout, judged by names and first lines alone.
   *
   * @param columns of a table, where they were named
   */
  looksLike(folder: string, columns?: ColumnNames): Promise<boolean>;
  /** Called where no layout fits a folder: what it lacks to have this one, or undefined where it has nothing of it. */
  hint?(folder: string): Promise<string | undefined>;
  /**
   * Reads a source that this layout fits: a folder, or a file whose name `file` matches.
   *
   * @throws InvalidInputError naming the place, for anything in it that does not fit.
   */
  read(source: string, options: ReadOptions): Promise<Source>;
}
