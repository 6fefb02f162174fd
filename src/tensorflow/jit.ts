/** `jit`: a function over tensors, run once to be written down and from then on as one TensorFlow function. */
import * as tf from '@tensorflow/tfjs';
import { type OptionValues, resolveOptions } from '../options.js';
import { backend } from './backend.js';
import { precisionConfig, runtime } from './configuration.js';
import { type Flat, flatten, signatureOf, unflatten } from './containers.js';
import type { TensorMetadata } from './native-tensorflow.js';
import { checkIdle, checkUnused, storeOf, using } from './stored-variables.js';
import { Trace, type Traced, tracing } from './trace.js';
import { userLine } from './user-line.js';

/** Options of {@link jit}. */
export const jitOptions = {
  xla: { type: 'boolean', default: false, help: 'compile with XLA: slower to begin, fewer passes' },
  precision: {
    type: 'choice',
    choices: ['float32', 'bfloat16', 'float16'],
    default: 'float32',
    help: 'what convolutions and products of matrices compute in, bfloat16 on a CPU and float16 on a GPU; tensors and variables stay float32',
  },
  seed: {
    type: 'integer',
    default: 0,
    min: 0,
    max: 2 ** 31 - 1,
    help: 'of the random numbers drawn inside, which differ from call to call',
  },
  maxTraces: {
    type: 'integer',
    default: 16,
    min: 1,
    max: 10_000,
    help: 'traces kept; beyond, the one longest unused is dropped',
  },
} as const;

export type JitOptions = OptionValues<typeof jitOptions>;

// biome-ignore lint/suspicious/noExplicitAny: the function's own arguments are checked where it is called.
type AnyFunction = (...args: any[]) => unknown;

/** A jitted function; see {@link jit}. */
export interface Jitted<F extends AnyFunction> {
  (...args: Parameters<F>): ReturnType<F>;
  /**
   * The same call on another thread: JavaScript goes on meanwhile. Calls begin in the order they were
   * made. Until the promise is kept, the variables that the call writes must not be read.
   */
  async(...args: Parameters<F>): Promise<ReturnType<F>>;
  /** Traces kept. */
  readonly traces: number;
  /** Frees the traces. Variables stay. */
  dispose(): void;
}

/** From so many traces on, one warning. */
const manyTraces = 5;

/**
 * `fn` at the speed of a graph. The first call traces it: its ops are written down, not run, together with
 * the gradients and variables they touch. Each call then is one TensorFlow function, in which variables are
 * updated in place. A call whose arguments have another structure, shape or dtype, or another number,
 * string or boolean, traces again.
 *
 * Arguments and result are tensors in arrays and plain objects, nested at will. Random numbers
 * (`tf.randomUniform`, `randomNormal`, `truncatedNormal`, `multinomial`, `dropout`) are drawn anew by each call. Inside
 * another jitted function, or inside `tf.grads`, `fn` simply runs.
 *
 * What cannot be traced is refused by an Error that names the line: reading a tensor's value, `Math.random`,
 * a promise, a variable created after the first call, a result whose shape depends on values.
 *
 * @throws InvalidInputError for an option out of its range.
 */
export function jit<F extends AnyFunction>(fn: F, options: Partial<JitOptions> = {}): Jitted<F> {
  const cache = new TraceCache(fn, resolveOptions(jitOptions, options));
  const jitted = (...args: Parameters<F>): ReturnType<F> => {
    if (runsInline()) {
      return fn(...args) as ReturnType<F>;
    }
    return cache.call(args) as ReturnType<F>;
  };
  forgotten.register(jitted, cache);
  return Object.defineProperty(
    Object.assign(jitted, {
      async: (...args: Parameters<F>) => {
        refuseWithin();
        return cache.callAsync(args) as Promise<ReturnType<F>>;
      },
      dispose: () => cache.dispose(),
    }),
    'traces',
    { get: () => cache.size },
  ) as Jitted<F>;
}

const runsInline = (): boolean => tracing() !== undefined || tf.engine().state.gradientDepth > 0;

/** A promise would be kept after the trace is over. */
function refuseWithin(): void {
  const failure = tracing()?.fail(
    'Expected no call by .async within a jitted function. Call the inner function itself',
  );
  if (failure !== undefined) {
    throw failure;
  }
}

const forgotten = new FinalizationRegistry<TraceCache>((cache) => cache.dispose());

/** Calls under way on the other thread: each begins when the one before has ended. */
let queue: Promise<unknown> = Promise.resolve();

class TraceCache {
  private readonly traces = new Map<string, Traced>();
  /** Calls of each trace on the other thread. */
  private readonly underway = new Map<Traced, number>();
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
    this.underway.set(traced, (this.underway.get(traced) ?? 0) + 1);
    const begin = () => runtime().callFunctionAsync(traced.id, backend.getInputTensorIds(inputs));
    const call = queue.then(begin);
    queue = call.catch(() => {});
    try {
      return resultOf(traced, await call);
    } finally {
      done();
      tf.dispose(inputs);
      this.underway.set(traced, (this.underway.get(traced) as number) - 1);
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

  /** Deletes a trace that was dropped, once no call of it is under way. */
  private deleteUnused(traced: Traced): void {
    if (this.underway.get(traced) === 0) {
      this.underway.delete(traced);
    }
    if (this.underway.has(traced) || [...this.traces.values()].includes(traced)) {
      return;
    }
    runtime().deleteFunction(traced.id);
  }

  /** The trace for such arguments and its inputs, which are the caller's to dispose. */
  private prepare(args: unknown[]) {
    const flat = flatten(args, `the arguments of ${this.name}`);
    const traced = this.tracedFor(flat);
    const stores = traced.variables.map(storeOf);
    // Of their own, since the caller may dispose of his while the call is under way.
    const inputs = flat.tensors.map((tensor) => tf.keep(tf.clone(tensor)));
    if (traced.isRandom) {
      const key = [this.options.seed, this.calls++ | 0];
      inputs.push(tf.keep(tf.tensor1d(key, 'int32')));
    }
    return { traced, inputs, stores };
  }

  private tracedFor(flat: Flat): Traced {
    const signature = signatureOf(flat.structure, (place) => {
      const { dataId, shape } = flat.tensors[place] as tf.Tensor;
      return `${backend.tensorMap.get(dataId)?.dtype}[${shape.join()}]`;
    });
    let traced = this.traces.get(signature);
    if (traced === undefined) {
      traced = this.trace(flat);
      this.makeRoom();
    }
    // Last in the map is last in use.
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
    // Only a function that creates no variables from now on does what its trace does.
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
