/** The workers of a cluster that train one network, and what they tell each other beside tensors. */
import { type Cluster, together } from '../../cluster/index.js';
import { expected } from '../../errors.js';
import type { TrainValues } from '../options.js';
import { DivergedError } from '../run/divergence.js';
import type { Place } from './share.js';

type Values = Pick<TrainValues, 'batchSize' | 'batchNorm' | 'bucketMB'>;

/** This process among the workers. All of them call the same methods in the same order. */
export class Workers implements Place {
  readonly index: number;
  readonly count: number;
  /** Worker 0 alone writes files. */
  readonly isChief: boolean;
  readonly bucketMB: number;
  readonly synchronised: boolean;
  /** Errors of which all workers know. */
  private readonly known = new WeakSet<object>();

  /** @throws InvalidInputError unless the workers divide a batch */
  constructor(
    private readonly cluster: Cluster,
    { batchSize, batchNorm, bucketMB }: Values,
  ) {
    this.index = cluster.index;
    this.count = cluster.size;
    this.isChief = cluster.isChief;
    this.bucketMB = bucketMB;
    this.synchronised = batchNorm === 'synchronised';
    if (batchSize % this.count !== 0) {
      const remedy = 'All workers together take a batch, each an equal part of it';
      throw expected(`a multiple of the ${this.count} workers`, 'batchSize', batchSize, remedy);
    }
  }

  /** As `together` of the cluster, with the same errors. */
  async together(what: string, work: () => string | Promise<string>): Promise<string[]> {
    try {
      return await together(this.cluster, `training ${what}`, work);
    } catch (error) {
      if (error instanceof Error) {
        this.known.add(error);
      }
      throw error;
    }
  }

  /** Whether at least one worker says so. */
  async any(what: string, says: boolean): Promise<boolean> {
    const answers = await this.together(what, () => String(says));
    return answers.includes('true');
  }

  /** The result of `work`. An error that may be of this worker alone ends the others' part, too; one that all have does not. */
  async orNone<Result>(work: () => Promise<Result>): Promise<Result> {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof Error)) {
        await this.cluster.fail(String(error));
      } else if (!(error instanceof DivergedError || this.known.has(error))) {
        // The workers add their losses, so all find one that is not finite.
        await this.cluster.fail(error.message);
      }
      throw error;
    }
  }

  /** Waits until all workers are here. */
  async meet(what: string): Promise<void> {
    await this.cluster.barrier(`training ${what}`);
  }
}
