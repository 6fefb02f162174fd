/** This process as one worker of a cluster: how it starts, what it asks the others, and how it leaves them. */
import { native } from '../native.js';
import type { OptionValues } from '../options.js';
import { type Group, sessionConfig } from '../tensorflow/index.js';
import { asReport, explainFailure, explainStart, lossSentence, reportIn } from './failures.js';
import { Lookout } from './lookout.js';
import type { NativeCluster } from './native-cluster.js';
import type { clusterOptions } from './options.js';
import { serverDef, taskName } from './server-def.js';
import { keepSigterm } from './sigterm.js';
import { unlessSilent } from './silence.js';
import { answerMilliseconds, awaited, inTime } from './waiting.js';
import { workerName } from './worker-name.js';

/** The workers that compute together with this process. */
export interface Cluster {
  /** The number of this worker, from 0. */
  readonly index: number;
  /** The number of workers. */
  readonly size: number;
  /** Whether this is worker 0, which alone writes files. */
  readonly isChief: boolean;
  /** The addresses `host:port` of all workers. */
  readonly workers: readonly string[];
  /**
   * Tells the other workers a short text and learns theirs. All workers call it with the same keys in the same order.
   *
   * @returns the texts of all workers, in their order
   * @throws an Error that names the workers that did not call it in time, or ended
   */
  exchange(key: string, value: string): Promise<string[]>;
  /**
   * Waits until all workers have called it. They call it with the same names in the same order.
   *
   * @param seconds the longest wait, by default `collectiveSeconds` of `cluster`
   * @throws as `exchange` does
   */
  barrier(name: string, seconds?: number): Promise<void>;
  /**
   * Ends the cluster: what the others wait for, now or later, fails with an error that names this worker and has the reason. For a program
   * that catches an error of its own part and does not end: the others would wait for it.
   *
   * @param reason a sentence
   */
  fail(reason: string): Promise<void>;
}

/** The options of a cluster with its workers. */
interface Settings extends OptionValues<typeof clusterOptions> {
  workers: readonly string[];
  index: number;
}

/** The longest wait at the end of a process for the other workers' ends. */
const leaveSeconds = 60;

/** The addon's part of the cluster. */
const addon = (): NativeCluster => native() as NativeCluster;

export class Member implements Cluster, Group {
  /** How often each key and each barrier was used: TensorFlow takes a name once. */
  private readonly rounds = new Map<string, number>();
  private readonly lookout: Lookout;
  private hasLeft = false;
  /** Whether a report to all workers has ended the cluster. */
  private isReported = false;

  constructor(private readonly settings: Settings) {
    this.lookout = new Lookout(settings, addon);
  }

  get index(): number {
    return this.settings.index;
  }

  get size(): number {
    return this.settings.workers.length;
  }

  get isChief(): boolean {
    return this.index === 0;
  }

  get workers(): readonly string[] {
    return this.settings.workers;
  }

  get communication(): Group['communication'] {
    return this.settings.communication;
  }

  /** Starts TensorFlow with its server, and waits for the other workers. */
  async start(): Promise<void> {
    try {
      const server = serverDef({ ...this.settings, config: sessionConfig() });
      await awaited(keepSigterm(addon().startCluster(server)));
    } catch (error) {
      throw explainStart(error, this.settings);
    }
    process.on('beforeExit', (code) => this.leave(code));
    // Node waits for the thread of a call that is under way, and this one may wait for a worker that has ended.
    process.on('exit', () => {
      if (this.lookout.isBusy) {
        addon().abortCollectives('the process ends');
      }
    });
  }

  async exchange(key: string, value: string): Promise<string[]> {
    if (this.size === 1) {
      return [value];
    }
    const { settings } = this;
    const name = `exchange/${encodeURIComponent(key)}`;
    const round = this.nextRound(name);
    const place = (worker: number, at = round) => `${name}/${at}/${worker}`;
    try {
      // As JSON: a value of TensorFlow's is neither empty, nor has it a byte of 0.
      await this.answered(addon().insertClusterValue(place(this.index), JSON.stringify(value)));
      await this.meetAt(`${name}/${round}`, settings.collectiveSeconds);
      const values = await this.answered(
        Promise.all(
          this.workers.map((_, worker) =>
            addon().clusterValue(place(worker), settings.collectiveSeconds * 1000),
          ),
        ),
      );
      if (round > 0) {
        // All workers have read the values of the round before, since all are in this one.
        await this.answered(addon().deleteClusterValue(place(this.index, round - 1)));
      }
      return values.map((text) => JSON.parse(text) as string);
    } catch (error) {
      throw await this.explain(error);
    }
  }

  async barrier(name: string, seconds: number = this.settings.collectiveSeconds): Promise<void> {
    if (this.size === 1) {
      return;
    }
    const path = `barrier/${encodeURIComponent(name)}`;
    try {
      await this.meetAt(`${path}/${this.nextRound(path)}`, seconds);
    } catch (error) {
      throw await this.explain(error);
    }
  }

  async fail(reason: string): Promise<void> {
    if (this.size > 1 && !this.isReported) {
      const sentence = `${workerName(this.workers, this.index)} failed: ${reason}`;
      // If the report does not arrive, worker 0 is gone, and all notice that.
      await inTime(addon().reportError(asReport(sentence))).catch(() => {});
    }
  }

  async watch<Result>(call: Promise<Result>, collectives: readonly string[]): Promise<Result> {
    const end = this.lookout.begin(collectives);
    let succeeded = false;
    try {
      const result = await call;
      succeeded = true;
      return result;
    } catch (error) {
      throw await this.explain(error);
    } finally {
      end(succeeded);
    }
  }

  private explain(error: unknown): Promise<unknown> {
    this.isReported ||= error instanceof Error && reportIn(error.message) !== undefined;
    return awaited(explainFailure(error, this.settings, addon()));
  }

  private nextRound(name: string): number {
    const round = this.rounds.get(name) ?? 0;
    this.rounds.set(name, round + 1);
    return round;
  }

  private meetAt(name: string, seconds: number): Promise<void> {
    return this.answered(addon().waitAtBarrier(name, Math.round(seconds * 1000)));
  }

  /** Waits for what worker 0 answers, but not for ever for one that hangs. */
  private answered<Answer>(answer: Promise<Answer>): Promise<Answer> {
    const { heartbeatSeconds: seconds, workers } = this.settings;
    const ask = () => addon().checkWorker(taskName(0), answerMilliseconds);
    const sentence = lossSentence(workers, [0]);
    return awaited(this.isChief ? answer : unlessSilent(answer, { ask, seconds, sentence }));
  }

  /**
   * At a usual end, waits until all workers have come to theirs: the last all-reduce of another one may still be under way. After
   * an error it does not wait, since the others notice that this one is gone.
   */
  private async leave(code: number): Promise<void> {
    if (this.hasLeft || code !== 0) {
      return;
    }
    this.hasLeft = true;
    try {
      await this.meetAt('leave', leaveSeconds);
    } catch {
      // This worker has done its part.
    }
  }
}
