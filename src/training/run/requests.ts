/** Whether a run stops or saves a checkpoint between two steps: as this process wants it, or one of several workers. */
import type { Moments } from '../callbacks/moments.js';
import type { Workers } from '../workers/workers.js';
import type { Saver } from './saver.js';
import type { Tally } from './tally.js';

interface RequestParts {
  /** Where several share each batch. */
  workers?: Workers | undefined;
  signal?: AbortSignal | undefined;
}

/** What was asked for before a step. */
interface Asked {
  /** Undefined in one process, which may still ask after the step. */
  stops?: boolean;
  saves: boolean;
}

export class Requests {
  constructor(
    private readonly parts: RequestParts,
    private readonly moments: Moments,
    private readonly saver: Saver,
  ) {}

  /** Whether the signal or a callback of this process stops the call. */
  get isStopping(): boolean {
    return this.parts.signal?.aborted === true || this.moments.isStopping;
  }

  /** Whether a callback has stopped the run after the last epoch; with several workers, on any of them. */
  async stopsBeforeEpoch(): Promise<boolean> {
    const { isStopping } = this.moments;
    return (await this.parts.workers?.any('epoch', isStopping)) ?? isStopping;
  }

  /** What a step adds up over the workers, beside its sums; undefined in one process. */
  toAsk(): { asked: number[] } | undefined {
    return this.parts.workers && { asked: [this.isStopping, this.saves].map(Number) };
  }

  /** Whether the run stops or saves after a step of `tally`: with several workers, what any of them has asked before it. */
  afterStep(tally: Tally): Asked {
    if (this.parts.workers === undefined) {
      return { saves: this.saves };
    }
    const [stops = 0, saves = 0] = tally.takeAsked();
    return { stops: stops > 0, saves: saves > 0 };
  }

  /** Whether this process wants a checkpoint. */
  private get saves(): boolean {
    return (this.parts.workers?.isChief ?? true) && this.saver.isCheckpointDue;
  }
}
