/** The layout of FashionAI: releases of `Annotations/*.csv` and `Tests/question.csv`, in one folder or in folders beside each other. */
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { expected, InvalidInputError } from '../../errors.js';
import { ifPresent } from '../../if-present.js';
import { byCodeUnit } from '../code-unit.js';
import { type CsvRecord, headerOf, readCsv } from '../files/csv.js';
import { foldersIn, isHidden, isInside } from '../files/folders.js';
import type { Labelled, Question, Source, Task } from '../types.js';
import { fashionAiTasks } from './fashionai-tasks.js';
import type { Layout } from './layout.js';

/** A question together with the place of its row. */
export interface QuestionRow {
  path: string;
  task: string;
  /** `file:line`, from 1. */
  origin: string;
}

/** One release, e.g. `base`, `rank` or `web`: paths in its files start from its folder. */
interface Release {
  /** Relative to the source folder; empty for the source folder itself. */
  folder: string;
  labelFiles: string[];
  questionFile?: string;
}

/** Where a release may have its CSV files, beside its own folder. */
const innerFolders = ['Annotations', 'Tests'];

export const fashionAi: Layout<'FashionAI'> = {
  name: 'FashionAI',
  form: 'a FashionAI release (Annotations/label.csv)',
  packed: false,
  looksLike: async (folder) => (await findReleases(folder)).length > 0,
  read,
};

async function read(root: string): Promise<Source> {
  const releases = await findReleases(root);
  const widths = new Map<string, { classes: number; origin: string }>();
  const labelled: Labelled[] = [];
  const questions: Question[] = [];
  for (const release of releases) {
    for (const file of release.labelFiles) {
      for await (const record of readCsv(path.join(root, file))) {
        labelled.push(labelledFrom(record, release.folder, widths));
      }
    }
  }
  for (const { folder, questionFile } of releases) {
    if (questionFile === undefined) {
      continue;
    }
    for (const { path: asked, task } of await readQuestions([path.join(root, questionFile)])) {
      questions.push({ path: asked, task, file: path.posix.join(folder, asked) });
    }
  }
  const tasks = [...widths]
    .sort(([a], [b]) => byCodeUnit(a, b))
    .map(([name, { classes }]) => taskOf(name, classes));
  checkQuestionTasks(tasks, questions);
  return { tasks, labelled, questions, warnings: [] };
}

/**
 * The question.csv of each release below `root`, absolute, in the order that a manifest's questions have.
 *
 * @throws InvalidInputError where there is none.
 */
export async function findQuestionFiles(root: string): Promise<string[]> {
  const releases = await findReleases(root);
  const files = releases.flatMap(({ questionFile }) => questionFile ?? []);
  if (files.length === 0) {
    throw expected('a release with Tests/question.csv', 'source', root);
  }
  return files.map((file) => path.resolve(root, file));
}

/**
 * The rows of question.csv files (`path,task,?`), file after file.
 *
 * @throws InvalidInputError with file, line and column, for a row of another form or one that repeats an earlier row.
 */
export async function readQuestions(files: readonly string[]): Promise<QuestionRow[]> {
  const rows = new Map<string, QuestionRow>();
  for (const file of files) {
    for await (const record of readCsv(file)) {
      checkFieldCount(record, 'path,task,?');
      const origin = `${file}:${record.line}`;
      const row = { path: imagePath(record), task: taskName(record), origin };
      const key = `${row.path},${row.task}`;
      const earlier = rows.get(key);
      if (earlier) {
        throw expected(`a row not already at ${earlier.origin}`, record.at(0), key);
      }
      rows.set(key, row);
    }
  }
  return [...rows.values()];
}

async function findReleases(root: string): Promise<Release[]> {
  const releases: Release[] = [];
  // The folders of a release are not further releases.
  const folders = (await foldersIn(root)).filter((name) => !innerFolders.includes(name));
  for (const folder of ['', ...folders]) {
    const names = await csvFilesBelow(root, folder);
    const at = (...parts: string[]) => path.posix.join(folder, ...parts);
    const labelFiles = names.filter((name) => path.posix.dirname(name) === at('Annotations'));
    const alone = at('label.csv');
    // FashionAI's tables have no header line: with one it belongs to another layout.
    if (names.includes(alone) && !(await headerOf(path.join(root, alone))).includes('path')) {
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

/** CSV files of `folder`, `folder/Annotations` and `folder/Tests`, relative to `root`, in a fixed order. */
async function csvFilesBelow(root: string, folder: string): Promise<string[]> {
  const found: string[] = [];
  for (const inner of ['', ...innerFolders]) {
    const place = path.posix.join(folder, inner);
    const names = (await ifPresent(readdir(path.join(root, place)))) ?? [];
    found.push(
      ...names
        .filter((name) => name.endsWith('.csv') && !isHidden(name))
        .map((name) => path.posix.join(place, name)),
    );
  }
  return found.sort(byCodeUnit);
}

function labelledFrom(
  record: CsvRecord,
  release: string,
  widths: Map<string, { classes: number; origin: string }>,
): Labelled {
  checkFieldCount(record, 'path,task,label');
  const task = taskName(record);
  const letters = record.fields[2] ?? '';
  const { label, maybe } = parseLetters(letters, record);
  const known = widths.get(task);
  if (known === undefined) {
    widths.set(task, { classes: letters.length, origin: record.at(2) });
  } else if (known.classes !== letters.length) {
    const what = `${known.classes} letters, as ${task} has at ${known.origin},`;
    throw expected(what, record.at(2), letters);
  }
  const file = path.posix.join(release, imagePath(record));
  return { path: file, task, label, maybe, origin: record.at(0) };
}

/** The class marked `y` and those marked `m`. Exactly one letter has to be `y`; all others are `m` or `n`. */
function parseLetters(letters: string, record: CsvRecord): { label: number; maybe: number[] } {
  const maybe: number[] = [];
  let label = -1;
  for (const [index, letter] of [...letters].entries()) {
    if (letter === 'm') {
      maybe.push(index);
    } else if (letter === 'y') {
      if (label >= 0) {
        throw expected('one letter y', record.at(2, index), letters);
      }
      label = index;
    } else if (letter !== 'n') {
      throw expected('y, m or n for each class', record.at(2, index), letter);
    }
  }
  if (label < 0) {
    throw expected('one letter y', record.at(2), letters);
  }
  return { label, maybe };
}

function checkFieldCount(record: CsvRecord, form: string): void {
  const fields = form.split(',').length;
  if (record.fields.length !== fields) {
    throw expected(`${fields} fields, ${form},`, record.at(0), record.fields.join(','));
  }
}

function imagePath(record: CsvRecord): string {
  const given = record.fields[0] ?? '';
  if (!isInside(given)) {
    throw expected("a path inside its release's folder", record.at(0), given);
  }
  return given;
}

function taskName(record: CsvRecord): string {
  const name = record.fields[1] ?? '';
  // A run's folder and a field of the submission will have this name.
  if (!/^\w[\w-]*$/.test(name)) {
    throw expected('a task name of letters, digits, _ and -', record.at(1), name);
  }
  return name;
}

function taskOf(name: string, classes: number): Task {
  const known = fashionAiTasks.find((task) => task.name === name);
  if (known?.classes.length === classes) {
    return { name, classes: [...known.classes] };
  }
  return { name, classes: Array.from({ length: classes }, (_, index) => `class ${index}`) };
}

function checkQuestionTasks(tasks: Task[], questions: Question[]): void {
  const names = new Set(tasks.map((task) => task.name));
  const unknown = questions.find((question) => !names.has(question.task));
  if (unknown && names.size > 0) {
    throw new InvalidInputError(
      `Expected labelled images for every task of question.csv but found none for ${unknown.task}, which ${unknown.path} asks for`,
    );
  }
}
