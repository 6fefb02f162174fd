/** Where a run starts from: with a new classifier and the choices that its images decide, or with a checkpoint. */
import type { Manifest } from '../dataset/index.js';
import { expected } from '../errors.js';
import { type Classifier, checkHead, createModel, setTrainable } from '../model/index.js';
import type { AugmentChoice, Augmenter, Preprocessing } from '../pipeline/index.js';
import { count } from '../plural.js';
import type { Settings } from '../settings.js';
import { chooseForRun } from './augment.js';
import type { Checkpoint, Position } from './checkpoint/checkpoint.js';
import { ownNormalization } from './normalization.js';
import { originsOf } from './origins.js';
import { type Plan, type ResolvedPlan, warningsOf, withAugmenter } from './plan.js';
import { checkHas } from './run/network.js';
import { weightsTrained } from './run/phases.js';
import {
  checkSameRun,
  modelSettings,
  type NetworkOptions,
  resumedModel,
  saveConfig,
  saveEpochs,
  settingsOf,
} from './settings.js';
import { leaveOut } from './tasks/empty-classes.js';
import { checkHeads, headTasks } from './tasks/heads.js';
import { warn } from './warn.js';
import { changedWorkers } from './workers/resumed.js';

/** Where a run starts from. */
export interface Start {
  plan: ResolvedPlan;
  settings: Settings;
  preprocessing: Preprocessing;
}

/** The options of `train` that a start needs beside its plan. */
interface StartOptions {
  run: string;
  manifest: Manifest;
  model?: NetworkOptions | undefined;
  classifier?: Classifier | undefined;
  recipe?: string | undefined;
  resume?: boolean | undefined;
  onAugment?: ((choice: AugmentChoice) => void) | undefined;
}

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
  const { augment, normalization, featureViews } = plan.values;
  checkHas(classifier, plan.values);
  leaveOut(classifier, plan.leftOut);
  const own =
    normalization === 'own'
      ? await ownNormalization(plan, manifest, classifier.preprocessing)
      : undefined;
  const { preprocessing } = own ?? classifier;
  const isOpen = augment === 'auto' && featureViews === 0;
  const choice = isOpen ? await chooseForRun(plan, manifest, preprocessing) : undefined;
  const chosen = augment === 'auto' ? 'cpu' : augment;
  return {
    plan: withAugmenter(plan, choice?.augment ?? chosen),
    preprocessing,
    choice,
    notes: [choice?.reason, own?.note].filter((note) => note !== undefined),
  };
}

/**
 * Where a resumed run goes on, now with this number of workers. With `augment: 'auto'`, the choice made when it began stands.
 *
 * @throws InvalidInputError when it was begun with other options or images, and without the option `resume`
 */
export async function resume(
  { run, resume, model, recipe }: StartOptions,
  plan: Plan,
  { classifier, settings: saved, position }: Checkpoint,
  workers?: number,
): Promise<Start> {
  if (resume !== true) {
    const remedy =
      'It already has a run: continue it with --resume (in a program `resume: true`), or name another folder';
    throw expected('a folder without a run', 'run', run, remedy);
  }
  checkHeads(classifier, plan);
  const { augment, epochs } = plan.values;
  const chosen = augment === 'auto' ? (saved.augment as Augmenter) : augment;
  const resolved = withAugmenter(plan, chosen);
  const settings = settingsOf(resolved, { model: resumedModel(saved.model, model), recipe });
  checkSameRun(run, saved, settings);
  checkEpochs(epochs, position);
  // Version 0.1.0 saved runs that had diverged.
  const spoilt = position.history.find(({ loss }) => !Number.isFinite(loss));
  if (spoilt !== undefined) {
    const name = `epoch ${spoilt.epoch} of the checkpoint in ${run}`;
    throw expected(
      'a finite loss',
      name,
      Number.NaN,
      'Its weights are lost: train into another folder',
    );
  }
  const changed = changedWorkers(run, plan.values, position.workers, workers);
  if (changed !== undefined) {
    warn(changed);
  }
  if (epochs !== saved.epochs) {
    warn(
      `${run} had ${count(saved.epochs as number, 'epoch')}: the rest now follows the schedule of ${epochs}.`,
    );
  }
  await saveEpochs(run, epochs);
  return { plan: resolved, settings, preprocessing: classifier.preprocessing };
}

/** A checkpoint within an epoch needs the rest of that epoch. */
function checkEpochs(epochs: number, { epoch, batch }: Position): void {
  const begun = epoch + (batch > 0 ? 1 : 0);
  if (epochs < begun) {
    const wanted = `at least ${begun}, as many as the run has begun,`;
    throw expected(wanted, 'epochs', epochs, 'For fewer, train into another folder');
  }
}

const taughtBy = ({ taught }: Plan): string[] =>
  taught === undefined ? [] : [`Soft targets are of ${taught.teachers.join(', ')}`];

/** Where a new run starts, which then has its config.json. */
export async function begin(
  options: StartOptions,
  plan: Plan,
  { classifier, sources }: { classifier: Classifier; sources: readonly string[] },
): Promise<Start> {
  const { run, manifest, onAugment } = options;
  const settled = await settle(plan, manifest, classifier);
  if (settled.choice !== undefined) {
    onAugment?.(settled.choice);
  }
  // No options describe a given classifier.
  const model =
    options.classifier === undefined ? modelSettings(classifier, options.model) : undefined;
  const origins = await originsOf(classifier, model?.pretrained);
  const notes = [...settled.notes, ...origins, ...taughtBy(plan), ...sources];
  await saveConfig(run, settled.plan, { model, notes });
  warningsOf(plan).forEach(warn);
  const settings = settingsOf(settled.plan, { model, recipe: options.recipe });
  return { plan: settled.plan, settings, preprocessing: settled.preprocessing };
}
