/** Reads tables of predictions back, as writePredictions writes them. */
import { isDeepStrictEqual } from 'node:util';
import { readCsv } from '../dataset/index.js';
import { expected, givenTwice, missing } from '../errors.js';

/** One image of one task, with the probabilities that it was given. */
export interface PredictedImage {
  /** As in {@link Sample.path}. */
  path: string;
  /** The byte at which the image begins in a shard. */
  offset?: number;
  /** Of the image, if the data have folds. */
  fold?: number;
  /** The number of its class. */
  label: number;
  /** [classes], 0…1 */
  row: Float64Array;
}

/** All images of a task, in the order of their lines. */
export interface TaskPredictions {
  task: string;
  classes: readonly string[];
  /** At least one. */
  images: PredictedImage[];
}

const columns = ['path', 'offset', 'task', 'fold', 'label'] as const;
const prefix = 'p_';

/** A line has a number of 12 characters for each class: this is enough for 300 000 classes. */
const mostRecordBytes = 4 * 1024 * 1024;

/** A sum of float32 probabilities may miss 1 by this much. */
const tolerance = 1e-3;

/**
 * The predictions in `files`, by task: a task may be in several files, such as one for each fold, and a file may have several tasks.
 *
 * @throws InvalidInputError with file, line and column when a file is not such a table, when its probabilities are not of one label
 *   an image, when an image of a task comes twice, and when files disagree about the classes of a task
 */
export async function readPredictions(files: readonly string[]): Promise<TaskPredictions[]> {
  const tasks = new Map<string, TaskPredictions & { seen: Set<string> }>();
  for (const file of files) {
    for await (const { task, classes, image, at } of imagesIn(file)) {
      const known = tasks.get(task) ?? { task, classes, images: [], seen: new Set() };
      tasks.set(task, known);
      if (!isDeepStrictEqual(known.classes, classes)) {
        const remedy = `An earlier file has ${known.classes.join(', ')}`;
        throw expected(`the same classes of task ${task} in all files`, file, classes, remedy);
      }
      const key = `${image.offset ?? ''} ${image.path}`;
      if (known.seen.has(key)) {
        throw givenTwice(`${at(0)}: ${image.path} of task ${task}`);
      }
      known.seen.add(key);
      known.images.push(image);
    }
  }
  return [...tasks.values()].map(({ task, classes, images }) => ({ task, classes, images }));
}

interface Line {
  task: string;
  classes: readonly string[];
  image: PredictedImage;
  at(field: number): string;
}

async function* imagesIn(file: string): AsyncGenerator<Line> {
  let classes: string[] | undefined;
  let images = 0;
  for await (const { fields, at } of readCsv(file, { mostRecordBytes })) {
    if (classes === undefined) {
      classes = classesOf(fields, at);
      continue;
    }
    yield lineOf(fields, classes, at);
    images++;
  }
  if (images === 0) {
    throw missing('predictions', file, 'Write them by `npx bobbin evaluate --predictions`');
  }
}

function classesOf(header: readonly string[], at: Line['at']): string[] {
  const place = header.findIndex((name, index) => name !== (columns[index] ?? name));
  if (header[place] === 'labels') {
    const remedy = 'Tasks of any number of labels have no one label that could be compared';
    throw expected('a column label', at(place), 'labels', remedy);
  }
  const wanted = `the columns ${columns.join(', ')} and ${prefix}NAME for each class`;
  if (place >= 0 || header.length <= columns.length) {
    const remedy = 'This is no file of `npx bobbin evaluate --predictions`';
    throw expected(wanted, at(0), header.slice(0, columns.length + 1).join(','), remedy);
  }
  return header.slice(columns.length).map((name, index, all) => {
    const field = columns.length + index;
    if (!name.startsWith(prefix)) {
      throw expected(`${prefix}NAME`, at(field), name);
    }
    if (all.indexOf(name) < index) {
      throw givenTwice(`${at(field)}: column ${name}`);
    }
    return name.slice(prefix.length);
  });
}

function lineOf(fields: readonly string[], classes: readonly string[], at: Line['at']): Line {
  const [path, offset, task, fold, name, ...numbers] = fields as [
    string,
    string,
    string,
    ...string[],
  ];
  if (numbers.length !== classes.length) {
    const wanted = `${columns.length + classes.length} fields, as in the first line,`;
    throw expected(wanted, at(0), fields.length);
  }
  for (const column of ['path', 'task'] as const) {
    const field = columns.indexOf(column);
    if (fields[field] === '') {
      throw missing(`a ${column}`, at(field));
    }
  }
  const label = classes.indexOf(name as string);
  if (label < 0) {
    throw expected(`one of ${classes.join(', ')}`, at(columns.indexOf('label')), name);
  }
  const image: PredictedImage = {
    path,
    ...(offset !== '' && { offset: wholeNumber(offset, at(columns.indexOf('offset'))) }),
    ...(fold !== '' && { fold: wholeNumber(fold as string, at(columns.indexOf('fold'))) }),
    label,
    row: Float64Array.from(numbers, (text, index) =>
      probability(text, () => at(columns.length + index)),
    ),
  };
  const sum = image.row.reduce((total, value) => total + value, 0);
  if (Math.abs(sum - 1) > tolerance) {
    throw expected('probabilities whose sum is 1', at(columns.length), sum);
  }
  return { task, classes, image, at };
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
