/** `jit`: traces a function over tensors on its first call and from then on runs it as one TensorFlow function. */
import * as tf from '@tensorflow/tfjs';
import { callable, checkArgument } from '../arguments.js';
import { resolveOptions } from '../options.js';
import { type JitOptions, jitOptions } from './jit-options.js';
import { tracing } from './trace.js';
import { type AnyFunction, TraceCache } from './trace-cache.js';

/** A jitted function; see {@link jit}. */
export interface Jitted<F extends AnyFunction> {
  (...args: Parameters<F>): ReturnType<F>;
  /**
   * The same call on another thread, while JavaScript continues. Calls run one after another, in their order. Until
   * the promise resolves, variables that the call writes cannot be read, and those that it uses cannot be written.
   */
  async(...args: Parameters<F>): Promise<ReturnType<F>>;
  /** The number of traces kept. */
  readonly traces: number;
  /** Frees the traces. Variables keep their values. */
  dispose(): void;
}

/**
 * Makes `fn` run at the speed of a graph. The first call traces it: its ops, their gradients and the variables that they
 * use are recorded and not run. From then on each call runs one TensorFlow function, which updates variables in place. A
 * call traces again if its arguments have another structure, shape or dtype, or another number, string or boolean.
 *
 * Arguments and results are tensors in arrays and plain objects, nested as deeply as you like. Each call draws new
 * random numbers (`tf.randomUniform`, `randomNormal`, `truncatedNormal`, `multinomial`, `dropout`). Inside another jitted
 * function, or inside `tf.grads`, `fn` runs as it is.
 *
 * A call throws an Error with the user's line if `fn` does something that cannot be traced: it reads a tensor's value,
 * calls `Math.random`, returns a promise, creates a variable after the first call, or has a result whose shape depends on
 * values.
 *
 * @throws InvalidInputError when an option is out of its range.
 */
export function jit<F extends AnyFunction>(fn: F, options: Partial<JitOptions> = {}): Jitted<F> {
  checkArgument('fn', fn, callable);
  const cache = new TraceCache(fn, resolveOptions(jitOptions, options, 'jit'));
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

/** Refuses an asynchronous call inside a trace: its promise would resolve after the trace. */
function refuseWithin(): void {
  const failure = tracing()?.fail(
    'Expected no call by .async within a jitted function. Call the inner function itself',
  );
  if (failure !== undefined) {
    throw failure;
  }
}

const forgotten = new FinalizationRegistry<TraceCache>((cache) => cache.dispose());
