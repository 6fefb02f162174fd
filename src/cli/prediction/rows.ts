/** Predicts images and writes a row for each as it is computed: to the standard output, or to a file that appears whole. */
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Box, ImageFile } from '../../dataset/index.js';
import { replaceFile, writing } from '../../disk/index.js';
import type { UnreadableFile } from '../../features/index.js';
import { type Classifier, type Head, headsOf } from '../../model/index.js';
import { pickOptions } from '../../options.js';
import {
  type ClassifyOptions,
  type ClassifyRequest,
  classifyBatches,
  classifyOptions,
  topClasses,
} from '../../prediction/index.js';
import { type Columns, defaultTop, type FormatName, formats, type TextForm } from './formats.js';

/** Predictions of images as a table or file. */
export interface RowsRequest extends ClassifyOptions {
  classifiers: readonly Classifier[];
  weights?: readonly number[] | undefined;
  temperatures?: readonly number[] | undefined;
  files: readonly string[];
  /** By the absolute path of an image. */
  boxes: ReadonlyMap<string, Box>;
  format: FormatName;
  top: number | undefined;
  /** As {@link Columns.threshold}. */
  threshold: number;
  /** The file; undefined: the standard output. */
  out: string | undefined;
  /** Whether this process writes: of several workers, one does. */
  isChief: boolean;
  onProgress: ClassifyRequest['onProgress'];
  /** Aborting ends the work after the present batch; {@link writeRows} rejects with its reason. */
  signal: AbortSignal;
}

/** The images that could not be read. */
export interface Unread {
  count: number;
  /** The first of them. */
  first: UnreadableFile[];
}

/** An error message lists no more. */
const mostKept = 10;

/** Writes a row for each image and head. @returns their number, and the images that have no prediction */
export async function writeRows(request: RowsRequest): Promise<{ rows: number; unread: Unread }> {
  const { format, out, isChief } = request;
  const unread: Unread = { count: 0, first: [] };
  const columns = columnsOf(request);
  const rows = columns.heads.length * request.files.length;
  const text = textOf(formats[format](columns), request, columns, unread);
  if (!isChief) {
    for await (const _ of text) {
      // Another worker writes it.
    }
    return { rows, unread };
  }
  if (out !== undefined) {
    const marked = format === 'csv' ? withByteOrderMark(columns, text) : text;
    await replaceFile(out, (unfinished) =>
      writing(out, () => writeFile(unfinished, marked, { flag: 'wx' })),
    );
    return { rows, unread };
  }
  for await (const piece of text) {
    process.stdout.write(piece);
  }
  return { rows, unread };
}

/** Columns that the terminal has where it does not tell. */
const usualColumns = 80;

function columnsOf({ classifiers, files, format, top, threshold, out }: RowsRequest): Columns {
  const heads = headsOf(classifiers[0] as Classifier);
  const most = Math.max(...heads.map((head) => head.classes.length));
  // A serial line says 0.
  const columns = process.stdout.columns || usualColumns;
  return {
    heads,
    threshold,
    paths: files,
    top: top ?? defaultTop(format, most),
    isTopGiven: top !== undefined,
    room: isTerminal(out) ? columns : Number.POSITIVE_INFINITY,
  };
}

const isTerminal = (out: string | undefined) => out === undefined && process.stdout.isTTY === true;

/** The text of the result, a piece for each batch of images. */
async function* textOf(
  form: TextForm,
  request: RowsRequest,
  { heads, top = 1 }: Columns,
  unread: Unread,
): AsyncGenerator<string> {
  const { classifiers, weights, temperatures, files, out, isChief, onProgress, signal } = request;
  yield form.head;
  // Rows on a terminal show the progress themselves; a line of progress would erase the last of them. Another worker shows none.
  const isShown = isChief && isTerminal(out);
  const batches = classifyBatches({
    ...pickOptions(classifyOptions, request),
    ...{ classifiers, weights, temperatures, signal },
    files: boxed(request),
    onProgress: isShown ? undefined : onProgress,
  });
  for await (const { start, count, probabilities, failures } of batches) {
    unread.count += failures.length;
    unread.first.push(...failures.slice(0, mostKept - unread.first.length));
    const reasons = new Map(failures.map(({ index, reason }) => [index, reason]));
    const columns = probabilities.length / count;
    const rows = Array.from({ length: count * heads.length }, (_, row) => {
      const [at, head] = [Math.floor(row / heads.length), heads[row % heads.length] as Head];
      const reason = reasons.get(start + at);
      const own = probabilities.subarray(at * columns + head.from, at * columns + head.to);
      return form.row({
        path: files[start + at] as string,
        head,
        top: reason === undefined ? topClasses(own, top) : [],
        probabilities: own,
        reason,
      });
    });
    yield `${start === 0 ? '' : form.between}${rows.join(form.between)}`;
  }
  yield form.foot;
}

/** The images, with their boxes where there are some. */
const boxed = ({ files, boxes }: RowsRequest): readonly (string | ImageFile)[] =>
  boxes.size === 0
    ? files
    : files.map((file) => {
        const box = boxes.get(path.resolve(file));
        return { path: file, ...(box && { box }) };
      });

/** Spreadsheets take a CSV file for one of another encoding where it begins without this mark; other programs may not expect it. */
async function* withByteOrderMark(
  { heads, paths }: Columns,
  text: AsyncIterable<string>,
): AsyncGenerator<string> {
  const isOther = (name: string) => /[^ -~]/.test(name);
  const names = heads.flatMap(({ task, classes }) => [task, ...classes]);
  if (names.some(isOther) || paths.some(isOther)) {
    yield '\ufeff';
  }
  yield* text;
}
