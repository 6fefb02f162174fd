/** `allReduce` and `broadcast`: what the workers of a cluster tell each other within a jitted function. */
import * as tf from '@tensorflow/tfjs';
import { type OptionValues, resolveOptions } from '../../options.js';
import { tracing } from '../trace.js';
import { inBuckets } from './buckets.js';
import { broadcastOne, type Place, reduceOne } from './collective.js';
import { group } from './group.js';

/** Options of {@link allReduce}. */
export const allReduceOptions = {
  bucketMB: {
    type: 'number',
    default: 12,
    min: 0.001,
    max: 10_000,
    help: 'most data that travels at once, in MB: smaller buckets begin to travel earlier during the backward pass, larger ones cost fewer messages',
  },
  precision: {
    type: 'choice',
    choices: ['float32', 'bfloat16', 'float16'],
    default: 'float32',
    help: 'type in which float32 tensors travel and are summed: a half type halves the traffic and rounds the sums',
  },
} as const;

/** The options of `allReduce`, all of them given. */
export type AllReduceOptions = OptionValues<typeof allReduceOptions>;

/**
 * The sums of the workers' tensors, element by element, on every worker of the cluster: equal to the bit on all of them. In a
 * process without a cluster it gives back `tensors`.
 *
 * Call it within a jitted function, and that function by its `.async`: a collective waits for all workers, and only another thread
 * may wait. All workers must call the same functions in the same order, with tensors of the same shapes within `allReduce`.
 * Tensors travel in buckets, the last ones of `tensors` first, each as soon as its tensors are computed. It can be differentiated:
 * the gradient of a sum over the workers is the sum of the workers' gradients.
 *
 * ```js
 * const step = jit((images, labels) => {
 *   const { value, grads } = tf.variableGrads(() => loss(images, labels));
 *   optimizer.applyGradients(allReduce(grads));
 *   return allReduce(value);
 * });
 * const sum = await step.async(images, labels);
 * ```
 *
 * @param tensors a tensor, or tensors in arrays and plain objects, float32 or int32
 * @returns the sums, in the same arrays and objects
 * @throws InvalidInputError when an option is out of its range, or a tensor is of another type; an Error in a cluster, when no
 *   function is being traced. The promise of the jitted function's `.async` rejects with an Error that names the worker which
 *   ended or hangs, and when the shapes differ between workers.
 */
export function allReduce<T>(tensors: T, options: Partial<AllReduceOptions> = {}): T {
  const { bucketMB, precision } = resolveOptions(allReduceOptions, options, 'allReduce');
  const place = placeFor('allReduce');
  if (place === undefined) {
    return tensors;
  }
  const reduce = (tensor: tf.Tensor) => reduceOne(place, tensor, precision);
  const differentiable = tf.customGrad(((tensor: tf.Tensor) => ({
    value: reduce(tensor),
    gradFunc: reduce,
  })) as Parameters<typeof tf.customGrad>[0]);
  return withTensors(tensors, (flat) => inBuckets(flat, bucketMB, differentiable));
}

/**
 * The tensors of worker 0, on every worker of the cluster. In a process without a cluster it gives back `tensors`. Call it as
 * {@link allReduce}, for example to begin with equal weights:
 *
 * ```js
 * await jit(() => {
 *   broadcast(variables).forEach((value, i) => variables[i].assign(value));
 * }).async();
 * ```
 *
 * @param tensors a tensor, or tensors in arrays and plain objects, float32, int32 or bool: on worker 0 with the values, on the
 *   others with the same shapes and types
 * @throws as `allReduce` does
 */
export function broadcast<T>(tensors: T): T {
  const place = placeFor('broadcast');
  if (place === undefined) {
    return tensors;
  }
  const { bucketMB } = resolveOptions(allReduceOptions, {}, 'broadcast');
  return withTensors(tensors, (flat) =>
    inBuckets(flat, bucketMB, (tensor) => broadcastOne(place, tensor)),
  );
}

/** The group and the trace of the collectives. Undefined without another worker, and for a trace that is never called. */
function placeFor(name: string): Place | undefined {
  const workers = group();
  if (workers === undefined) {
    return undefined;
  }
  const trace = tracing();
  if (trace === undefined) {
    throw new Error(
      `${name}: Expected a call within a jitted function, since it waits for other workers. Put it into jit(…), and call that by .async`,
    );
  }
  return trace.isForCalls ? { trace, group: workers } : undefined;
}

/** `container` with the results in the place of its tensors, whose order is that of the arrays and of the objects' properties. */
function withTensors<T>(container: T, collective: (tensors: tf.Tensor[]) => tf.Tensor[]): T {
  const tensors = tf.tensor_util.getTensorsInContainer(container as tf.TensorContainer);
  const results = tf.tidy(() => collective(tensors));
  const resultOf = new Map(tensors.map((tensor, i) => [tensor, results[i]]));
  const replaced = (part: unknown): unknown => {
    if (part instanceof tf.Tensor) {
      return resultOf.get(part);
    }
    if (Array.isArray(part)) {
      return part.map(replaced);
    }
    return part === null || typeof part !== 'object'
      ? part
      : Object.fromEntries(Object.entries(part).map(([name, value]) => [name, replaced(value)]));
  };
  return replaced(container) as T;
}
