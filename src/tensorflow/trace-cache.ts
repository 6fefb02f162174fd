/** The traces of one jitted function, by the kinds of arguments that it was called with. */
import * as tf from '@tensorflow/tfjs';
import { backend } from './backend.js';
import { group } from './collectives/group.js';
import { functionConfig, runtime } from './configuration.js';
import { type Flat, flatten, signatureOf, unflatten } from './containers.js';
import type { JitOptions } from './jit-options.js';
import type { TensorMetadata } from './native-tensorflow.js';
import { checkIdle, checkUnused, storeOf, using } from './stored-variables.js';
import { Trace, type Traced } from './trace.js';
import { userLine } from './user-line.js';

/** Number of traces at which a warning is printed, once. */
const manyTraces = 5;

/** Changes of its variables after which a frozen function follows them: each costs a trace. */
const mostChanges = 5;

// biome-ignore lint/suspicious/noExplicitAny: the function's own arguments are checked where it is called.
export type AnyFunction = (...args: any[]) => unknown;

/** The last asynchronous call: calls run on the other thread one after another. */
let queue: Promise<unknown> = Promise.resolve();

/** The functions that have taken values of variables and not been disposed of. */
const frozenCaches = new Set<TraceCache>();

/** Drops the traces that have taken the value of a variable that is about to be disposed. */
export function dropTracesOf(variable: tf.Variable): void {
  for (const cache of frozenCaches) {
    cache.dropTracesOf(variable);
  }
}

export class TraceCache {
  private readonly traces = new Map<string, Traced>();
  /** The number of each trace's running asynchronous calls. */
  private readonly running = new Map<Traced, number>();
  private readonly line = userLine();
  private readonly name: string;
  private made = 0;
  private changes = 0;
  private calls = 0;

  constructor(
    private readonly fn: AnyFunction,
    private readonly options: JitOptions,
  ) {
    this.name = fn.name === '' ? 'function' : fn.name;
  }

  get size(): number {
    return this.traces.size;
  }

  call(args: unknown[]): unknown {
    const { traced, inputs, stores } = this.prepare(args);
    try {
      this.refuseWaiting(traced);
      stores.forEach((store, i) => {
        (traced.isWritten[i] ? checkUnused : checkIdle)(store);
      });
      stores.forEach((store, i) => {
        store.writes += traced.isWritten[i] ? 1 : 0;
      });
      return resultOf(traced, runtime().callFunction(traced.id, backend.getInputTensorIds(inputs)));
    } finally {
      tf.dispose(inputs);
    }
  }

  async callAsync(args: unknown[]): Promise<unknown> {
    const { traced, inputs, stores } = this.prepare(args);
    const done = using(stores, traced.isWritten);
    this.running.set(traced, (this.running.get(traced) ?? 0) + 1);
    const begin = () => runtime().callFunctionAsync(traced.id, backend.getInputTensorIds(inputs));
    const call = queue.then(begin);
    queue = call.catch(() => {});
    try {
      const waits = traced.collectives.length > 0;
      return resultOf(
        traced,
        await (waits ? (group()?.watch(call, traced.collectives) ?? call) : call),
      );
    } finally {
      done();
      tf.dispose(inputs);
      this.running.set(traced, (this.running.get(traced) as number) - 1);
      this.deleteUnused(traced);
    }
  }

  dispose(): void {
    frozenCaches.delete(this);
    this.drop(() => true);
  }

  /** Drops the traces that have taken the variable's value. */
  dropTracesOf(variable: tf.Variable): void {
    this.drop(({ constants }) => constants.has(variable));
  }

  private drop(isDropped: (traced: Traced) => boolean): void {
    for (const [signature, traced] of this.traces) {
      if (isDropped(traced)) {
        this.traces.delete(signature);
        this.deleteUnused(traced);
      }
    }
  }

  /** Deletes a trace's function if the trace was dropped and none of its calls is running. */
  private deleteUnused(traced: Traced): void {
    if (this.running.get(traced) === 0) {
      this.running.delete(traced);
    }
    if (this.running.has(traced) || [...this.traces.values()].includes(traced)) {
      return;
    }
    runtime().deleteFunction(traced.id);
  }

  /** Refuses a call on this thread that would wait for other workers: nothing else of the process would run meanwhile. */
  private refuseWaiting({ collectives }: Traced): void {
    if (collectives.length > 0) {
      throw new Error(
        `jit: Expected a call of ${this.name} by .async, since it waits for other workers (allReduce, broadcast)${userLine()}`,
      );
    }
  }

  /** The trace for these arguments, its inputs, which the caller disposes, and the stores of its variables. */
  private prepare(args: unknown[]) {
    const flat = flatten(args, `the arguments of ${this.name}`);
    const traced = this.tracedFor(flat);
    const stores = traced.variables.map(storeOf);
    // Clones, since the user may dispose the arguments during an asynchronous call.
    const inputs = flat.tensors.map((tensor) => tf.keep(tf.clone(tensor)));
    if (traced.isRandom) {
      const key = [this.options.seed, this.calls++ | 0];
      inputs.push(tf.keep(tf.tensor1d(key, 'int32')));
    }
    return { traced, inputs, stores };
  }

  private tracedFor(flat: Flat): Traced {
    const signature = signatureOf(flat.structure, (index) => {
      const { dataId, shape } = flat.tensors[index] as tf.Tensor;
      return `${backend.tensorMap.get(dataId)?.dtype}[${shape.join()}]`;
    });
    const earlier = this.traces.get(signature);
    let traced = earlier;
    if (earlier?.constants.areCurrent() === false) {
      this.traces.delete(signature);
      this.deleteUnused(earlier);
      this.changes += 1;
      traced = undefined;
    }
    if (traced === undefined) {
      traced = this.trace(flat);
      if (earlier === undefined) {
        this.noteTrace();
      }
      this.makeRoom();
    }
    // The map's order is that of the last use.
    this.traces.delete(signature);
    this.traces.set(signature, traced);
    return traced;
  }

  private trace(flat: Flat): Traced {
    const { xla, precision, frozen } = this.options;
    const optimize = this.options.optimize || frozen;
    const config = functionConfig(precision, optimize);
    // The pool of ops may pass data between devices meanwhile.
    const sequential = frozen && !runtime().isUsingGpuDevice();
    const takesValues = frozen && this.changes < mostChanges;
    const written = takesValues ? new Set<tf.Variable>() : undefined;
    if (takesValues) {
      frozenCaches.add(this);
    }
    let mayCreate = this.made === 0;
    for (;;) {
      const name = `${this.name.replace(/\W/g, '_')}_${nextName++}`;
      const options = {
        ...{ label: this.name, name, xla, config, sequential },
        ...{ mayCreate, optimize, written, isForCalls: true },
      };
      const traced = Trace.run(this.fn as (...args: never[]) => unknown, flat, options);
      const writes = traced.variables.filter((_, i) => traced.isWritten[i]);
      if (!traced.created && !writes.some((variable) => traced.constants.has(variable))) {
        return traced;
      }
      // The next trace finds the variables created: it must create none, as all later calls. And it knows those written.
      runtime().deleteFunction(traced.id);
      mayCreate = false;
      for (const variable of writes) {
        written?.add(variable);
      }
    }
  }

  private noteTrace(): void {
    this.made += 1;
    if (this.made === manyTraces) {
      process.emitWarning(
        `jit: ${this.name} was traced ${manyTraces} times${this.line}. Each new shape, dtype, number or string among the arguments costs a trace: keep shapes the same, and pass numbers that change as tensors`,
      );
    }
  }

  private makeRoom(): void {
    while (this.traces.size >= this.options.maxTraces) {
      const [signature, traced] = this.traces.entries().next().value as [string, Traced];
      this.traces.delete(signature);
      this.deleteUnused(traced);
    }
  }
}

let nextName = 0;

function resultOf({ structure }: Traced, outputs: readonly TensorMetadata[]): unknown {
  return unflatten(
    structure,
    outputs.map((metadata) => backend.createOutputTensor(metadata)),
  );
}
