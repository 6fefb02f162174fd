/** `dryRun`: two steps of each phase of a run, to know its shapes, its memory and its time before it begins. */
import { featuresOf } from '../../model/index.js';
import { gpuInUse, type tf } from '../../tensorflow/index.js';
import { validationLoader } from '../data.js';
import { type Phase, phasesOf } from '../run/phases.js';
import type { BatchSource, StepBatch } from '../run/source.js';
import { Stage } from '../run/stage.js';
import { stepInput } from '../run/step.js';
import type { TaskOptions } from '../train.js';
import { type Trial, withTrial } from './trial.js';

/** A phase of the run: epochs `from` (from 0) to `to` (excluded). */
export interface DryPhase extends Phase {
  /** [images, height, width, channels] of the images in a batch. */
  batch: number[];
  /** Of what enters the head. */
  features: number[];
  /** [images, outputs]: the classes of all heads */
  logits: number[];
  /** Numbers that its steps change. */
  trained: number;
  /** Of training, an estimate. */
  imagesPerSecond: number;
  /** Of training and validation, an estimate. */
  secondsPerEpoch: number;
}

/** What a dry run found: sizes, and how long the training will take. */
export interface DryRun {
  /** Numbers of images of the two splits. */
  training: number;
  validation: number;
  /** Numbers in all weights. */
  weights: number;
  phases: DryPhase[];
  /** Of the whole run, an estimate. */
  seconds: number;
  /** The most memory that the process has had, in MB. */
  memoryMB: number;
}

/**
 * Takes two steps of each phase and of validation with what {@link train} would begin with, and writes nothing. The first step
 * traces the network, and the second one is timed.
 *
 * @throws InvalidInputError as {@link train} does, and the signal's reason when it is aborted
 */
export async function dryRun(given: TaskOptions): Promise<DryRun> {
  return await withTrial({ name: 'dryRun', shape: {} }, given, async (trial) => {
    const { plan, classifier } = trial;
    const stage = new Stage(trial);
    const validation = validationLoader({ ...trial, preprocessing: classifier.preprocessing });
    try {
      const phases: DryPhase[] = [];
      for (const phase of phasesOf(plan.values, classifier.preprocessing.crop)) {
        given.signal?.throwIfAborted();
        stage.enter(phase);
        phases.push({ ...phase, ...(await measured(trial, { stage, phase, validation })) });
      }
      return {
        training: plan.training.length,
        validation: plan.validation.length,
        weights: classifier.model.countParams(),
        phases,
        seconds: phases.reduce(
          (sum, each) => sum + (each.to - each.from) * each.secondsPerEpoch,
          0,
        ),
        memoryMB: Math.round(process.resourceUsage().maxRSS / 1000),
      };
    } finally {
      stage.close();
      validation?.close();
    }
  });
}

async function measured(
  { plan, objective, classifier }: Trial,
  { stage, phase, validation }: { stage: Stage; phase: Phase; validation: BatchSource | undefined },
): Promise<Omit<DryPhase, keyof Phase>> {
  const { training, steps } = stage;
  const place = { learningRate: plan.values.learningRate, key: 'dry run', isLast: true };
  const perImage = await secondsPerImage(training, (batch) =>
    steps.train(stepInput(batch, { objective, pass: 'train' }), place),
  );
  const perValidated =
    validation === undefined
      ? 0
      : await secondsPerImage(validation, (batch) =>
          steps.validate(stepInput(batch, { objective, pass: 'validate' })),
        );
  const images = Math.min(plan.values.batchSize, plan.training.length);
  const { size } = phase;
  const { outputs } = featuresOf(classifier);
  const [, ...features] = (outputs[0] as tf.SymbolicTensor).shape as number[];
  return {
    batch: [images, size, size, 3],
    features: [images, ...features],
    logits: [images, classifier.model.outputs[0]?.shape[1] as number],
    trained: steps.trained,
    imagesPerSecond: 1 / perImage,
    secondsPerEpoch: plan.training.length * perImage + plan.validation.length * perValidated,
  };
}

/** Takes a step with the first batch of two epochs, which have the same shape, and times the second one. */
async function secondsPerImage(
  source: BatchSource,
  step: (batch: StepBatch) => Promise<tf.Tensor>,
): Promise<number> {
  let seconds = 0;
  for (const epoch of [0, 1]) {
    const batches = source.epoch(epoch);
    const { value: batch } = await batches.next();
    const { count, waitMs } = batch;
    const start = performance.now();
    const result = await step(batch);
    await result.data();
    result.dispose();
    const stepMs = performance.now() - start;
    await batches.return?.();
    // On the CPU both need all cores, so that neither is done while the other one runs.
    const ms = gpuInUse() === undefined ? stepMs + waitMs : Math.max(stepMs, waitMs);
    seconds = ms / 1000 / count;
  }
  return seconds;
}
