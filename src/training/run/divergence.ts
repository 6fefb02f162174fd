/** A loss or a weight that is no longer a finite number: how it is found in a run's state, and the error that ends a training. */
import { expected, InvalidInputError } from '../../errors.js';
import { nonFiniteValue, weightsOf } from '../../model/index.js';
import type { tf } from '../../tensorflow/index.js';
import type { Slot } from '../optimizer/index.js';
import type { TrainValues } from '../options.js';
import { inWords, type Plan } from '../plan.js';

/** A number that is not finite. */
export interface NonFinite {
  /** What it is, and where: `the loss of batch 3 of epoch 2`. */
  name: string;
  value: number;
}

/** The error of a training that diverges: with other options it would not. */
export class DivergedError extends InvalidInputError {}

/** The error with the last finite loss, the likely cause and `remedy`, a sentence. */
export function diverged(
  { name, value }: NonFinite,
  lastLoss: number | undefined,
  remedy: string,
): Error {
  const cause = Number.isFinite(lastLoss)
    ? `The last finite loss was ${(lastLoss as number).toPrecision(4)}, so the steps are probably too large`
    : 'No loss was finite before, so the starting weights, the targets or the size of the steps may be wrong';
  return new DivergedError(expected('a finite number', name, value, `${cause}. ${remedy}`).message);
}

/**
 * The error about a number in a run of `train`.
 *
 * @param found `head` is the place of the head whose loss it is, where heads are counted each for itself
 */
export function divergedRun(
  { tasks, values }: Pick<Plan, 'tasks' | 'values'>,
  { name, value, head }: NonFinite & { head?: number | undefined },
  lastLoss: number | undefined,
): Error {
  const owners = head === undefined ? tasks : tasks.slice(head, head + 1);
  return diverged({ name: `${name} of ${inWords(owners)}`, value }, lastLoss, smallerSteps(values));
}

/** The remedy in a run of `train`, with words for options that fit a flag and a property. */
function smallerSteps({ learningRate, clipNorm, precision }: TrainValues): string {
  const ways = [
    `a lower learning rate (it is ${learningRate})`,
    clipNorm === 0 ? 'a clip norm of 1' : `a lower clip norm (it is ${clipNorm})`,
    ...(precision === 'float32' ? [] : [`precision float32 (it is ${precision})`]),
  ];
  return `Train into another folder with ${ways.join(' or ')}. An earlier checkpoint stays as it is; --resume (in a program \`resume: true\`) continues from it with the same options`;
}

/** The first value of the model or of the optimizer's state that is not finite. */
export function nonFiniteState(
  model: tf.LayersModel,
  slots: readonly Slot[],
): NonFinite | undefined {
  const states = slots.map(({ kind, name, values }) => ({ name: `${kind} of ${name}`, values }));
  return nonFiniteValue([...weightsOf(model), ...states]);
}
