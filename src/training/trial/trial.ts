/** What a dry run and overfitting share: the plan and a new classifier, of which nothing is kept. */
import { checkArguments, type Shape } from '../../arguments.js';
import { checkPresence, type Manifest } from '../../dataset/index.js';
import { conflict } from '../../errors.js';
import type { Classifier } from '../../model/index.js';
import type { ResolvedPlan } from '../plan.js';
import { withRecipe } from '../recipes/complete.js';
import type { Objective } from '../run/objective.js';
import { settle, startingClassifier } from '../start.js';
import { objectiveOf } from '../tasks/objective.js';
import { planWithTargets, type TaskOptions, taskShape } from '../train.js';

export interface Trial {
  plan: ResolvedPlan;
  objective: Objective;
  manifest: Manifest;
  /** Freed after the work. */
  classifier: Classifier;
}

interface TrialKind<Options> {
  /** Of the function, for errors. */
  name: string;
  /** Of the function's own options. */
  shape: Shape;
  /** What the trial does otherwise than a run. */
  change?(options: Options): Partial<TaskOptions>;
}

/** Checks the options, and works with what `train` would begin with. */
export async function withTrial<Options extends TaskOptions, Result>(
  { name, shape, change }: TrialKind<Options>,
  given: Options,
  work: (trial: Trial) => Promise<Result>,
): Promise<Result> {
  checkArguments(name, given, { ...taskShape, ...shape });
  given.signal?.throwIfAborted();
  const known = await withRecipe(given);
  const { manifest } = known;
  const plan = await planWithTargets({ ...known, ...change?.(known) });
  const { featureViews } = plan.values;
  if (featureViews > 0) {
    const why = 'A trial takes images through the whole network: leave featureViews out';
    throw conflict(`featureViews ${featureViews}`, name, why);
  }
  await checkPresence(manifest, plan.training);
  const classifier = await startingClassifier(plan, { model: known.model });
  try {
    const { preprocessing, ...settled } = await settle(plan, manifest, classifier);
    const objective = objectiveOf(settled.plan);
    const ready = { ...classifier, preprocessing };
    return await work({ plan: settled.plan, objective, manifest, classifier: ready });
  } finally {
    classifier.model.dispose();
  }
}
