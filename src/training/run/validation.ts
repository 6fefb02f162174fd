/** Validation after an epoch: a pass over all validation images, or over the share of each of several workers. */
import type { Classifier } from '../../model/index.js';
import type { LoaderFailure } from '../../pipeline/index.js';
import type { EpochTotals, Position } from '../checkpoint/checkpoint.js';
import { type LoaderParts, validationLoader } from '../data.js';
import type { FeatureSources } from '../features/sources.js';
import type { Workers } from '../workers/workers.js';
import { divergedRun } from './divergence.js';
import type { Objective } from './objective.js';
import { addTotals, meanLoss, noTotalsOf } from './progress.js';
import type { BatchSource } from './source.js';
import type { Stage } from './stage.js';
import { stepInput } from './step.js';
import { takeSteps } from './take-steps.js';
import { Tally } from './tally.js';

interface ValidationParts extends Pick<LoaderParts, 'plan' | 'manifest'> {
  classifier: Classifier;
  objective: Objective;
  /** Where several share the images. */
  workers?: Workers | undefined;
  /** In the place of the images. */
  features: FeatureSources | undefined;
}

/** Follows a step; false ends the pass. */
type Stepped = (tally: Tally) => Promise<boolean>;

/** Holds the source of the batches; `close` frees it. */
export class Validation {
  /** Undefined without images, or where this worker has no part of them. */
  private readonly source: BatchSource | undefined;

  constructor(
    private readonly parts: ValidationParts,
    private readonly stage: Stage,
    private readonly position: Position,
  ) {
    const { features, classifier, workers } = parts;
    const { preprocessing } = classifier;
    this.source =
      features === undefined
        ? validationLoader({ ...parts, place: workers, preprocessing })
        : features.validation;
  }

  get failures(): LoaderFailure[] {
    return this.source?.failures ?? [];
  }

  close(): void {
    this.source?.close();
  }

  /** The totals of all images; undefined without any. With several workers all of them call it. */
  async totals(stepped: Stepped): Promise<EpochTotals | undefined | 'aborted'> {
    const { plan, workers } = this.parts;
    if (plan.validation.length === 0) {
      return undefined;
    }
    if (workers === undefined) {
      return await this.ownTotals(stepped);
    }
    const parts = await workers.together('validation', async () =>
      JSON.stringify(await this.ownTotals(stepped)),
    );
    return parts.map((part): EpochTotals => JSON.parse(part)).reduce(addTotals);
  }

  /** Of all images, or of this worker's. */
  private async ownTotals(stepped: Stepped): Promise<EpochTotals | 'aborted'> {
    const { plan, objective } = this.parts;
    const sums = noTotalsOf(plan);
    if (this.source === undefined) {
      return sums;
    }
    const tally = new Tally(sums, ({ step, value, head }) => {
      const name = `the loss of validation batch ${step + 1} after epoch ${this.position.epoch + 1}`;
      return divergedRun(plan, { name, value, head }, meanLoss(this.position));
    });
    const ended = await takeSteps(this.source.epoch(0), tally, {
      prepare: (batch) => stepInput(batch, { objective, pass: 'validate' }),
      step: (input) => this.stage.steps.validate(input),
      stepped: () => stepped(tally),
    });
    return ended ? sums : 'aborted';
  }
}
