/** The traces of one jitted function, by the kinds of arguments that it was called with. */
import * as tf from '@tensorflow/tfjs';
import { backend } from './backend.js';
import { precisionConfig, runtime } from './configuration.js';
import { type Flat, flatten, signatureOf, unflatten } from './containers.js';
import type { JitOptions } from './jit-options.js';
import type { TensorMetadata } from './native-tensorflow.js';
import { checkIdle, checkUnused, storeOf, using } from './stored-variables.js';
import { Trace, type Traced } from './trace.js';
import { userLine } from './user-line.js';

/** Number of traces at which a warning is printed, once. */
const manyTraces = 5;

// biome-ignore lint/suspicious/noExplicitAny: the function's own arguments are checked where it is called.
export type AnyFunction = (...args: any[]) => unknown;

/** The last asynchronous call: calls run on the other thread one after another. */
let queue: Promise<unknown> = Promise.resolve();

export class TraceCache {
  private readonly traces = new Map<string, Traced>();
  /** The number of each trace's running asynchronous calls. */
  private readonly running = new Map<Traced, number>();
  private readonly line = userLine();
  private readonly name: string;
  private made = 0;
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
      stores.forEach((store, i) => {
        (traced.isWritten[i] ? checkUnused : checkIdle)(store);
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
      return resultOf(traced, await call);
    } finally {
      done();
      tf.dispose(inputs);
      this.running.set(traced, (this.running.get(traced) as number) - 1);
      this.deleteUnused(traced);
    }
  }

  dispose(): void {
    const dropped = [...this.traces.values()];
    this.traces.clear();
    for (const traced of dropped) {
      this.deleteUnused(traced);
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
    let traced = this.traces.get(signature);
    if (traced === undefined) {
      traced = this.trace(flat);
      this.makeRoom();
    }
    // The map's order is that of the last use.
    this.traces.delete(signature);
    this.traces.set(signature, traced);
    return traced;
  }

  private trace(flat: Flat): Traced {
    const { xla, precision } = this.options;
    const options = {
      label: this.name,
      name: `${this.name.replace(/\W/g, '_')}_${nextName++}`,
      xla,
      config: precisionConfig(precision),
    };
    const mayCreate = this.made === 0;
    const traced = Trace.run(this.fn as (...args: never[]) => unknown, flat, {
      ...options,
      mayCreate,
    });
    this.made += 1;
    if (this.made === manyTraces) {
      process.emitWarning(
        `jit: ${this.name} was traced ${manyTraces} times${this.line}. Each new shape, dtype, number or string among the arguments costs a trace: keep shapes the same, and pass numbers that change as tensors`,
      );
    }
    if (!traced.created) {
      return traced;
    }
    // The second trace finds the variables created: it must create none, as all later calls.
    runtime().deleteFunction(traced.id);
    return Trace.run(this.fn as (...args: never[]) => unknown, flat, {
      ...options,
      name: `${options.name}_again`,
      mayCreate: false,
    });
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
