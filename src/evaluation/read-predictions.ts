/** Reads tables of predictions back, as writePredictions writes them. */
import { isDeepStrictEqual } from 'node:util';
import { readCsv } from '../dataset/index.js';
import { expected, givenTwice, missing } from '../errors.js';

/** One image of one task, with the probabilities that it was given. */
export interface PredictedImage {
  /** As in `Sample.path`. */
  path: string;
  /** The byte at which the image begins in a shard. */
  offset?: number;
  /** Of the image, if the data have folds. */
  fold?: number;
  /** The number of its class; −1 in a task of any number of labels, and where the field is empty. */
  label: number;
  /** The numbers of its classes, in a task of any number of labels. */
  labels?: readonly number[];
  /** The numbers of the classes marked maybe. */
  maybe: readonly number[];
  /** [classes], 0…1 */
  row: Float64Array;
}

/** An image of a file. */
export interface ReadImage extends PredictedImage {
  /** `file:line:column` of the label. */
  place: string;
}

/** All images of a task, in the order of their lines. */
export interface TaskPredictions {
  task: string;
  classes: readonly string[];
  labels: 'one' | 'any';
  /** At least one. */
  images: ReadImage[];
}

/** What a reader takes beside images of one label. */
interface Wanted {
  /** Tasks of any number of labels. */
  anyNumber?: boolean;
  /** Images of tasks of one label that have none. */
  unlabelled?: boolean;
}

const prefix = 'p_';
const keys = ['path', 'offset', 'task', 'fold'] as const;

/** A line has a number of 12 characters for each class: this is enough for 300 000 classes. */
const mostRecordBytes = 4 * 1024 * 1024;

/** A sum of float32 probabilities may miss 1 by this much. */
const tolerance = 1e-3;

/**
 * The predictions in `files`, by task: a task may be in several files, such as one for each fold, and a file may have several tasks.
 *
 * @throws InvalidInputError with file, line and column when a file is not such a table, when its labels are not those that are wanted,
 *   when an image of a task comes twice, and when files disagree about the classes of a task
 */
export async function readPredictions(
  files: readonly string[],
  wanted: Wanted = {},
): Promise<TaskPredictions[]> {
  const tasks = new Map<string, TaskPredictions & { seen: Set<string> }>();
  for (const file of files) {
    for await (const { task, header, image, at } of imagesIn(file, wanted)) {
      const { classes, labels } = header;
      const known = tasks.get(task) ?? { task, classes, labels, images: [], seen: new Set() };
      tasks.set(task, known);
      if (known.labels !== labels || !isDeepStrictEqual(known.classes, classes)) {
        const remedy = `An earlier file has ${known.classes.join(', ')}`;
        throw expected(`the same classes of task ${task} in all files`, file, classes, remedy);
      }
      const key = imageKey(image);
      if (known.seen.has(key)) {
        throw givenTwice(`${at(0)}: ${image.path} of task ${task}`);
      }
      known.seen.add(key);
      known.images.push(image);
    }
  }
  return [...tasks.values()].map(({ seen: _, ...task }) => task);
}

/** Tells the images of a task apart. */
export const imageKey = ({ path, offset }: Pick<PredictedImage, 'path' | 'offset'>): string =>
  `${offset ?? ''} ${path}`;

type At = (field: number) => string;

/** The columns of a file. */
interface Header {
  /** The names of the first columns. */
  columns: readonly string[];
  labels: 'one' | 'any';
  classes: readonly string[];
}

interface Line {
  task: string;
  header: Header;
  image: ReadImage;
  at: At;
}

async function* imagesIn(file: string, wanted: Wanted): AsyncGenerator<Line> {
  let header: Header | undefined;
  let images = 0;
  for await (const { fields, at } of readCsv(file, { mostRecordBytes })) {
    if (header === undefined) {
      header = headerOf(fields, at, wanted);
      continue;
    }
    yield lineOf(fields, at, { header, ...wanted });
    images++;
  }
  if (images === 0) {
    throw missing('predictions', file, 'Write them by `npx bobbin evaluate --predictions`');
  }
}

function headerOf(names: readonly string[], at: At, { anyNumber = false }: Wanted): Header {
  const labels = names[keys.length] === 'labels' ? 'any' : 'one';
  if (labels === 'any' && !anyNumber) {
    const remedy = 'Tasks of any number of labels have no one label that could be compared';
    throw expected('a column label', at(keys.length), 'labels', remedy);
  }
  // Files of earlier versions have no column maybe.
  const hasMaybe = labels === 'one' && names[keys.length + 1] === 'maybe';
  const own = labels === 'any' ? ['labels'] : ['label', ...(hasMaybe ? ['maybe'] : [])];
  const columns = [...keys, ...own];
  if (columns.some((name, index) => names[index] !== name) || names.length <= columns.length) {
    const all = `${[...keys, 'label', 'maybe'].join(', ')} and ${prefix}NAME for each class`;
    const remedy = '`npx bobbin evaluate --predictions` writes such a table';
    throw expected(`the columns ${all}`, at(0), names.slice(0, columns.length + 1).join(), remedy);
  }
  const classes = names.slice(columns.length).map((name, index, all) => {
    const field = columns.length + index;
    if (!name.startsWith(prefix)) {
      throw expected(`${prefix}NAME`, at(field), name);
    }
    if (all.indexOf(name) < index) {
      throw givenTwice(`${at(field)}: column ${name}`);
    }
    return name.slice(prefix.length);
  });
  return { columns, labels, classes };
}

function lineOf(
  fields: readonly string[],
  at: At,
  { header, unlabelled = false }: Wanted & { header: Header },
): Line {
  const { columns, labels, classes } = header;
  const fieldCount = columns.length + classes.length;
  if (fields.length !== fieldCount) {
    throw expected(`${fieldCount} fields, as in the first line,`, at(0), fields.length);
  }
  const [path, offset, task, fold, truth] = fields as [string, string, string, string, string];
  for (const [index, name] of keys.entries()) {
    if ((name === 'path' || name === 'task') && fields[index] === '') {
      throw missing(`a ${name}`, at(index));
    }
  }
  const place = at(keys.length);
  const classesIn = (text: string, field: number) => classesNamed(text, classes, () => at(field));
  const isUnlabelled = labels === 'any' || (unlabelled && truth === '');
  const image: ReadImage = {
    path,
    ...(offset !== '' && { offset: wholeNumber(offset, at(1)) }),
    ...(fold !== '' && { fold: wholeNumber(fold, at(3)) }),
    label: isUnlabelled ? -1 : classNamed(truth, classes, place),
    ...(labels === 'any' && { labels: classesIn(truth, keys.length) }),
    maybe: columns.length > keys.length + 1 ? classesIn(fields[5] as string, 5) : [],
    row: rowOf(fields.slice(columns.length), header, (column) => at(columns.length + column)),
    place,
  };
  return { task, header, image, at };
}

function rowOf(fields: readonly string[], { labels }: Header, at: At): Float64Array {
  const row = Float64Array.from(fields, (text, index) => probability(text, () => at(index)));
  const sum = row.reduce((total, value) => total + value, 0);
  if (labels === 'one' && Math.abs(sum - 1) > tolerance) {
    throw expected('probabilities whose sum is 1', at(0), sum);
  }
  return row;
}

/** The number of a class. */
export function classNamed(name: string, classes: readonly string[], place: string): number {
  const found = classes.indexOf(name);
  if (found < 0) {
    throw expected(`one of ${classes.join(', ')}`, place, name);
  }
  return found;
}

/** The numbers, ascending, of classes with `|` between their names; a name may have one, too. */
export function classesNamed(
  text: string,
  classes: readonly string[],
  place: () => string,
): number[] {
  if (text === '') {
    return [];
  }
  const names = classes.includes(text) ? [text] : text.split('|');
  const found = names.map((name) => classNamed(name, classes, place()));
  return [...new Set(found)].sort((a, b) => a - b);
}

function wholeNumber(text: string, place: string): number {
  const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (!Number.isSafeInteger(value)) {
    throw expected('a whole number from 0', place, text);
  }
  return value;
}

function probability(text: string, place: () => string): number {
  const value = /^\d+(\.\d+)?(e[+-]?\d+)?$/i.test(text) ? Number(text) : Number.NaN;
  if (!(value >= 0 && value <= 1)) {
    throw expected('a probability from 0 to 1', place(), text);
  }
  return value;
}
