/** The moments of a run: calls its callbacks in their order, and keeps what they ask for. */
import { expected, InvalidInputError } from '../../errors.js';
import type { Position } from '../checkpoint/checkpoint.js';
import { bestEpoch, type EpochRecord } from '../history.js';
import type { BeginFacts, Callback, Control, EndFacts, StepFacts } from './callback.js';

type Logged = Record<string, number>;

/** What can be a tag of TensorBoard and a metric of MLflow. */
const logName = /^[A-Za-z0-9][\w./ -]{0,199}$/;

export class Moments {
  /** Whether some callback wants to know of steps. */
  readonly hasSteps: boolean;
  private readonly begun: Callback[] = [];
  private isStopped = false;
  private failure: Error | undefined;

  /** @param position keeps the rate and the numbers that callbacks set, and so does its checkpoint */
  constructor(
    private readonly callbacks: readonly Callback[],
    private readonly position: Position,
  ) {
    this.hasSteps = callbacks.some(({ step }) => step !== undefined);
  }

  /** Whether a callback has stopped the run, or failed. */
  get isStopping(): boolean {
    return this.isStopped || this.failure !== undefined;
  }

  /** `begin`, then `work`, whose result says whether the run is finished, then `end`, even if there is an error. */
  async during(facts: BeginFacts, work: () => Promise<boolean>): Promise<boolean> {
    const end = (finished: boolean, error?: Error) => {
      const { history } = this.position;
      return this.end({ finished, history, best: bestEpoch(history, facts.options.bestBy), error });
    };
    let finished: boolean;
    try {
      await this.begin(facts);
      finished = await work();
      if (this.failure !== undefined) {
        throw this.failure;
      }
    } catch (error) {
      // The first error is the one to tell.
      await end(false, error as Error).catch(() => {});
      throw error;
    }
    await end(finished);
    return finished;
  }

  /** An error of a callback is thrown by `during`, after the checkpoint. */
  async step(facts: Omit<StepFacts, 'logged'>): Promise<void> {
    const logged: Logged = {};
    const control = this.control((name, value) => {
      logged[name] = value;
      this.logInEpoch(name, value);
    });
    const told: StepFacts = { ...facts, logged };
    await this.each('step', (callback) => callback.step?.(told, control));
  }

  /** Like {@link step}. */
  async epoch(record: EpochRecord): Promise<void> {
    const control = this.control((name, value) => {
      record.logged = { ...record.logged, [name]: value };
    });
    await this.each('epoch', (callback) => callback.epoch?.(record, control));
  }

  private async begin(facts: BeginFacts): Promise<void> {
    const control = this.control((name, value) => this.logInEpoch(name, value));
    for (const callback of this.callbacks) {
      await this.call(callback, 'begin', () => callback.begin?.(facts, control));
      this.begun.push(callback);
    }
  }

  private async end(facts: EndFacts): Promise<void> {
    const failures: unknown[] = [];
    for (const callback of this.begun) {
      await this.call(callback, 'end', () => callback.end?.(facts)).catch((error) =>
        failures.push(error),
      );
    }
    if (failures.length > 0) {
      throw failures[0];
    }
  }

  private async each(moment: string, tell: (callback: Callback) => unknown): Promise<void> {
    try {
      for (const callback of this.callbacks) {
        await this.call(callback, moment, () => tell(callback));
      }
    } catch (error) {
      this.failure = error as Error;
    }
  }

  private async call(callback: Callback, moment: string, work: () => unknown): Promise<void> {
    try {
      await work();
    } catch (cause) {
      const name = callback.name ?? `${this.callbacks.indexOf(callback) + 1} of the list`;
      const message = `The callback ${name} failed in ${moment}: ${messageOf(cause)}`;
      // A file that cannot be written is no fault of the program.
      throw cause instanceof InvalidInputError
        ? new InvalidInputError(message, { cause })
        : new Error(message, { cause });
    }
  }

  private logInEpoch(name: string, value: number): void {
    this.position.logged = { ...this.position.logged, [name]: value };
  }

  private control(log: Control['log']): Control {
    return {
      stop: () => {
        this.isStopped = true;
      },
      setLearningRate: (rate) => {
        if (rate !== undefined && !(Number.isFinite(rate) && rate >= 0)) {
          throw expected('a finite number of at least 0, or undefined', 'setLearningRate', rate);
        }
        this.position.learningRate = rate;
      },
      log: (name, value) => {
        if (!logName.test(name)) {
          throw expected('letters, digits, _, ., /, - and spaces', 'the name of log', name);
        }
        if (!Number.isFinite(value)) {
          throw expected('a finite number', `log ${name}`, value);
        }
        log(name, value);
      },
    };
  }
}

const messageOf = (cause: unknown): string => (cause instanceof Error ? cause.message : `${cause}`);
