/** Finds the releases of FashionAI in a folder, and tells their tables from other people's files of the same names. */

import path from 'node:path';
import { ifPresent } from '../../disk/index.js';
import { InvalidInputError } from '../../errors.js';
import { byCodeUnit } from '../code-unit.js';
import { headerOf, readCsv } from '../files/csv.js';
import { filesIn, foldersIn } from '../files/folders.js';
import { columnName } from './table/columns.js';

/** One release, e.g. `base`, `rank` or `web`: paths in its files start from its folder. */
export interface Release {
  /** Relative to the source folder; empty for the source folder itself. */
  folder: string;
  labelFiles: string[];
  questionFile?: string;
}

/** A row's task and marks, also where the wrong sign separates them: then the row is a release's, and refused by its place. */
const rowPattern = /[,;\t][\w-]+[,;\t] *([ymn]{2,}|\?)$/;

/** Where a release may have its CSV files, beside its own folder. */
const innerFolders = ['Annotations', 'Tests'];

// A release with a wrong row has right ones near it, which tell it from other people's tables.
const rowsToJudgeBy = 100;

/**
 * The folders that have tables in the places of FashionAI's: the source folder itself, and those in it. None where no table has
 * a row of FashionAI's form, for other people's files have the same names.
 */
export async function findReleases(root: string): Promise<Release[]> {
  const releases = await possibleReleases(root);
  for (const { labelFiles, questionFile } of releases) {
    for (const file of [...labelFiles, ...(questionFile ? [questionFile] : [])]) {
      if (await hasRow(path.join(root, file))) {
        return releases;
      }
    }
  }
  return [];
}

/** As {@link findReleases}, whatever the rows of the tables are. */
export async function possibleReleases(root: string): Promise<Release[]> {
  const releases: Release[] = [];
  // The folders of a release are not further releases.
  const folders = (await foldersIn(root)).filter((name) => !innerFolders.includes(name));
  for (const folder of ['', ...folders]) {
    const names = await csvFilesBelow(root, folder);
    const at = (...parts: string[]) => path.posix.join(folder, ...parts);
    const labelFiles = names.filter((name) => path.posix.dirname(name) === at('Annotations'));
    const alone = at('label.csv');
    if (names.includes(alone) && !(await hasHeader(path.join(root, alone)))) {
      labelFiles.push(alone);
    }
    const questionFile = [at('Tests', 'question.csv'), at('question.csv')].find((name) =>
      names.includes(name),
    );
    if (labelFiles.length > 0 || questionFile !== undefined) {
      releases.push({ folder, labelFiles, questionFile });
    }
  }
  return releases;
}

/** Whether a table begins with the names of columns: FashionAI's do not, so it belongs to another layout. */
async function hasHeader(file: string): Promise<boolean> {
  const header = await headerOf(file);
  return (['path', 'label'] as const).some((column) => columnName(header, column) !== undefined);
}

/** Whether one of a table's first rows is `path,task,label` or `path,task,?`. */
async function hasRow(file: string): Promise<boolean> {
  let read = 0;
  try {
    for await (const { fields } of readCsv(file)) {
      if (rowPattern.test(fields.join(','))) {
        return true;
      }
      if (++read === rowsToJudgeBy) {
        break;
      }
    }
  } catch (error) {
    // A file that is no CSV from some line on has no such row there.
    if (!(error instanceof InvalidInputError)) {
      throw error;
    }
  }
  return false;
}

/** CSV files of `folder`, `folder/Annotations` and `folder/Tests`, relative to `root`, in a fixed order. */
async function csvFilesBelow(root: string, folder: string): Promise<string[]> {
  const found: string[] = [];
  for (const inner of ['', ...innerFolders]) {
    const place = path.posix.join(folder, inner);
    const names = (await ifPresent(filesIn(root, place))) ?? [];
    found.push(
      ...names.filter((name) => name.endsWith('.csv')).map((name) => path.posix.join(place, name)),
    );
  }
  return found.sort(byCodeUnit);
}
