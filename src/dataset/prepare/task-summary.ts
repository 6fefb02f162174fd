/** How many images each class of a task has on each side of the split. */
import type { Manifest } from '../types.js';

/** One task's share of the data. */
export interface TaskSummary {
  name: string;
  /** Images a class, in label order. */
  classes: { name: string; train: number; validation: number }[];
  train: number;
  validation: number;
  questions: number;
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
