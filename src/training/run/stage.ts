/** What the phase of a run trains with: a source of its batches, and the jitted steps of its trainable weights. */
import { atSize, type Classifier, setStochasticDepth, setTrainable } from '../../model/index.js';
import type { LoaderFailure } from '../../pipeline/index.js';
import type { tf } from '../../tensorflow/index.js';
import { type LoaderParts, trainingLoader } from '../data.js';
import type { Slot } from '../optimizer/index.js';
import { SharedSource } from '../workers/shared-source.js';
import { takeFromChief, takeMeans } from '../workers/state.js';
import type { Workers } from '../workers/workers.js';
import { JittedSteps } from './jitted-steps.js';
import { LowRank } from './low-rank.js';
import { checkTakes, headNetwork, splitNetwork } from './network.js';
import type { Objective } from './objective.js';
import { type Phase, weightsTrained } from './phases.js';
import type { BatchSource } from './source.js';

export interface StageParts extends Omit<LoaderParts, 'preprocessing' | 'place'> {
  classifier: Classifier;
  /** Where several share each batch. */
  workers?: Workers | undefined;
  objective: Objective;
  /** Features of the training images, which are learnt in their place. */
  features?: { training: BatchSource } | undefined;
}

/** `enter` begins a phase; `close` frees what the last one had. */
export class Stage {
  private phase: Phase | undefined;
  private source: BatchSource | undefined;
  private jitted: JittedSteps | undefined;
  private lowRank: LowRank | undefined;
  /** Of the sources before this one. */
  private readonly earlierFailures: LoaderFailure[] = [];

  constructor(private readonly parts: StageParts) {
    setStochasticDepth(parts.classifier.model, parts.plan.values.stochasticDepth);
  }

  /** Of the phase that was entered last. */
  get training(): BatchSource {
    return this.source as BatchSource;
  }

  get steps(): JittedSteps {
    return this.jitted as JittedSteps;
  }

  get failures(): LoaderFailure[] {
    return [...this.earlierFailures, ...(this.source?.failures ?? [])];
  }

  /**
   * Keeps of the phase before what this one has in common with it. Where other weights are trained, the optimizer begins
   * anew, as in fastai's `unfreeze`.
   *
   * @throws InvalidInputError when the network does not take images of the phase's size
   * @param slots the state that the optimizer goes on with, of a checkpoint within this phase
   */
  enter(phase: Phase, slots?: readonly Slot[]): void {
    const { phase: before } = this;
    this.phase = phase;
    if (phase.trainable !== before?.trainable) {
      const { classifier, objective, plan, features, workers } = this.parts;
      this.freeSteps();
      setTrainable(classifier.model, weightsTrained(phase.trainable));
      this.lowRank = phase.trainable === 'lora' ? new LowRank(classifier, plan.values) : undefined;
      const network =
        features === undefined
          ? splitNetwork(classifier.model, classifier.heads, this.lowRank?.variables)
          : headNetwork(classifier.model, classifier.heads);
      this.jitted = new JittedSteps(network, plan.values, objective, workers);
      if (slots !== undefined) {
        this.lowRank?.restore(slots);
        this.jitted.updater.restore(slots);
      }
    } else if (phase.size !== before.size) {
      this.steps.forgetSize();
    }
    if (phase.size !== before?.size || phase.strength !== before.strength) {
      this.earlierFailures.push(...(this.source?.failures ?? []));
      this.source?.close();
      checkTakes(this.parts.classifier, phase.size);
      const { workers: place } = this.parts;
      const preprocessing = atSize(this.parts.classifier.preprocessing, phase.size);
      this.source =
        this.parts.features?.training ??
        this.shared({ ...this.parts, place, preprocessing }, phase);
    }
  }

  /** The loader of the phase, or what this worker has of its batches. */
  private shared(parts: LoaderParts, { strength }: Phase): BatchSource {
    const loader = trainingLoader(parts, strength);
    const { place, plan } = parts;
    return place === undefined ? loader : new SharedSource(loader, place, plan.values.batchSize);
  }

  /** All that a step of training may change. */
  private variables(): tf.Variable[] {
    const weights = this.parts.classifier.model.weights.map((weight) => weight.read());
    const own = this.lowRank?.stateVariables() ?? [];
    return [...(weights as tf.Variable[]), ...own, ...this.steps.updater.stateVariables()];
  }

  /** Gives the weights and the state of worker 0 to all. */
  async takeFromChief(): Promise<void> {
    if (this.parts.workers !== undefined) {
      await takeFromChief(this.variables());
    }
  }

  /** Where each worker keeps averages of its own statistics, gives their mean to all. */
  async takeMeans(): Promise<void> {
    const { workers } = this.parts;
    const averages = workers?.synchronised === false ? this.averages() : [];
    if (workers !== undefined && averages.length > 0) {
      await takeMeans(averages, workers.count);
    }
  }

  /** What training changes without gradients: vectors of the layers that are not frozen. */
  private averages(): tf.Variable[] {
    const { layers } = this.parts.classifier.model;
    const weights = layers
      .filter(({ trainable }) => trainable)
      .flatMap((layer) => layer.nonTrainableWeights)
      .filter(({ shape }) => shape.length === 1);
    return weights.map((weight) => weight.read()) as tf.Variable[];
  }

  /** What a checkpoint needs besides the classifier. */
  slots(): Slot[] {
    return [...(this.lowRank?.slots() ?? []), ...this.steps.updater.slots()];
  }

  /** The result of `work`, during which the classifier's model is a plain one, to be saved for use. */
  async asPlain<Result>(work: () => Promise<Result>): Promise<Result> {
    return await (this.lowRank === undefined ? work() : this.lowRank.merged(work));
  }

  close(): void {
    this.source?.close();
    this.freeSteps();
    setStochasticDepth(this.parts.classifier.model, 0);
  }

  private freeSteps(): void {
    this.jitted?.dispose();
    this.lowRank?.merge();
  }
}
