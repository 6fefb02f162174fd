/** Opens the classifiers of a run, which has one folder for each task with a `model` folder inside. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import type { Manifest, Task } from '../dataset/index.js';
import { expected } from '../errors.js';
import { type Classifier, loadClassifier } from '../model/index.js';

/**
 * The task called `name`; all tasks without a name.
 *
 * @throws InvalidInputError when no task has this name.
 */
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

/**
 * The classifier that training saved in `run` for `task`.
 *
 * @throws InvalidInputError when there is no trained model.
 */
export async function openClassifier(run: string, task: string): Promise<Classifier> {
  const folder = path.join(run, task, 'model');
  if (existsSync(path.join(folder, 'model.json'))) {
    return await loadClassifier(
      folder,
      `Remove ${folder} and repeat train --resume, or submit: it writes the model again from its checkpoint`,
    );
  }
  const remedy = `${folder} has no model: finish \`bobbin train --task ${task} --run ${run} --resume\``;
  throw expected('a trained model', '--run', run, remedy);
}
