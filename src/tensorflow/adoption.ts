/** Turns batches of the input pipeline into tensors: a float32 batch without a copy, or a whole loader as a data set. */
import * as tf from '@tensorflow/tfjs';
import { checkArguments, number, optional, type ShapeOf } from '../arguments.js';
import { conflict, expected } from '../errors.js';
import type { Batch, BatchLabels, Loader, PixelType } from '../pipeline/index.js';
import { backend } from './backend.js';
import { chosenOptions, runtime } from './configuration.js';
import type { TensorMetadata } from './native-tensorflow.js';
import { dtypeNumber } from './ops.js';

/**
 * A batch's normalised pixels as a float32 tensor of its shape. Do not use the batch afterwards.
 *
 * - A float32 batch becomes the tensor without a copy. Disposing the tensor gives the slot back to the loader.
 * - A bfloat16, float16 or uint8 batch is cast by TensorFlow, since tfjs has no other float type, and a uint8 batch is
 *   normalised. The slot goes back to the loader at once.
 * - If TensorFlow computes on a GPU, a batch in main memory is copied there in its stored type. A batch on that GPU stays
 *   where it is.
 *
 * @throws an Error when the batch was released or adopted before.
 * @throws InvalidInputError when the batch lies on another GPU than TensorFlow's.
 */
export function adoptBatch(batch: Batch<PixelType>): tf.Tensor4D {
  const { lease, gpuDevice, shape, dtype, preprocessing } = batch;
  const { gpuDevice: ours } = chosenOptions();
  if (gpuDevice !== undefined && gpuDevice !== ours) {
    throw expected(
      `a batch on GPU ${ours}, TensorFlow's,`,
      'adoptBatch',
      `one on GPU ${gpuDevice}`,
    );
  }
  const stored = runtime().adoptBatch(lease, shape, dtypeNumber(dtype));
  if (dtype === 'float32') {
    return backend.createOutputTensor(stored) as tf.Tensor4D;
  }
  return tf.tidy(() => {
    const values = castToFloat(stored);
    return dtype === 'uint8' ? values.sub(preprocessing.mean).div(preprocessing.std) : values;
  });
}

/** The tensor as float32. Deletes `stored`. */
function castToFloat({ id, dtype }: TensorMetadata): tf.Tensor4D {
  const { TF_ATTR_TYPE: type, TF_FLOAT } = runtime();
  const attributes = [
    { name: 'SrcT', type, value: dtype },
    { name: 'DstT', type, value: TF_FLOAT },
  ];
  try {
    const [cast] = runtime().executeOp('Cast', attributes, [id], 1) as [TensorMetadata];
    return backend.createOutputTensor(cast) as tf.Tensor4D;
  } finally {
    runtime().deleteTensor(id);
  }
}

/**
 * The targets of a batch, float32 [images, classes]. A row has 1 at the image's class. A mixed image has its weight there
 * and the rest at its partner's class. The row of an image that is marked as damaged is zero.
 *
 * @throws InvalidInputError when another image's label is not from 0 to `classes` − 1.
 */
export function targetsOf(batch: BatchLabels, classes: number): tf.Tensor2D {
  checkLabels(batch, classes);
  return tf.tidy(() => {
    const oneHot = (labels: Int32Array) =>
      tf.oneHot(tf.tensor1d(labels, 'int32'), classes, 1, 0, 'float32');
    const weights = tf.tensor2d(batch.weights, [batch.count, 1]);
    const own = oneHot(batch.labels).mul(weights);
    return own.add(oneHot(batch.partnerLabels).mul(tf.sub(1, weights)));
  });
}

function checkLabels({ indices, labels, partnerLabels }: BatchLabels, classes: number): void {
  const isClass = (label: number) => label >= 0 && label < classes;
  for (let row = 0; row < indices.length; row++) {
    const own = labels[row] as number;
    const partner = partnerLabels[row] as number;
    const isMarked = (indices[row] as number) < 0;
    if (isMarked || (isClass(own) && isClass(partner))) {
      continue;
    }
    const what = `a label below ${classes}, the number of classes,`;
    const remedy = 'A model needs an output for each class';
    throw expected(what, `sample ${indices[row]}`, isClass(own) ? partner : own, remedy);
  }
}

/** The options of `tensors`. */
export interface TensorsOptions {
  /** Number of classes: the length of a row of the targets. */
  classes: number;
  /** Epoch of the first iteration; each later iteration takes the next epoch. Default 0. */
  epoch?: number;
}

const tensorsShape = {
  classes: number,
  epoch: optional(number),
} as const satisfies ShapeOf<TensorsOptions>;

/** A pair for `model.fitDataset`: pixels [n, crop, crop, 3] and {@link targetsOf} [n, classes]. */
export type LabelledTensors = { xs: tf.Tensor4D; ys: tf.Tensor2D };

/**
 * The loader as a data set for `model.fitDataset(tensors(loader, …), { epochs })`, which disposes each pair after its
 * step. `size` is the number of batches in an epoch.
 *
 * The iteration throws InvalidInputError when the batches have several views of each image.
 */
export function tensors(
  loader: Loader<PixelType>,
  options: TensorsOptions,
): tf.data.Dataset<LabelledTensors> {
  checkArguments('tensors', options, tensorsShape);
  const { classes, epoch = 0 } = options;
  let next = epoch;
  const dataset = {
    size: loader.batchesPerEpoch,
    async iterator() {
      const batches = labelled(loader.epoch(next++), classes);
      return {
        async next() {
          const { value, done } = await batches.next();
          return { value: value ?? null, done: done === true };
        },
      };
    },
  };
  // fitDataset uses only these two members of tfjs-data's class.
  return dataset as unknown as tf.data.Dataset<LabelledTensors>;
}

async function* labelled(
  batches: AsyncIterable<Batch<PixelType>>,
  classes: number,
): AsyncGenerator<LabelledTensors, undefined> {
  for await (const batch of batches) {
    if (batch.shape[0] !== batch.count) {
      batch.release();
      const views = `${batch.shape[0] / batch.count} views of each image`;
      throw conflict('tensors()', views, 'Use a crop of one view, such as center');
    }
    const xs = adoptBatch(batch);
    yield { xs, ys: targetsOf(batch, classes) };
  }
  return undefined;
}
