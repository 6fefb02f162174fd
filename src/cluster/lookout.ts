/** Watches the other workers while a collective waits for them: TensorFlow alone would notice some faults late, and others never. */
import { asReport, lossSentence } from './failures.js';
import type { NativeCluster } from './native-cluster.js';
import { differenceBetween } from './program-difference.js';
import { taskName } from './server-def.js';
import { answerMilliseconds, inTime } from './waiting.js';

/** Between two rounds of questions. */
const roundMilliseconds = 1000;

/** Workers that are asked in a round: in a large cluster, the others ask the rest. */
const mostAsked = 8;

/** A call that waits for the other workers. */
interface Call {
  /** Its number among all such calls of the process, and so of each worker. */
  number: number;
  /** Its collectives, in words. */
  collectives: readonly string[];
  isPublished: boolean;
  /** When it was first seen to wait, in milliseconds. */
  since: number | undefined;
}

/**
 * Finds three faults:
 * - Another worker has ended. One that waits for it would notice that only when its heartbeat is missed. So it asks whether the
 *   others are there: where a process has ended, the machine refuses the connection.
 * - Workers call different collectives, and would wait for each other. So a worker that waits for a second publishes what it calls,
 *   and compares it with what worker 0 calls.
 * - A worker has waited for longer than `collectiveSeconds`.
 */
export class Lookout {
  /** The calls under way, the first of which waits. */
  private readonly calls = new Set<Call>();
  private begun = 0;
  private timer: NodeJS.Timeout | undefined;
  private next = 1;
  /** Workers that refused the connection in the last round. */
  private suspects = new Set<number>();
  private isAsking = false;

  constructor(
    private readonly cluster: {
      workers: readonly string[];
      index: number;
      collectiveSeconds: number;
    },
    private readonly addon: () => NativeCluster,
  ) {}

  /** Whether a call is under way. */
  get isBusy(): boolean {
    return this.calls.size > 0;
  }

  /** Begins to watch the others during a call. @returns a function that ends it, which is told whether the call succeeded */
  begin(collectives: readonly string[]): (succeeded: boolean) => void {
    const call: Call = { number: this.begun++, collectives, isPublished: false, since: undefined };
    this.calls.add(call);
    this.timer ??= setInterval(() => void this.round(), roundMilliseconds);
    return (succeeded) => {
      this.calls.delete(call);
      // After a failure worker 0 may hang, and the process would wait for its answer.
      if (call.isPublished && succeeded) {
        void ignoreFailure(this.addon().deleteClusterValue(keyOf(call, this.cluster.index)));
      }
      if (this.calls.size === 0) {
        clearInterval(this.timer);
        this.timer = undefined;
        this.suspects.clear();
      }
    };
  }

  private async round(): Promise<void> {
    const [call] = this.calls;
    if (this.isAsking || call === undefined) {
      return;
    }
    this.isAsking = true;
    const faults = await Promise.all([this.findLoss(), this.findDifference(call)]);
    const fault = faults.find((found) => found !== undefined) ?? this.findLateness(call);
    if (fault !== undefined && this.calls.has(call)) {
      // If the report does not arrive, worker 0 is gone, and all notice that.
      await ignoreFailure(inTime(this.addon().reportError(asReport(fault))));
    }
    this.isAsking = false;
  }

  private findLateness(call: Call): string | undefined {
    const { collectiveSeconds } = this.cluster;
    call.since ??= performance.now();
    return performance.now() - call.since > collectiveSeconds * 1000
      ? `A worker has waited ${collectiveSeconds} seconds within a step for the others. Let collectiveSeconds be longer than worker 0 needs to evaluate and save, or see what another worker does`
      : undefined;
  }

  /** Asks some workers. One that refuses the connection twice has ended: a single refusal may be a network's. */
  private async findLoss(): Promise<string | undefined> {
    const asked = this.choose();
    const refusals = await Promise.all(asked.map((worker) => this.refuses(worker)));
    const gone = asked.filter((worker, i) => refusals[i] && this.suspects.has(worker));
    this.suspects = new Set(asked.filter((_, i) => refusals[i]));
    return gone.length > 0 ? lossSentence(this.cluster.workers, gone) : undefined;
  }

  /** The suspects, and the next of the other workers. */
  private choose(): number[] {
    const { workers, index } = this.cluster;
    const asked = new Set(this.suspects);
    const others = workers.length - 1;
    for (let i = 0; i < Math.min(mostAsked, others); i++) {
      asked.add((index + this.next) % workers.length);
      this.next = (this.next % others) + 1;
    }
    return [...asked];
  }

  private async refuses(worker: number): Promise<boolean> {
    try {
      await this.addon().checkWorker(taskName(worker), answerMilliseconds);
      return false;
    } catch (error) {
      return (error as NodeJS.ErrnoException).code === 'UNAVAILABLE';
    }
  }

  /** Publishes the call, and compares it with that of worker 0, if worker 0 waits as well. */
  private async findDifference(call: Call): Promise<string | undefined> {
    const { workers, index } = this.cluster;
    try {
      if (!call.isPublished) {
        call.isPublished = true;
        const collectives = JSON.stringify(call.collectives);
        await inTime(this.addon().insertClusterValue(keyOf(call, index), collectives));
      }
      if (index === 0) {
        return undefined;
      }
      const first = await this.addon().clusterValue(keyOf(call, 0), roundMilliseconds / 2);
      return differenceBetween(workers, index, call.collectives, JSON.parse(first));
    } catch {
      // Worker 0 has not published its call: it does not wait.
      return undefined;
    }
  }
}

const keyOf = ({ number }: Call, worker: number): string => `calls/${number}/${worker}`;

const ignoreFailure = (promise: Promise<void>): Promise<void> => promise.catch(() => {});
