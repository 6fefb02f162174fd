/** Warns of classes that a network may not learn: those with few images, alone or beside others that have many. */
import { count } from '../../plural.js';
import type { TaskSummary } from './task-summary.js';

/** With fewer training images a class counts as nearly empty. */
const fewImages = 10;

/**
 * Of the training images of the largest class to those of the smallest: from about 10:1 on, practitioners call data imbalanced
 * (G. M. Weiss, "Foundations of Imbalanced Learning", 2013).
 */
const mostRatio = 10;

/** The most classes that a sentence names. */
const mostNamed = 5;

/** Sentences about the classes of a task that have training images; about those that have none, others warn. */
export function balanceWarnings({ name: task, classes }: TaskSummary): string[] {
  const sizes = classes.filter(({ train }) => train > 0).sort((a, b) => a.train - b.train);
  const few = sizes.filter(({ train }) => train < fewImages);
  const named = few.slice(0, mostNamed).map(({ name, train }) => `${name} (${train})`);
  const others = few.length - named.length;
  const list = new Intl.ListFormat('en').format(
    others > 0 ? [...named, count(others, 'other')] : named,
  );
  const has = count(few.length, `class of ${task} has`, `classes of ${task} have`);
  const warnings =
    few.length === 0
      ? []
      : [`${has} fewer than ${fewImages} training images, ${list}: add some, or expect mistakes.`];
  const [smallest, largest] = [sizes[0], sizes.at(-1)];
  if (smallest && largest && largest.train > mostRatio * smallest.train) {
    const sides = `${largest.name} ${count(largest.train, 'training image')} and ${smallest.name} ${smallest.train}`;
    warnings.push(
      `${task} is imbalanced, with more than ${mostRatio} times as many images in its largest class as in its smallest: ${sides}. Read the scores of each class, since accuracy says little about the small ones.`,
    );
  }
  return warnings;
}
