/** What a run writes besides its history: checkpoints, the weights of the best epochs, and at the end the model. */
import path from 'node:path';
import { type Classifier, saveClassifier } from '../../model/index.js';
import type { Settings } from '../../settings.js';
import { type Position, saveCheckpoint } from '../checkpoint/checkpoint.js';
import { keepEpochs } from '../checkpoint/kept-epochs.js';
import { bestEpochs, writeHistory } from '../history.js';
import type { ResolvedPlan } from '../plan.js';
import type { Workers } from '../workers/workers.js';
import { divergedRun, nonFiniteState } from './divergence.js';
import { meanLoss } from './progress.js';
import type { Stage } from './stage.js';

interface SaverParts {
  plan: ResolvedPlan;
  settings: Settings;
  folder: string;
  classifier: Classifier;
  /** Of which only the first writes. */
  workers?: Workers | undefined;
}

export class Saver {
  /** When the newest checkpoint was complete, or the run began, in milliseconds. */
  private savedAt = performance.now();

  constructor(
    private readonly parts: SaverParts,
    private readonly stage: Stage,
    private readonly position: Position,
  ) {}

  private get writes(): boolean {
    return this.parts.workers?.isChief ?? true;
  }

  /** Whether an epoch has gone on for so long that it saves a checkpoint between two steps. */
  get isCheckpointDue(): boolean {
    const { checkpointMinutes } = this.parts.plan.values;
    return checkpointMinutes > 0 && performance.now() - this.savedAt >= 60_000 * checkpointMinutes;
  }

  /** Refuses weights that are not finite before it touches an earlier checkpoint. */
  async checkpoint(): Promise<void> {
    const { plan, folder, classifier, settings } = this.parts;
    const { position } = this;
    const { epoch, batch } = position;
    const slots = this.stage.slots();
    const bad = nonFiniteState(classifier.model, slots);
    if (bad !== undefined) {
      const place = batch === 0 ? `epoch ${epoch}` : `batch ${batch} of epoch ${epoch + 1}`;
      const name = `${bad.name} after ${place}`;
      throw divergedRun(plan, { name, value: bad.value }, meanLoss(position));
    }
    if (this.writes) {
      await saveCheckpoint(folder, { classifier, slots, position, settings });
    }
    this.savedAt = performance.now();
  }

  /** At the end of an epoch, keeps its weights if it is one of the best so far. They are those that were validated. */
  async bestEpochs(): Promise<void> {
    const { plan, folder } = this.parts;
    const { batch, history } = this.position;
    if (batch === 0 && this.writes) {
      const best = bestEpochs(history, plan.values).map((record) => record.epoch);
      await this.stage.steps.updater.withAverages(() =>
        this.stage.asPlain(() => keepEpochs(folder, best, this.classifier)),
      );
    }
  }

  async history(): Promise<void> {
    if (this.writes) {
      await writeHistory(this.parts.folder, this.position.history);
    }
  }

  /** Saves the weights as they are. */
  async model(): Promise<void> {
    if (!this.writes) {
      return;
    }
    const folder = path.join(this.parts.folder, 'model');
    await this.stage.asPlain(() => saveClassifier(this.classifier, folder));
  }

  private get classifier(): Classifier & { epoch: number } {
    return { ...this.parts.classifier, epoch: this.position.epoch };
  }
}
