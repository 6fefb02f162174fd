/** What a new run begins with: its classifier, the mean and deviation of its pixels, and where images are augmented. */
import type { Manifest } from '../dataset/index.js';
import { type Classifier, checkHead, createModel, setTrainable } from '../model/index.js';
import type { AugmentChoice, Augmenter, Preprocessing } from '../pipeline/index.js';
import { chooseForRun } from './augment.js';
import { ownNormalization } from './normalization.js';
import { type Plan, type ResolvedPlan, withAugmenter } from './plan.js';
import { checkHas } from './run/network.js';
import { weightsTrained } from './run/phases.js';
import type { NetworkOptions } from './settings.js';
import { leaveOut } from './tasks/empty-classes.js';
import { checkHeads, headTasks } from './tasks/heads.js';

/**
 * The given classifier, or a new one.
 *
 * @throws InvalidInputError when the given one answers other tasks, and as `createModel` does
 */
export async function startingClassifier(
  plan: Plan,
  {
    classifier,
    model,
  }: { classifier?: Classifier | undefined; model?: NetworkOptions | undefined },
): Promise<Classifier> {
  const { trainable, seed } = plan.values;
  const weights = weightsTrained(trainable);
  if (classifier === undefined) {
    return createModel({ ...model, heads: headTasks(plan), trainable: weights, seed });
  }
  checkHeads(classifier, plan);
  checkHead(classifier);
  setTrainable(classifier.model, weights);
  return classifier;
}

/** A plan of which nothing is left to choose. */
export interface Settled {
  plan: ResolvedPlan;
  preprocessing: Preprocessing;
  /** With `augment: 'auto'`. */
  choice: AugmentChoice | undefined;
  /** What was chosen by the data, in sentences. */
  notes: string[];
}

/** Leaves classes out of the head of `classifier`, and makes the choices that its images decide. */
export async function settle(
  plan: Plan,
  manifest: Manifest,
  classifier: Classifier,
): Promise<Settled> {
  const { augment, normalization } = plan.values;
  checkHas(classifier, plan.values);
  leaveOut(classifier, plan.leftOut);
  const own =
    normalization === 'own'
      ? await ownNormalization(plan, manifest, classifier.preprocessing)
      : undefined;
  const { preprocessing } = own ?? classifier;
  const choice = augment === 'auto' ? await chooseForRun(plan, manifest, preprocessing) : undefined;
  return {
    plan: withAugmenter(plan, choice?.augment ?? (augment as Augmenter)),
    preprocessing,
    choice,
    notes: [choice?.reason, own?.note].filter((note) => note !== undefined),
  };
}
