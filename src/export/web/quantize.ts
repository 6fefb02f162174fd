/** Weights in fewer bits, in the way of tfjs's `weightsManifest`: each tensor is `min + scale · integer`. */
import type { tf } from '../../tensorflow/index.js';

/** The types of the integers. */
export type QuantizedType = 'uint8' | 'uint16';

export interface StoredWeight {
  spec: tf.io.WeightsManifestEntry;
  bytes: Uint8Array;
}

const integers = { uint8: Uint8Array, uint16: Uint16Array } as const;

/**
 * A weight with the integers of `dtype` that spread evenly from its smallest to its largest value. A vector stays as it is: biases
 * and statistics are few, and their range may be large.
 */
export function quantized(weight: StoredWeight, dtype: QuantizedType): StoredWeight {
  const { spec, bytes } = weight;
  if (spec.shape.length < 2 || spec.dtype !== 'float32') {
    return weight;
  }
  const values = new Float32Array(bytes.slice().buffer);
  const min = values.reduce((least, value) => Math.min(least, value), Number.POSITIVE_INFINITY);
  const max = values.reduce((most, value) => Math.max(most, value), Number.NEGATIVE_INFINITY);
  const Integers = integers[dtype];
  const levels = 2 ** (8 * Integers.BYTES_PER_ELEMENT) - 1;
  // A weight that is the same everywhere needs no steps.
  const scale = max > min ? (max - min) / levels : 1;
  const steps = new Integers(values.map((value) => Math.round((value - min) / scale)));
  return {
    spec: { ...spec, quantization: { dtype, min, scale } },
    bytes: new Uint8Array(steps.buffer),
  };
}
