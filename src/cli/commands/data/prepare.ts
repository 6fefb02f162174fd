/** `bobbin prepare`: reads a source folder into a manifest and shows a summary. */
import path from 'node:path';
import type { Command } from 'commander';
import {
  type ColumnNames,
  layoutForms,
  prepare,
  prepareOptions,
  type Summary,
  shellWord,
} from '../../../dataset/index.js';
import { expected } from '../../../errors.js';
import { similarOptions } from '../../../features/index.js';
import { checkOption } from '../../../options.js';
import { checkImages } from '../../../pipeline/index.js';
import { count } from '../../../plural.js';
import { textTable, withProgress } from '../../../report/index.js';
import { print } from '../../../width.js';
import { pickFlags } from '../../flags.js';
import { reportSimilar } from '../../similar.js';
import { questionImagesFlag, questionsFlag } from '../../submission/flags.js';
import { classTable } from '../../tables/classes.js';

export const options = prepareOptions;

interface Flags {
  out: string;
  name?: string;
  check?: boolean;
  /** The threshold, or true for its default. */
  similar?: number | true;
  columns?: ColumnNames;
  ordered?: Record<string, number>;
  boxes?: string;
  questions?: string;
  questionImages?: string;
}

export function configure(command: Command): void {
  command
    .argument('<source>', `labelled images: ${layoutForms}`)
    .requiredOption('--out <folder>', 'folder for manifest.json, and for images from Parquet files')
    .option('--name <name>', "name of the task (default: the source folder's, or as before)")
    .option(
      '--columns <list>',
      'columns of a table: path=NAME, label=NAME for each task, or labels=NAME where it has lists, split=NAME, group=NAME, box=NAME, separated by commas',
      columnNames,
    )
    .option(
      '--ordered <tasks>',
      'tasks whose classes are ordered as they are shown, for train --ordered-loss, separated by commas: NAME, or NAME=N where the classes before number N (from 0) have no place in the order',
      firstOrdered,
    )
    .option(
      '--boxes <file>',
      'parts of photos to look at: a table (*.csv, *.jsonl) with path,x0,y0,x1,y1; paths start from the source',
    )
    .option(...questionsFlag)
    .option(...questionImagesFlag)
    .option('--check', 'decode every image wholly, and list and leave out what is damaged')
    .option(
      '--similar [cosine]',
      `list and show validation images and questions that are nearly the same as a training image, by features of the default network (default: a cosine of ${similarOptions.threshold.default})`,
      threshold,
    );
  command.action(async (source: string, flags: Flags) => {
    const { summary, similar } = await withProgress(async (progress) => {
      const prepared = await prepare(source, {
        ...pickFlags(options, flags),
        out: flags.out,
        name: flags.name,
        columns: flags.columns,
        ordered: flags.ordered,
        boxes: flags.boxes,
        questions: flags.questions,
        questionImages: flags.questionImages,
        onProgress: (done, total) => progress.update({ label: 'reading images', done, total }),
        ...(flags.check && {
          check: (images) =>
            checkImages(images, {
              onProgress: (done, total) =>
                progress.update({ label: 'checking images', done, total }),
            }),
        }),
      });
      return { ...prepared, similar: await reportSimilar(prepared, flags, progress) };
    });
    print(describe(summary, similar));
  });
}

/** `path=photo,label=collar,labels=tags` as names of columns. */
function columnNames(list: string): ColumnNames {
  const names: Record<string, string> = {};
  const tasks = { label: [] as string[], labels: [] as string[] };
  for (const part of list.split(',')) {
    const [, kind = '', name = ''] = /^\s*(path|labels?|split|group|box)=(.+)$/.exec(part) ?? [];
    if (kind === '' || kind in names) {
      const what = 'path=NAME, label=NAME, labels=NAME, split=NAME, group=NAME or box=NAME';
      const remedy = 'Only label and labels may be repeated, one for each task';
      throw expected(what, '--columns', part, remedy);
    }
    if (kind === 'label' || kind === 'labels') {
      tasks[kind].push(name.trim());
    } else {
      names[kind] = name.trim();
    }
  }
  const given = Object.entries(tasks).filter(([, columns]) => columns.length > 0);
  return { ...names, ...Object.fromEntries(given) };
}

/** `length,sleeve=1` as the numbers of the first ordered classes. */
function firstOrdered(list: string): Record<string, number> {
  const entries = list.split(',').map((part): [string, number] => {
    const [, name = '', from = '0'] = /^\s*(.+?)(?:=(\d+))?\s*$/.exec(part) ?? [];
    if (name === '') {
      throw expected('names of tasks, or NAME=N,', '--ordered', list);
    }
    return [name, Number(from)];
  });
  return Object.fromEntries(entries);
}

function threshold(given: string): number {
  const value = Number(given);
  checkOption('--similar', similarOptions.threshold, given.trim() === '' ? given : value);
  return value;
}

function describe(
  { layout, file, tasks, boxed, warnings, balance }: Summary,
  similar: readonly string[],
): string {
  const data = path.relative('', path.dirname(file)) || '.';
  const told = [...warnings, ...balance].map((sentence) => `! ${sentence}`);
  return [
    `${layout} → ${path.join(data, path.basename(file))}`,
    taskTable(tasks),
    ...tasks.map((task) => `\n${classTable(task)}`),
    ...(boxed > 0 ? [`\n${count(boxed, 'image has', 'images have')} a box`] : []),
    ...(told.length > 0 ? ['', ...told] : []),
    ...(similar.length > 0 ? ['', ...similar] : []),
    `\nNext: \`npx bobbin preview ${shellWord(data)}\`, or \`npx bobbin train --data ${shellWord(data)} --run run\``,
  ].join('\n');
}

/** A row for each task; questions have a column where there are some. */
function taskTable(tasks: Summary['tasks']): string {
  const asks = tasks.some(({ questions }) => questions > 0);
  const header = ['task', 'classes', 'train', 'validation', ...(asks ? ['questions'] : [])];
  const rows = tasks.map(({ name, classes, train, validation, questions }) => {
    const counts = [classes.length, train, validation, ...(asks ? [questions] : [])];
    return [name, ...counts.map(String)];
  });
  return textTable(header, rows);
}
