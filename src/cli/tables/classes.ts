/** The classes of a task with their numbers of images, for a terminal of 80 columns. */
import type { TaskSummary } from '../../dataset/index.js';
import { count } from '../../plural.js';
import { textTable } from '../../report/index.js';
import { shorten } from '../../width.js';

type ClassCounts = TaskSummary['classes'][number];

/** With more classes only the largest and the smallest are shown. */
const mostRows = 30;
/** So many of each. */
const shownEnds = 5;
/** Of 80 columns, those that the numbers do not take. */
const nameColumns = 52;

/**
 * A line for each class in label order, or for the classes with the most and the fewest training images and for all others. In a task
 * of any number of labels, an image counts in each of its classes, and the last line is of images without any.
 */
export function classTable({ name, classes, none }: TaskSummary): string {
  const listed = classes.length > mostRows ? endsOf(classes) : classes;
  const rows = none === undefined ? listed : [...listed, { name: '(none of them)', ...none }];
  const header = [shorten(`class of ${name}`, nameColumns), 'train', 'validation'];
  return textTable(
    header,
    rows.map((row) => [shorten(row.name, nameColumns), `${row.train}`, `${row.validation}`]),
  );
}

function endsOf(classes: readonly ClassCounts[]): ClassCounts[] {
  const sorted = [...classes].sort((a, b) => b.train - a.train || b.validation - a.validation);
  const between = sorted.slice(shownEnds, -shownEnds);
  const sum = (split: 'train' | 'validation') =>
    between.reduce((total, each) => total + each[split], 0);
  const others = {
    name: `… ${count(between.length, 'other class', 'other classes')}`,
    train: sum('train'),
    validation: sum('validation'),
  };
  return [...sorted.slice(0, shownEnds), others, ...sorted.slice(-shownEnds)];
}
