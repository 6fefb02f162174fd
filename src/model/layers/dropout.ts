/** Dropout whose mask is a function of a key, so that a resumed run drops the same units as the first one. */
import { createHash } from 'node:crypto';
import { type BatchShare, keyedDropout, tf } from '../../tensorflow/index.js';
import { replaceLayer } from './stock-layers.js';

interface StockDropout {
  new (
    args: Parameters<typeof tf.layers.dropout>[0],
  ): tf.layers.Layer & {
    rate: number;
    noiseShape: readonly (number | null)[] | null | undefined;
    getNoiseShape(input: tf.Tensor): number[] | undefined;
  };
  className: string;
  fromConfig: typeof tf.layers.Layer.fromConfig;
}

const Stock = tf.layers.dropout({ rate: 0 }).constructor as unknown as StockDropout;

/** The arguments that a training step passes to `model.apply`, and so to every layer's `call`. */
export interface StepArguments {
  training: boolean;
  /** Two int32 that no other step has; without them each mask is drawn afresh. */
  dropoutKey?: tf.Tensor1D;
  /** Where several processes share the batch, what this one has of it. */
  share?: BatchShare | undefined;
  [name: string]: unknown;
}

/** tfjs-layers' `Dropout`, under its name and configuration, with a mask keyed by (step, layer name). */
export class Dropout extends Stock {
  static override className = 'Dropout';

  override call(inputs: tf.Tensor | tf.Tensor[], kwargs: StepArguments): tf.Tensor | tf.Tensor[] {
    const { training, dropoutKey, share } = kwargs;
    if (training !== true || dropoutKey === undefined || this.rate === 0) {
      return super.call(inputs, kwargs);
    }
    const input = Array.isArray(inputs) ? (inputs[0] as tf.Tensor) : inputs;
    return tf.tidy(() => {
      const key = tf.add(dropoutKey, keyOf(this.name)) as tf.Tensor1D;
      const shape = this.getNoiseShape(input) ?? input.shape;
      // With a number in its place, the rows share their choices.
      const hasRows = (this.noiseShape?.[0] ?? null) === null;
      return keyedDropout(input, this.rate, key, shape, hasRows ? share : undefined);
    });
  }
}

replaceLayer('dropout', Dropout);

/** Two int32 from the SHA-256 of `text`. */
export function keyOf(text: string): tf.Tensor1D {
  const digest = createHash('sha256').update(text).digest();
  return tf.tensor1d([digest.readInt32LE(0), digest.readInt32LE(4)], 'int32');
}
