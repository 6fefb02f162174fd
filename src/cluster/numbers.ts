/** Numbers of all workers, by all-reduces. Unlike texts, they make a worker that calls something else an error in seconds. */
import { allReduce, jit, tf } from '../tensorflow/index.js';
import type { Cluster } from './member.js';

const add = jit(function addNumbers(numbers: tf.Tensor1D) {
  return allReduce(numbers);
});

/**
 * The sums of the workers' numbers, place by place. Where only one worker has another number than 0, the sum is that number to
 * the bit. All workers call it with as many numbers, in the same order.
 *
 * @throws as the `.async` of a function with `allReduce` does
 */
export async function sumNumbers(numbers: Float32Array): Promise<Float32Array> {
  const own = tf.tensor1d(numbers);
  try {
    const sums = await add.async(own);
    try {
      return (await sums.data()) as Float32Array;
    } finally {
      sums.dispose();
    }
  } finally {
    own.dispose();
  }
}

/**
 * The numbers of each worker, in the workers' order. All workers call it with as many numbers.
 *
 * @throws as {@link sumNumbers} does
 */
export async function gatherNumbers(
  { index, size }: Cluster,
  own: Float32Array,
): Promise<Float32Array[]> {
  const all = new Float32Array(size * own.length);
  all.set(own, index * own.length);
  const sums = await sumNumbers(all);
  return Array.from({ length: size }, (_, worker) =>
    sums.subarray(worker * own.length, (worker + 1) * own.length),
  );
}
