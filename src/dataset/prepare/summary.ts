/** The result of `prepare` in numbers and sentences, for a person to check before training. */

import type { LayoutName } from '../layouts/index.js';
import type { Manifest } from '../types.js';
import type { Conflict } from './duplicates.js';

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

export interface Summary {
  layout: LayoutName;
  /** The manifest that was written. */
  file: string;
  tasks: TaskSummary[];
  /** Rows left out because the same content, task and label came before. */
  repeats: number;
  /** Rows that the source has in train, left out because it has the same content in validation. */
  leaks: number;
  /** Contents with contradictory labels, all of whose rows are left out. */
  conflicts: Conflict[];
  /** Questions whose image is also a labelled one. */
  questionsInTraining: number;
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
  const { conflicts, leaks, questionsInTraining, repeats, unreadableQuestions } = summary;
  const warnings = [...fromReader];
  if (repeats > 0) {
    warnings.push(`${repeats} rows repeat an image under another name; each counts once.`);
  }
  if (leaks > 0) {
    warnings.push(
      `${leaks} training images are validation images too; they count for validation only.`,
    );
  }
  const contradictions = conflicts.map(({ task, rows }) => {
    const labels = rows.map(({ origin, label }) => `${origin} says class ${label}`).join(', ');
    return `The same image of ${task} has contradictory labels and is left out: ${labels}.`;
  });
  warnings.push(...capped(contradictions, 'images have contradictory labels and are left out'));
  if (questionsInTraining > 0) {
    warnings.push(`${questionsInTraining} questions show an image that is also a labelled one.`);
  }
  if (unreadableQuestions.length > 0) {
    const [first] = unreadableQuestions;
    warnings.push(
      `${unreadableQuestions.length} question images cannot be read, the first is ${first}.`,
    );
  }
  return [...warnings, ...summary.tasks.flatMap(classWarnings)];
}

function classWarnings(task: TaskSummary): string[] {
  const empty = task.classes.filter(({ train, validation }) => train + validation === 0);
  const unlearnt = task.classes.filter(({ train, validation }) => train === 0 && validation > 0);
  return [
    ...capped(
      empty.map(({ name }) => `${task.name} has no image of class ${name}.`),
      `classes of ${task.name} have no image`,
    ),
    ...capped(
      unlearnt.map(({ name }) => `${task.name} has no training image of class ${name}.`),
      `classes of ${task.name} have no training image`,
    ),
  ];
}

/** The first few sentences, and how many more there are of `what`. */
function capped(sentences: readonly string[], what: string): string[] {
  const more = sentences.length - mostSentences;
  return [...sentences.slice(0, mostSentences), ...(more > 0 ? [`${more} more ${what}.`] : [])];
}
