/** The heads of a run's network: what they must answer, and what its classifier says of them. */
import { digestOf, type Task } from '../../dataset/index.js';
import { expected } from '../../errors.js';
import {
  type Classifier,
  type Head,
  type HeadTask,
  haveSameHeads,
  headsFor,
  headsOf,
} from '../../model/index.js';
import type { Plan } from '../plan.js';

/** The tasks as the heads of a new network. */
export const headTasks = ({ tasks }: Plan): HeadTask[] =>
  tasks.map(({ name, classes, labels }) => ({ task: name, classes, labels }));

/** @throws InvalidInputError unless the heads of `classifier` answer the tasks */
export function checkHeads(classifier: Classifier, plan: Plan): void {
  const [wanted, own] = [headsFor(headTasks(plan)), headsOf(classifier)];
  if (haveSameHeads(wanted, own)) {
    return;
  }
  const named = wanted.length + own.length > 2;
  const inWords = ({ task, classes, labels }: Head) => {
    const owner = named ? `of task ${task}: ` : '';
    return `${owner}${classes.join(', ')}${labels === 'any' ? ' (any number of them)' : ''}`;
  };
  const [shown, found] = [wanted, own].map((heads) => heads.map(inWords).join('; '));
  throw expected(`classes ${shown}`, 'classifier', found);
}

/** What the classifier of a run says of its tasks. */
export function taskRecord({ tasks, validation, labels, leftOut }: Plan) {
  const recordAt = (place: number, validationImages: string | undefined) => {
    const names = leftOut[place]?.map((label) => tasks[place]?.classes[label] as string);
    return { validationImages, leftOut: names?.length ? names : undefined };
  };
  const [{ name }, ...others] = tasks as [Task];
  if (labels === undefined) {
    return { task: name, ...recordAt(0, digestOf(validation)) };
  }
  const { heads, digests } = labels.validate;
  return others.length === 0
    ? { task: name, ...recordAt(0, digests[0]) }
    : { heads: heads.map((head, place) => ({ ...head, ...recordAt(place, digests[place]) })) };
}
