/** The result of `prepare` in numbers and sentences, for a person to check before training. */

import { imageName } from '../image-file.js';
import type { LayoutName } from '../layouts/index.js';
import type { Manifest } from '../types.js';
import { type Damage, damagedFile } from './damaged.js';
import type { Deduplicated, Pair } from './duplicates.js';

/** The most sentences of one kind; more are only counted. */
const mostSentences = 5;

/** One task's share of the data. */
export interface TaskSummary {
  name: string;
  /** Images a class, in label order. */
  classes: { name: string; train: number; validation: number }[];
  train: number;
  validation: number;
  questions: number;
}

export interface Summary extends Omit<Deduplicated, 'images'>, Damage {
  layout: LayoutName;
  /** The manifest that was written. */
  file: string;
  tasks: TaskSummary[];
  /** Questions whose image is also a labelled one. */
  questionsInTraining: number;
  firstQuestionInTraining?: Pair;
  /** Paths of the questions whose images cannot be read; the submission needs rows for them, too. */
  unreadableQuestions: string[];
  /** Full sentences about the above, and those of the layout's reader. */
  warnings: string[];
}

/** Counts of each task in `manifest`. */
export function summarizeTasks(manifest: Manifest): TaskSummary[] {
  const tasks = manifest.tasks.map(({ name, classes }) => ({
    name,
    classes: classes.map((label) => ({ name: label, train: 0, validation: 0 })),
    train: 0,
    validation: 0,
    questions: 0,
  }));
  const byName = new Map(tasks.map((task) => [task.name, task]));
  for (const { task, label, split } of manifest.samples) {
    const entry = byName.get(task);
    const counts = entry?.classes[label];
    if (!entry || !counts) {
      continue;
    }
    entry[split]++;
    counts[split]++;
  }
  for (const { task } of manifest.questions) {
    const entry = byName.get(task);
    if (entry) {
      entry.questions++;
    }
  }
  return tasks;
}

/** The warnings that follow from a summary's numbers, after those of the reader. */
export function warningsOf(
  summary: Omit<Summary, 'warnings'>,
  fromReader: readonly string[],
): string[] {
  const { conflicts, leaks, otherMarks, questionsInTraining, repeats } = summary;
  const { unreadableQuestions } = summary;
  const warnings = [...fromReader];
  if (repeats > 0) {
    const place = placeOf(summary.firstRepeat);
    warnings.push(`${repeats} rows repeat an image under another name; each counts once${place}.`);
  }
  if (leaks > 0) {
    const place = placeOf(summary.firstLeak);
    warnings.push(
      `${leaks} training images are validation images too; they count for validation only${place}.`,
    );
  }
  if (otherMarks > 0) {
    const place = placeOf(summary.firstOtherMarks);
    warnings.push(
      `${otherMarks} rows repeat an image with other maybe marks, which do not count${place}.`,
    );
  }
  const contradictions = conflicts.map(({ task, rows }) => {
    const other = rows.find(({ label }) => label !== rows[0]?.label);
    const labels = [rows[0], other].map((row) => `${row?.origin} says class ${row?.label}`);
    return `The same image of ${task} has contradictory labels and is left out: ${labels.join(', ')}.`;
  });
  warnings.push(...capped(contradictions, 'images have contradictory labels and are left out'));
  warnings.push(...damageWarnings(summary));
  if (questionsInTraining > 0) {
    const place = placeOf(summary.firstQuestionInTraining);
    warnings.push(
      `${questionsInTraining} questions show an image that is also a labelled one${place}.`,
    );
  }
  if (unreadableQuestions.length > 0) {
    const [first] = unreadableQuestions;
    warnings.push(
      `${unreadableQuestions.length} question images cannot be read, the first is ${first}.`,
    );
  }
  return [...warnings, ...summary.tasks.flatMap(classWarnings)];
}

function damageWarnings({ damaged, damagedQuestions }: Damage): string[] {
  const labelled = damaged.map(
    (image) => `${imageName(image)} is damaged and is left out: ${image.reason}.`,
  );
  const asked = damagedQuestions.map(
    (image) => `${imageName(image)} is damaged and its questions stay: ${image.reason}.`,
  );
  return [
    ...capped(labelled, `images are damaged and are left out; ${damagedFile} lists all`),
    ...capped(asked, `images are damaged and their questions stay; ${damagedFile} lists all`),
  ];
}

function placeOf(pair: Pair | undefined): string {
  return pair ? `; the first is ${pair.left}, as at ${pair.kept}` : '';
}

function classWarnings({ name: task, classes, validation: held }: TaskSummary): string[] {
  const empty = classes.filter(({ train, validation }) => train + validation === 0);
  const unlearnt = classes.filter(({ train, validation }) => train === 0 && validation > 0);
  const unseen =
    held === 0 ? [] : classes.filter((each) => each.train > 0 && each.validation === 0);
  const sentences = (list: TaskSummary['classes'], kind: string, remedy: string) =>
    capped(
      list.map(({ name }) => `${task} has no ${kind}image of class ${name}: ${remedy}.`),
      `classes of ${task} have no ${kind}image`,
    );
  return [
    ...sentences(empty, '', 'add some, or remove the class'),
    ...sentences(unlearnt, 'training ', 'add some, since the network cannot learn it'),
    ...sentences(unseen, 'validation ', 'add some, since nothing measures it'),
  ];
}

/** The first few sentences, and how many more there are of `what`. */
function capped(sentences: readonly string[], what: string): string[] {
  const more = sentences.length - mostSentences;
  return [...sentences.slice(0, mostSentences), ...(more > 0 ? [`${more} more ${what}.`] : [])];
}
