/** The layout of FashionAI: releases of `Annotations/*.csv` and `Tests/question.csv`, in one folder or in folders beside each other. */
import path from 'node:path';
import { expected, InvalidInputError } from '../../errors.js';
import { byCodeUnit } from '../code-unit.js';
import { type CsvRecord, readCsv } from '../files/csv.js';
import { isInside } from '../files/folders.js';
import type { Labelled, Question, QuestionRow, Source, Task } from '../types.js';
import { findReleases, possibleReleases } from './fashionai-releases.js';
import { fashionAiTasks } from './fashionai-tasks.js';
import type { Layout } from './layout.js';
import { unnamedFolders } from './left-alone.js';

export const fashionAi: Layout<'FashionAI'> = {
  name: 'FashionAI',
  form: 'a FashionAI release (Annotations/label.csv)',
  packed: false,
  looksLike: async (folder) => (await findReleases(folder)).length > 0,
  hint,
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
    for (const { path: asked, task } of await readQuestionRows([path.join(root, questionFile)])) {
      questions.push({ path: asked, task, file: path.posix.join(folder, asked) });
    }
  }
  const tasks = [...widths]
    .sort(([a], [b]) => byCodeUnit(a, b))
    .map(([name, { classes }]) => taskOf(name, classes));
  checkQuestionTasks(tasks, questions);
  const labelFiles = releases.flatMap((release) => [
    ...release.labelFiles,
    ...(release.questionFile === undefined ? [] : [release.questionFile]),
  ]);
  const rows = [...labelled, ...questions.map(({ file }) => ({ path: file }))];
  const warnings = await unnamedFolders(root, rows);
  return { tasks, labelled, questions, labelFiles, namesTasks: true, warnings };
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
export async function readQuestionRows(files: readonly string[]): Promise<QuestionRow[]> {
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

/** What is wrong with the first table in the place of a release's, or undefined where there is none. */
async function hint(root: string): Promise<string | undefined> {
  const [release] = await possibleReleases(root);
  if (release === undefined) {
    return undefined;
  }
  const [file = release.questionFile as string] = release.labelFiles;
  try {
    for await (const record of readCsv(path.join(root, file))) {
      labelledFrom(record, '', new Map());
    }
  } catch (error) {
    return (error as Error).message;
  }
  return `${file} has no rows`;
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
    return { ...known, classes: [...known.classes] };
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
