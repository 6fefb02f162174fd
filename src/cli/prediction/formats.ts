/** The rows of predictions as text: a table for people, CSV for spreadsheets, JSON and JSON lines for programs. */
import { csvLine } from '../../csv-line.js';
import { displayWidth, shorten } from '../../width.js';

/** What every row of a result has in common. */
export interface Columns {
  classes: readonly string[];
  /** The paths of all rows. */
  paths: readonly string[];
  /** How many of the most probable classes a row shows; undefined: the probabilities of all. */
  top: number | undefined;
}

/** An image's answer. */
export interface Answer {
  path: string;
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

const rounded = (probability: number | undefined) => (probability as number).toFixed(6);

function csvForm({ classes, top }: Columns): TextForm {
  const ranks = Array.from({ length: Math.min(top ?? 0, classes.length) }, (_, rank) => rank);
  const shown = ranks.flatMap((rank) =>
    rank === 0 ? ['probability'] : [`prediction ${rank + 1}`, `probability ${rank + 1}`],
  );
  const columns = top === undefined ? classes : shown;
  const cells = (answer: Answer): string[] => {
    if (answer.top.length === 0) {
      return columns.map(() => '');
    }
    return top === undefined
      ? Array.from(answer.probabilities, rounded)
      : answer.top.flatMap((index, rank) => [
          ...(rank === 0 ? [] : [classes[index] as string]),
          rounded(answer.probabilities[index]),
        ]);
  };
  return {
    head: `${csvLine(['path', 'prediction', ...columns, 'reason'])}\n`,
    row: (answer) => {
      const prediction = classes[answer.top[0] ?? -1] ?? '';
      return csvLine([answer.path, prediction, ...cells(answer), answer.reason ?? '']);
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
function record({ path, top, probabilities, reason }: Answer, columns: Columns): object {
  const [first] = top;
  if (first === undefined) {
    return { path, prediction: null, reason };
  }
  const { classes } = columns;
  const shareOf = (index: number) => Number(rounded(probabilities[index]));
  const shares =
    columns.top === undefined
      ? { probabilities: Object.fromEntries(classes.map((name, index) => [name, shareOf(index)])) }
      : { top: top.map((index) => ({ class: classes[index], probability: shareOf(index) })) };
  return { path, prediction: classes[first], probability: shareOf(first), ...shares };
}

/** Columns that the terminal has where it does not tell. */
const usualColumns = 80;

/** The fewest columns of a table's paths, and how many paths set it: there may be millions. */
const fewestForPath = 24;
const mostMeasured = 1000;

/** Two columns, of paths and of the most probable classes with their probabilities in percent, that fit the terminal. */
function tableForm({ classes, paths, top = classes.length }: Columns): TextForm {
  // A serial line says 0.
  const room = process.stdout.columns || usualColumns;
  const widest = (names: readonly string[]) => Math.max(...names.map(displayWidth));
  const forAnswer = top * widest(classes.map((name) => `${name} 99.9 %, `));
  const longest = widest(['image', ...paths.slice(0, mostMeasured)]);
  const width = Math.min(longest, Math.max(fewestForPath, room - 2 - forAnswer));
  const line = (path: string, ...parts: string[]) => {
    const cell = shorten(path, width);
    const gap = ' '.repeat(width - displayWidth(cell) + 2);
    return `${cell}${gap}${joined(parts, room - width - 2)}`;
  };
  const rule = '─'.repeat(room);
  return {
    head: `${line('image', 'prediction')}\n${line(rule.slice(0, width), rule.slice(width + 2))}\n`,
    row: ({ path, top: indices, probabilities, reason }) => {
      const shown = indices.map((index) => `${classes[index]} ${percent(probabilities[index])}`);
      return line(path, ...(reason === undefined ? shown : [`– ${reason}`]));
    },
    between: '\n',
    foot: '\n',
  };
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
