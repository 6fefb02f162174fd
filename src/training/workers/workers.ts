/** The workers of a cluster that train one network, and what they tell each other beside tensors. */
import type { Cluster } from '../../cluster/index.js';
import { expected, InvalidInputError } from '../../errors.js';
import type { TrainValues } from '../options.js';
import type { Place } from './share.js';

type Values = Pick<TrainValues, 'batchSize' | 'batchNorm' | 'bucketMB'>;

/** What a worker tells the others. */
type Told = { value: string } | { error: string };

/** This process among the workers. All of them call the same methods in the same order. */
export class Workers implements Place {
  readonly index: number;
  readonly count: number;
  /** Worker 0 alone writes files. */
  readonly isChief: boolean;
  readonly bucketMB: number;
  readonly synchronised: boolean;

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

  /**
   * The results of `work` on all workers, in their order.
   *
   * @throws its error, and on the others an Error that names the worker and has its message
   */
  async together(what: string, work: () => string | Promise<string>): Promise<string[]> {
    let failure: unknown;
    let told: Told;
    try {
      told = { value: await work() };
    } catch (error) {
      failure = error;
      told = { error: error instanceof Error ? error.message : String(error) };
    }
    const all = await this.cluster.exchange(`training ${what}`, JSON.stringify(told));
    if (failure !== undefined) {
      throw failure;
    }
    return all.map((text, worker) => {
      const other: Told = JSON.parse(text);
      if ('error' in other) {
        const { workers } = this.cluster;
        throw new InvalidInputError(`worker ${worker} (${workers[worker]}): ${other.error}`);
      }
      return other.value;
    });
  }

  /** Whether at least one worker says so. */
  async any(what: string, says: boolean): Promise<boolean> {
    const answers = await this.together(what, () => String(says));
    return answers.includes('true');
  }

  /** Waits until all workers are here. */
  async meet(what: string): Promise<void> {
    await this.cluster.barrier(`training ${what}`);
  }
}
