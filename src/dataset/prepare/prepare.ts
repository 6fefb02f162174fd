/** From a source folder to a manifest: read the layout, hash the images, drop repeats, split, write. */

import path from 'node:path';
import {
  callback,
  checkArgument,
  checkArguments,
  optional,
  record,
  type ShapeOf,
  text,
} from '../../arguments.js';
import { checkTarget, inLockedFolder } from '../../disk/index.js';
import { expected } from '../../errors.js';
import { type GivenValues, type OptionValues, resolveOptions } from '../../options.js';
import type { LayoutName } from '../layouts/index.js';
import type { Layout, OnProgress } from '../layouts/layout.js';
import type { ColumnNames } from '../layouts/table/columns.js';
import { manifestFile } from '../manifest/manifest.js';
import { saveManifest } from '../manifest/write.js';
import { type AskedRequest, withQuestions } from '../questions/asked.js';
import { SampleTable } from '../samples/sample-table.js';
import type { Manifest, Question, Sample, Samples } from '../types.js';
import { balanceWarnings } from './balance.js';
import { boxesOf, withBoxes } from './boxed.js';
import { type CheckImages, leaveOutDamaged } from './damaged.js';
import { deduplicate, type HashedImage, type Pair } from './duplicates.js';
import { withOrder } from './order.js';
import { checkFolds, type Place, placesOf, prepareOptions } from './places.js';
import { fittingLayout, type ReadSource, readAs } from './source.js';
import { type HashOf, hashesOf, labelFilesOf, withHashes } from './source-hashes.js';
import { earlierSplit, splitChange } from './split-change.js';
import { type Summary, warningsOf } from './summary.js';
import { checkTaskName, nameTask } from './task-name.js';
import { summarizeTasks } from './task-summary.js';

/** The options of `prepare`. */
export interface PrepareOptions extends GivenValues<typeof prepareOptions> {
  /** Folder for manifest.json; neither the source nor inside it. */
  out: string;
  /**
   * The task's name, where the source does not name its tasks. Default: that of the one task of an earlier manifest in `out`, if
   * its classes are the same, or else the name of the source folder.
   */
  name?: string | undefined;
  /** Names of the columns of a table, where they are not the usual ones. */
  columns?: ColumnNames | undefined;
  /**
   * By the names of tasks whose classes are ordered, the number of the first ordered class: mostly 0. FashionAI's lengths are ordered
   * without it.
   */
  ordered?: Readonly<Record<string, number>> | undefined;
  /**
   * A table, CSV or JSON lines, of the parts of photos to look at: a row has the path of a photo from the source, and `x0`, `y0`,
   * `x1`, `y1`, or all four in `box`. Several rows of one photo are united; a photo without a row is looked at as a whole.
   */
  boxes?: string | undefined;
  /**
   * A table of ids that asks about images, such as a competition's sample submission: CSV whose first line names the columns, with an
   * id in the first column of each row. It asks for the only task; FashionAI's releases have questions of their own.
   */
  questions?: string | undefined;
  /** Folder of the images that `questions` asks about: an id is a path or a name, with or without the extension. Default: the table's. */
  questionImages?: string | undefined;
  /** Called with the number of files that were read, and of all. */
  onProgress?: OnProgress | undefined;
  /** Finds damaged images, which are then left out: `checkImages`. By default none is decoded; an earlier list is removed. */
  check?: CheckImages | undefined;
}

const aColumn = optional(text('the name of a column'));
const columnsOfTasks = optional({
  what: 'the name of a column, or several',
  accepts: (value) => Array.isArray(value) || typeof value === 'string',
});

const prepareShape = {
  ...prepareOptions,
  out: text('a folder'),
  name: optional(text('the name of a task')),
  columns: {
    path: aColumn,
    label: columnsOfTasks,
    labels: columnsOfTasks,
    split: aColumn,
    group: aColumn,
    box: aColumn,
  },
  ordered: optional(record('numbers of classes by the names of tasks')),
  boxes: optional(text('a file')),
  questions: optional(text('a file')),
  questionImages: optional(text('a folder')),
  onProgress: callback,
  check: callback,
} satisfies ShapeOf<PrepareOptions>;

/** What `prepare` made, and what it tells of it. */
export interface Prepared {
  manifest: Manifest;
  summary: Summary;
}

/**
 * Reads a source of any layout and writes `out/manifest.json`. Images stay where they are, except those in Parquet files,
 * which are copied to shards in `out/images`. The same files, labels and seed give the same manifest.
 *
 * @throws InvalidInputError with file, line and column where there is one, for anything in the source that does not fit; when
 *   an option is unknown, missing or out of its range, and when another call works in `out`.
 */
export async function prepare(source: string, options: PrepareOptions): Promise<Prepared> {
  checkArgument('source', source, text('a file or folder'));
  checkArguments('prepare', options, prepareShape);
  const { out, name, columns, ordered, boxes, questions, questionImages, ...rest } = options;
  const { onProgress, check, ...chosen } = rest;
  const values = resolveOptions(prepareOptions, chosen);
  checkFolds(values.folds);
  checkTaskName(name);
  const root = path.resolve(source);
  await checkFolders(root, path.resolve(out));
  // Before the lock makes `out`: a mistyped source leaves no empty folder.
  const layout = await fittingLayout(root, columns);
  return await inLockedFolder(out, 'out', () =>
    prepareInto(out, {
      source: root,
      layout,
      values,
      name,
      columns,
      ordered,
      boxes,
      asked: { questions, questionImages },
      onProgress,
      check,
    }),
  );
}

interface Preparation {
  source: string;
  layout: Layout<LayoutName>;
  values: OptionValues<typeof prepareOptions>;
  name: string | undefined;
  columns: ColumnNames | undefined;
  ordered: PrepareOptions['ordered'];
  boxes: string | undefined;
  asked: AskedRequest;
  onProgress: OnProgress | undefined;
  check: CheckImages | undefined;
}

async function prepareInto(
  out: string,
  { source, layout, values, name, columns, ordered, boxes, asked, onProgress, check }: Preparation,
): Promise<Prepared> {
  const images = path.resolve(out, 'images');
  const read = await readAs(layout, source, { images, onProgress, columns });
  const { root } = read;
  const named = await nameTask(read, out, name);
  const { questionFile, ...found } = await withQuestions(read, asked);
  const earlier = await earlierSplit(out);
  // Each of the labelled images, of which there must be some, has a task.
  const tasks = withOrder(found.tasks, ordered) as Manifest['tasks'];
  const given = await boxesOf(found, boxes);
  const labelFiles = await labelFilesOf(found, boxes);
  const hashOf = await hashesOf(found, onProgress);
  const { images: whole, ...left } = await usableImages(found, hashOf, { out, check });
  const place = { root, boxes: given.boxes, unit: values.boxUnit };
  const { images: usable, questions } = await withBoxes(
    { images: whole, questions: found.questions },
    place,
  );
  const { seed, folds } = values;
  const samples = SampleTable.from(samplesOf(usable, placesOf(usable, values)));
  const manifest: Manifest = {
    version: 1,
    root,
    seed,
    ...(folds > 0 && { folds }),
    labelFiles,
    ...(questionFile !== undefined && { questionFile }),
    tasks,
    samples,
    questions,
  };
  const told = [...named, ...splitChange(earlier, manifest)];
  await saveManifest(manifest, out);
  const summaries = summarizeTasks(manifest);
  const counts = {
    layout: found.layout,
    file: manifestFile(path.resolve(out)),
    tasks: summaries,
    balance: summaries.flatMap(balanceWarnings),
    boxed: usable.filter(({ box }) => box !== undefined).length,
    ...left,
    ...questionCounts(questions, samples, hashOf),
  };
  return {
    manifest,
    summary: {
      ...counts,
      warnings: warningsOf(counts, [...told, ...found.warnings, ...given.warnings]),
    },
  };
}

/**
 * The images of a source, each once, and what is left out of them.
 *
 * @throws InvalidInputError where no image is left
 */
async function usableImages(
  found: ReadSource,
  hashOf: HashOf,
  { out, check }: { out: string; check: CheckImages | undefined },
) {
  const { root, questions } = found;
  const { images: unique, ...repeated } = deduplicate(await withHashes(found, hashOf));
  const asked = questions.filter(({ file }) => 'hash' in (hashOf({ path: file }) ?? {}));
  const place = { root, out, questions: asked.map(({ file }) => file) };
  const { images, ...damage } = await leaveOutDamaged(unique, { ...place, check });
  if (images.length === 0) {
    const reason =
      'It has questions, empty label files, contradictory labels or damaged images only';
    throw expected('labelled images', 'source', root, reason);
  }
  return { images, ...repeated, ...damage };
}

function* samplesOf(
  images: readonly HashedImage[],
  placeOf: (image: HashedImage) => Place,
): Generator<Sample> {
  for (const image of images) {
    const { path: file, range, box, task, label, labels, maybe, hash, size, modified } = image;
    const place = placeOf(image);
    yield {
      path: file,
      ...(range && { range }),
      ...(box && { box }),
      task,
      label,
      ...(labels && { labels }),
      maybe,
      ...place,
      hash,
      size,
      modified,
    };
  }
}

async function checkFolders(root: string, out: string): Promise<void> {
  await checkTarget(out, 'folder', 'out');
  // There it would be taken for a part of the source the next time.
  if (`${out}${path.sep}`.startsWith(`${root}${path.sep}`)) {
    throw expected(`a folder outside ${root}`, 'out', out);
  }
}

function questionCounts(
  questions: readonly Question[],
  samples: Samples,
  hashOf: HashOf,
): Pick<Summary, 'questionsInTraining' | 'firstQuestionInTraining' | 'unreadableQuestions'> {
  const unreadableQuestions: string[] = [];
  const asked: { file: string; hash: string }[] = [];
  for (const { file, path: given } of questions) {
    const hashed = hashOf({ path: file });
    if (hashed && 'hash' in hashed) {
      asked.push({ file, hash: hashed.hash });
    } else {
      unreadableQuestions.push(given);
    }
  }
  // The questions are few, the samples may be millions.
  const wanted = new Set(asked.map(({ hash }) => hash));
  const known = new Map<string, string>();
  for (const { hash, path: kept } of wanted.size > 0 ? samples : []) {
    if (wanted.has(hash)) {
      known.set(hash, kept);
    }
  }
  const pairs = asked.flatMap(({ file, hash }): Pair[] => {
    const kept = known.get(hash);
    return kept === undefined ? [] : [{ left: file, kept }];
  });
  return {
    questionsInTraining: pairs.length,
    firstQuestionInTraining: pairs[0],
    unreadableQuestions,
  };
}
