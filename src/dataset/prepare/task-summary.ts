/** How many images each class of a task has on each side of the split. */
import type { Manifest, Split } from '../types.js';

/** Images on each side of the split. */
type Sides = Record<Split, number>;

/** One task's share of the data. */
export interface TaskSummary {
  name: string;
  /** Images a class, in label order. */
  classes: ({ name: string } & Sides)[];
  /** Images of none of the classes, in a task of any number of labels. */
  none?: Sides;
  train: number;
  validation: number;
  questions: number;
}

/** Counts of each task in `manifest`. */
export function summarizeTasks(manifest: Manifest): TaskSummary[] {
  const tasks = manifest.tasks.map(
    ({ name, classes, labels }): TaskSummary => ({
      name,
      classes: classes.map((label) => ({ name: label, train: 0, validation: 0 })),
      ...(labels === 'any' && { none: { train: 0, validation: 0 } }),
      train: 0,
      validation: 0,
      questions: 0,
    }),
  );
  const byName = new Map(tasks.map((task) => [task.name, task]));
  for (const { task, label, labels = [label], split } of manifest.samples) {
    const entry = byName.get(task);
    const counts = labels.length > 0 ? labels.map((each) => entry?.classes[each]) : [entry?.none];
    for (const each of [entry, ...counts]) {
      if (each) {
        each[split]++;
      }
    }
  }
  for (const { task } of manifest.questions) {
    const entry = byName.get(task);
    if (entry) {
      entry.questions++;
    }
  }
  return tasks;
}
