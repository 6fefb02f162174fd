/** Puts small tensors together into buckets, so that a collective sends many of them at once. */
import * as tf from '@tensorflow/tfjs';

/** A collective of one tensor. Its result has the tensor's shape and type. */
export type Collective = (tensor: tf.Tensor) => tf.Tensor;

const bytesPerMB = 1e6;

/**
 * The results of `collective` for each tensor. The last tensors travel first: in the order of a network's layers, their
 * gradients are the first that the backward pass computes, so their bucket travels while it continues.
 *
 * @param bucketMB the largest size of a bucket, in millions of bytes; a larger tensor has a bucket of its own
 */
export function inBuckets(
  tensors: readonly tf.Tensor[],
  bucketMB: number,
  collective: Collective,
): tf.Tensor[] {
  const results = [...tensors];
  for (const bucket of bucketsOf(tensors, bucketMB * bytesPerMB)) {
    const parts = together(
      bucket.map((index) => tensors[index] as tf.Tensor),
      collective,
    );
    bucket.forEach((index, i) => {
      results[index] = parts[i] as tf.Tensor;
    });
  }
  return results;
}

/**
 * Indices of the tensors in each bucket, in the order in which the buckets travel.
 *
 * @param limit in bytes
 */
export function bucketsOf(
  tensors: readonly Pick<tf.Tensor, 'dtype' | 'size'>[],
  limit: number,
): number[][] {
  const buckets: number[][] = [];
  const open = new Map<string, { bucket: number[]; bytes: number }>();
  for (let index = tensors.length - 1; index >= 0; index--) {
    const { dtype, size } = tensors[index] as tf.Tensor;
    if (size === 0) {
      // Nothing travels for it.
      continue;
    }
    const bytes = size * tf.util.bytesPerElement(dtype);
    const last = open.get(dtype);
    if (last !== undefined && last.bytes + bytes <= limit) {
      last.bucket.push(index);
      last.bytes += bytes;
    } else {
      const bucket = [index];
      buckets.push(bucket);
      open.set(dtype, { bucket, bytes });
    }
  }
  return buckets;
}

/** The results of one collective for several tensors of one type. */
function together(tensors: readonly tf.Tensor[], collective: Collective): tf.Tensor[] {
  if (tensors.length === 1) {
    return tensors.map((tensor) => collective(tensor));
  }
  const sizes = tensors.map(({ size }) => size);
  const flat = tf.concat(tensors.map((tensor) => tf.reshape(tensor, [-1])));
  const parts = tf.split(collective(flat), sizes);
  return parts.map((part, i) => tf.reshape(part, (tensors[i] as tf.Tensor).shape));
}
