/** A command's part in the work of several processes: worker 0 alone shows and writes, and each of the others says what it did. */
import type { Cluster } from '../../cluster/index.js';
import type { ClassifyProgress } from '../../prediction/index.js';
import type { ProgressReporter } from '../../report/index.js';
import { print } from '../../width.js';
import { type ClusterFlags, joinWorkers, silent } from './flags.js';

/** The part of this process, which is all of it without other workers. */
export class Part {
  /** Whether this process shows progress and writes files. */
  readonly isChief: boolean;
  readonly progress: ProgressReporter;
  private done = 0;
  private computed = 0;

  constructor(
    private readonly cluster: Cluster | undefined,
    progress: ProgressReporter,
  ) {
    this.isChief = cluster?.isChief ?? true;
    this.progress = this.isChief ? progress : silent;
  }

  /** Counts the images of a call, and shows its progress. */
  follow(label: string): (state: ClassifyProgress) => void {
    const before = { done: this.done, computed: this.computed };
    return ({ computed, ...state }) => {
      this.done = before.done + state.done;
      this.computed = before.computed + computed;
      this.progress.update({ label, ...state });
    };
  }

  /**
   * Waits until worker 0 has written all, so that no process ends well if worker 0 does not.
   *
   * @throws an Error that names worker 0 if it has ended
   */
  async end(): Promise<void> {
    const { cluster, computed, done } = this;
    if (cluster === undefined || cluster.size === 1) {
      return;
    }
    await cluster.barrier('written');
    // Worker 0 stays until all know that it has written: the others ask it.
    await cluster.barrier('seen').catch(() => {});
    if (!this.isChief) {
      const share = `worker ${cluster.index} of ${cluster.size} computed ${computed} of ${done} images`;
      print(`${share}; worker 0 has written the result`);
    }
  }
}

/** Joins the cluster that the flags or the environment name, and does this process's part of the work. */
export async function withPart<Result>(
  flags: ClusterFlags,
  progress: ProgressReporter,
  work: (part: Part) => Promise<Result>,
): Promise<Result> {
  const part = new Part(await joinWorkers(flags), progress);
  const result = await work(part);
  await part.end();
  return result;
}
