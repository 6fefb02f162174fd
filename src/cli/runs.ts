/** Where a run keeps its classifiers: one folder a task, each with `model/`. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import type { Manifest, Task } from '../dataset/index.js';
import { expected } from '../errors.js';
import { type Classifier, loadClassifier } from '../model/index.js';

/** The task called `name`, or all of them when there is no name. */
export function chosenTasks(manifest: Manifest, name: string | undefined): Task[] {
  const { tasks } = manifest;
  if (name === undefined) {
    return tasks;
  }
  const chosen = tasks.filter((task) => task.name === name);
  if (chosen.length > 0) {
    return chosen;
  }
  throw expected(`one of ${tasks.map((task) => task.name).join(', ')}`, '--task', name);
}

/** The classifier that training `task` left in `run`. */
export async function openClassifier(run: string, task: string): Promise<Classifier> {
  const folder = path.join(run, task, 'model');
  if (existsSync(path.join(folder, 'model.json'))) {
    return await loadClassifier(folder);
  }
  const remedy = `${folder} holds none: finish \`bobbin train --task ${task} --run ${run} --resume\``;
  throw expected('a trained model', '--run', run, remedy);
}
