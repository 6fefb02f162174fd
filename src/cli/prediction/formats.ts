/** The rows of predictions as text: a table for people, CSV for spreadsheets, JSON and JSON lines for programs. */
import { csvLine } from '../../csv-line.js';
import type { Head } from '../../model/index.js';
import { topClasses } from '../../prediction/index.js';
import { displayWidth, printable, shorten } from '../../width.js';

/** What every row of a result has in common. */
export interface Columns {
  /** Each gives a row for each image. */
  heads: readonly Head[];
  /** The paths of all images. */
  paths: readonly string[];
  /** How many of the most probable classes a row shows; undefined: the probabilities of all. */
  top: number | undefined;
  /** Whether it was asked for: then a table's row shows as many, even if it is longer than the terminal is wide. */
  isTopGiven: boolean;
  /** The columns of a table's rows; Infinity where they do not go to a terminal. */
  room: number;
  /** Where an image has any number of labels, the least probability of those that it is answered with. */
  threshold: number;
}

/** The answer of a head to an image. */
export interface Answer {
  path: string;
  head: Head;
  /** Indices of the most probable classes, the most probable first; empty for an image that could not be read. */
  top: readonly number[];
  /** [classes] */
  probabilities: ArrayLike<number>;
  /** Why the image could not be read. */
  reason?: string | undefined;
}

/** A result as text: the rows follow the head, `between` each other, and the foot ends it. */
export interface TextForm {
  head: string;
  row(answer: Answer): string;
  between: string;
  foot: string;
}

/** Each format by its name, which is also the ending of its files. */
export const formats = {
  table: tableForm,
  csv: csvForm,
  json: (columns) => jsonForm(columns, { head: '[\n', between: ',\n', foot: '\n]\n' }),
  jsonl: (columns) => jsonForm(columns, { head: '', between: '\n', foot: '\n' }),
} as const satisfies Record<string, (columns: Columns) => TextForm>;

export type FormatName = keyof typeof formats;

export const formatNames = Object.keys(formats) as FormatName[];

/** Up to so many classes, rows have the probabilities of all; of more, only of some. */
const fewClasses = 100;

const usualTop = { table: 3, manyClasses: 5 };

export const topHelp = `${usualTop.table} in a table; elsewhere all of up to ${fewClasses} classes, ${usualTop.manyClasses} of more`;

/** How many of the most probable classes a row shows by default; undefined: all. */
export function defaultTop(format: FormatName, classes: number): number | undefined {
  if (format === 'table') {
    return usualTop.table;
  }
  return classes <= fewClasses ? undefined : usualTop.manyClasses;
}

/** The classes of an answer: the most probable one, or all that reach the threshold, the most probable first. */
function answered({ head, top, probabilities }: Answer, { threshold }: Columns): number[] {
  return head.labels === 'one'
    ? top.slice(0, 1)
    : topClasses(probabilities, head.classes.length).filter(
        (index) => (probabilities[index] as number) >= threshold,
      );
}

const rounded = (probability: number | undefined) => (probability as number).toFixed(6);

/** With several tasks, a column names the task of a row, and the classes have no columns. */
function csvForm(columnsOfRows: Columns): TextForm {
  const { heads } = columnsOfRows;
  const [{ classes }, ...others] = heads as [Head];
  const several = others.length > 0;
  const top = columnsOfRows.top ?? (several ? 1 : undefined);
  const most = Math.max(...heads.map((head) => head.classes.length));
  const ranks = Array.from({ length: Math.min(top ?? 0, most) }, (_, rank) => rank);
  const shown = ranks.flatMap((rank) =>
    rank === 0 ? ['probability'] : [`prediction ${rank + 1}`, `probability ${rank + 1}`],
  );
  const columns = top === undefined ? classes : shown;
  const cells = (answer: Answer): string[] => {
    if (answer.top.length === 0) {
      return columns.map(() => '');
    }
    const values =
      top === undefined
        ? Array.from(answer.probabilities, rounded)
        : answer.top.flatMap((index, rank) => [
            ...(rank === 0 ? [] : [answer.head.classes[index] as string]),
            rounded(answer.probabilities[index]),
          ]);
    return columns.map((_, place) => values[place] ?? '');
  };
  return {
    head: `${csvLine(['path', ...(several ? ['task'] : []), 'prediction', ...columns, 'reason'])}\n`,
    row: (answer) => {
      const { path, head, reason = '' } = answer;
      const names = answered(answer, columnsOfRows).map((index) => head.classes[index]);
      const task = several ? [head.task] : [];
      return csvLine([path, ...task, names.join('|'), ...cells(answer), reason]);
    },
    between: '\n',
    foot: '\n',
  };
}

const jsonForm = (columns: Columns, around: Omit<TextForm, 'row'>): TextForm => ({
  ...around,
  row: (answer) => JSON.stringify(record(answer, columns)),
});

/** Probabilities of all classes by their names, or the most probable ones in order. */
function record(answer: Answer, columns: Columns): object {
  const { path, head, top, probabilities, reason } = answer;
  const [first] = top;
  const image = columns.heads.length === 1 ? { path } : { path, task: head.task };
  if (first === undefined) {
    return { ...image, prediction: null, reason };
  }
  const { classes } = head;
  const shareOf = (index: number) => Number(rounded(probabilities[index]));
  const shares =
    columns.top === undefined
      ? { probabilities: Object.fromEntries(classes.map((name, index) => [name, shareOf(index)])) }
      : { top: top.map((index) => ({ class: classes[index], probability: shareOf(index) })) };
  return head.labels === 'one'
    ? { ...image, prediction: classes[first], probability: shareOf(first), ...shares }
    : {
        ...image,
        predictions: answered(answer, columns).map((index) => classes[index]),
        ...shares,
      };
}

/** The fewest columns of a table's paths, and how many paths set it: there may be millions. */
const fewestForPath = 24;
const mostMeasured = 1000;

/** A prediction's columns beside the name of its class: ` 99.9 %, `. */
const besideName = 9;

/** The columns that the longest answer of a head takes. */
function answerWidth({ task, classes }: Head, { heads, top = classes.length }: Columns): number {
  const widths = classes.map((name) => displayWidth(printable(name))).sort((a, b) => b - a);
  const forClasses = widths.slice(0, top).reduce((sum, width) => sum + width + besideName, 0);
  const forTask = heads.length === 1 ? 0 : displayWidth(printable(task)) + ': '.length;
  return forTask + forClasses - ', '.length;
}

/**
 * Two columns, of paths and of the most probable classes with their probabilities in percent, that fit the terminal. Where
 * paths do not fit, the folder that all are in stands above them.
 */
function tableForm(columns: Columns): TextForm {
  const { heads, paths, isTopGiven, room } = columns;
  const forAnswer = Math.max(...heads.map((head) => answerWidth(head, columns)));
  const mostForPath = Math.max(fewestForPath, room - 2 - forAnswer);
  const widest = (names: readonly string[]) =>
    names.reduce((most, name) => Math.max(most, displayWidth(printable(name))), 'image'.length);
  const measured = paths.slice(0, mostMeasured);
  const folder = widest(measured) <= mostForPath ? '' : sharedFolder(paths);
  const width = Math.min(mostForPath, widest(measured.map((file) => file.slice(folder.length))));
  const left = room - width - 2;
  const line = (path: string, answer: string) => {
    const cell = room === Number.POSITIVE_INFINITY ? path : shorten(path, width);
    return `${cell}${' '.repeat(Math.max(0, width - displayWidth(cell)) + 2)}${answer}`;
  };
  const rule = (columns: number) => '─'.repeat(columns);
  const head = [
    ...(folder === '' ? [] : [`Images in ${printable(folder)}`]),
    line('image', 'prediction'),
    line(rule(width), rule(Math.max('prediction'.length, Math.min(left, forAnswer)))),
  ];
  return {
    head: `${head.join('\n')}\n`,
    row: (answer) => {
      const { path, head, probabilities, reason } = answer;
      const { classes, labels, task } = head;
      const indices = labels === 'one' ? answer.top : answered(answer, columns);
      const named = indices.map(
        (index) => `${printable(classes[index] as string)} ${percent(probabilities[index])}`,
      );
      const [first = 'none', ...more] = named;
      const shown =
        heads.length === 1 ? [first, ...more] : [`${printable(task)}: ${first}`, ...more];
      const text =
        reason === undefined
          ? joined(shown, isTopGiven ? Number.POSITIVE_INFINITY : left)
          : shorten(`– ${reason}`, left);
      return line(printable(path.slice(folder.length)), text);
    },
    between: '\n',
    foot: '\n',
  };
}

/** The beginning of all paths up to a `/`. */
function sharedFolder(paths: readonly string[]): string {
  const [first = ''] = paths;
  const folder = paths.reduce(
    (shared, file) => {
      let rest = shared;
      while (!file.startsWith(rest)) {
        rest = rest.slice(0, rest.lastIndexOf('/', rest.length - 2) + 1);
      }
      return rest;
    },
    first.slice(0, first.lastIndexOf('/') + 1),
  );
  return folder === '/' ? '' : folder;
}

/** The first part, shortened to fit, and those after it that fit, too. */
function joined([first = '', ...others]: string[], columns: number): string {
  let text = shorten(first, columns);
  for (const part of others) {
    const longer = `${text}, ${part}`;
    if (displayWidth(longer) > columns) {
      break;
    }
    text = longer;
  }
  return text;
}

const percent = (probability: number | undefined) =>
  `${(100 * (probability as number)).toFixed(1)} %`;
