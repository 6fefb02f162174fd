/** tfjs's random ops. Inside a jitted function TensorFlow draws the numbers, new ones in each call. */
import * as tf from '@tensorflow/tfjs';
import { executeOp } from './ops.js';
import { tracing } from './trace.js';

type Shape = number[];
type NumericType = 'float32' | 'int32';

const dtype = (value: string) => ({ type: 'dtype', value }) as const;

/**
 * Numbers of TensorFlow's stateless generator (Philox, https://www.tensorflow.org/guide/random_numbers). The same key,
 * int32 [2], gives the same numbers.
 */
function stateless(name: string, shape: Shape, key: tf.Tensor1D): tf.Tensor {
  const [numbers] = executeOp({
    name,
    inputs: [tf.tensor1d(shape, 'int32'), key],
    attributes: { dtype: dtype('float32'), Tseed: dtype('int32'), T: dtype('int32') },
  });
  return numbers as tf.Tensor;
}

/** Uniform numbers in [0, 1), float32. They depend only on the shape and the key, int32 [2], inside and outside of `jit`. */
export const keyedUniform = (shape: Shape, key: tf.Tensor1D): tf.Tensor =>
  tf.tidy(() => stateless('StatelessRandomUniform', shape, key));

/** What one of several processes has of a batch of `rows` rows: rows index, index + count, …; perhaps none. */
export interface BatchShare {
  /** From 0. */
  index: number;
  count: number;
  rows: number;
  /** Whether batch normalisation uses the statistics of the whole batch, or those of the share; default false. */
  synchronised?: boolean;
}

/** How many rows of the batch a process has. */
export const rowsOfShare = ({ index, count, rows }: BatchShare): number =>
  Math.max(0, Math.ceil((rows - index) / count));

/**
 * {@link keyedUniform} for the whole batch, of which the result, of this shape, has the share's rows. Along `axis` a row may have
 * several places, one after the other, such as the windows of an image.
 */
function sharedUniform(shape: Shape, key: tf.Tensor1D, share: BatchShare, axis: number): tf.Tensor {
  const { index, count, rows } = share;
  const [before, after] = [shape.slice(0, axis), shape.slice(axis + 1)];
  const places = (shape[axis] as number) / rowsOfShare(share);
  const numbers = keyedUniform([...before, rows * places, ...after], key);
  const byRow = tf.reshape(numbers, [...before, rows, places, ...after]);
  const isRows = byRow.shape.map((_, i) => i === axis);
  const own = tf.stridedSlice(
    byRow,
    isRows.map((is) => (is ? index : 0)),
    byRow.shape,
    isRows.map((is) => (is ? count : 1)),
  );
  return tf.reshape(own, shape);
}

/**
 * Sets a share `rate` of the elements to zero and scales the others by 1 / (1 − rate) (Srivastava et al. 2014). The
 * choice depends only on the shape and the key, int32 [2].
 *
 * @param shape that of the choices, by default that of `x`; along its axes of 1, elements share theirs
 * @param share where `x` is a share of a batch, whose rows get the choices that they have in the whole batch
 * @param axis that of the rows
 */
export function keyedDropout<T extends tf.Tensor>(
  x: T,
  rate: number,
  key: tf.Tensor1D,
  shape: Shape = x.shape,
  share?: BatchShare,
  axis = 0,
): T {
  const isShare = share !== undefined && rowsOfShare(share) > 0;
  return tf.tidy(() =>
    mask(x, isShare ? sharedUniform(shape, key, share, axis) : keyedUniform(shape, key), rate),
  );
}

function mask<T extends tf.Tensor>(x: T, uniform: tf.Tensor, rate: number): T {
  const kept = tf.cast(tf.greaterEqual(uniform, rate), 'float32');
  return tf.mul(x, tf.div(kept, 1 - rate)) as T;
}

/** Whether TensorFlow draws in the graph. A draw with a seed is the same in every call, so JavaScript may draw it. */
const drawsInGraph = (seed: unknown) => seed === undefined && tracing() !== undefined;

const drawKey = (): tf.Tensor1D => tracing()?.drawKey() as tf.Tensor1D;

function inRange(numbers: tf.Tensor, low: number, high: number, type: string): tf.Tensor {
  const scaled = tf.add(tf.mul(numbers, high - low), low);
  return type === 'float32' ? scaled : tf.cast(tf.floor(scaled), type as NumericType);
}

/** As `tf.randomUniform`; in a jitted function each call draws anew. */
export const randomUniform: typeof tf.randomUniform = (
  shape,
  low = 0,
  high = 1,
  type = 'float32',
  seed = undefined,
) =>
  drawsInGraph(seed)
    ? tf.tidy(() => inRange(keyedUniform(shape, drawKey()), low, high, type) as never)
    : tf.randomUniform(shape, low, high, type, seed as number);

/** As `tf.randomUniformInt`; in a jitted function each call draws anew. */
export const randomUniformInt: typeof tf.randomUniformInt = (shape, low, high, seed) =>
  drawsInGraph(seed)
    ? randomUniform(shape, low, high, 'int32')
    : tf.randomUniformInt(shape, low, high, seed as number);

/** The function `eager`, but inside `jit` TensorFlow's op `name` draws its numbers, of mean 0 and deviation 1. */
const normalBy =
  (name: string, eager: typeof tf.randomNormal): typeof tf.randomNormal =>
  (shape, mean = 0, deviation = 1, type = 'float32', seed = undefined) =>
    drawsInGraph(seed)
      ? tf.tidy(() => {
          const scaled = tf.add(tf.mul(stateless(name, shape, drawKey()), deviation), mean);
          return tf.cast(scaled, type as NumericType) as never;
        })
      : eager(shape, mean, deviation, type, seed as number);

/** As `tf.randomNormal`; in a jitted function each call draws anew. */
export const randomNormal = normalBy('StatelessRandomNormal', tf.randomNormal);
/** As `tf.truncatedNormal`; in a jitted function each call draws anew. */
export const truncatedNormal = normalBy(
  'StatelessTruncatedNormal',
  tf.truncatedNormal as typeof tf.randomNormal,
);

/** As `tf.randomStandardNormal`; in a jitted function each call draws anew. */
export const randomStandardNormal: typeof tf.randomStandardNormal = (shape, type, seed) =>
  randomNormal(shape, 0, 1, type ?? 'float32', seed);

/** As `tf.dropout`; in a jitted function each call draws anew. */
export const dropout: typeof tf.dropout = (x, rate, noiseShape, seed) =>
  drawsInGraph(seed)
    ? tf.tidy(() => {
        const input = tf.tensor_util.getTensorsInContainer([x] as never)[0] as tf.Tensor;
        if (rate === 0) {
          return tf.clone(input);
        }
        return mask(input, keyedUniform(noiseShape ?? input.shape, drawKey()), rate);
      })
    : tf.dropout(x, rate, noiseShape, seed);

/** As `tf.multinomial`; in a jitted function each call draws anew. */
export const multinomial: typeof tf.multinomial = (logits, samples, seed, normalized = false) => {
  if (!drawsInGraph(seed)) {
    return tf.multinomial(logits, samples, seed as number, normalized);
  }
  return tf.tidy(() => {
    const scores = logits as tf.Tensor2D;
    const rows = scores.rank === 1 ? tf.reshape(scores, [1, -1]) : scores;
    const [drawn] = executeOp({
      name: 'StatelessMultinomial',
      inputs: [normalized ? tf.log(rows) : rows, tf.scalar(samples, 'int32'), drawKey()],
      attributes: { T: dtype('float32'), Tseed: dtype('int32'), output_dtype: dtype('int32') },
    });
    return (scores.rank === 1 ? tf.reshape(drawn as tf.Tensor, [-1]) : drawn) as never;
  });
};
