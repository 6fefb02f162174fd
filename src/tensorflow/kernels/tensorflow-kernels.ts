/** Kernels that are missing or wrong in tfjs-node, each by a short call of TensorFlow's own op. */
import * as tf from '@tensorflow/tfjs';
import { backend } from '../backend.js';
import { type Attribute, executeOp } from '../ops.js';
import { tracing } from '../trace.js';
import { correct, register } from './registry.js';

const dtype = (tensor: tf.TensorInfo) => ({ type: 'dtype', value: tensor.dtype }) as const;
const int32 = { type: 'dtype', value: 'int32' } as const;
const only = ([tensor]: tf.Tensor[]): tf.Tensor => tensor as tf.Tensor;

// TensorFlow's op rounds through float32 and loses an integer's low bits.
correct('Round', (original) => (inputs, attributes) => {
  const { x } = inputs as { x: tf.Tensor };
  return x.dtype === 'int32' ? tf.clone(x) : original(inputs, attributes);
});

// TensorFlow's op does not take scalars.
correct('Concat', (original) => (inputs, attributes) => {
  const tensors = Object.values(inputs);
  const [first] = tensors;
  if (first?.rank !== 0) {
    return original(inputs, attributes);
  }
  return only(
    executeOp({
      name: 'Pack',
      inputs: tensors,
      attributes: { N: { type: 'int', value: tensors.length }, T: dtype(first) },
    }),
  );
});

// TensorFlow's op does not take int32; tfjs defines the result as float32.
correct(
  'LeakyRelu',
  (original) =>
    ({ x }, attributes) =>
      tf.tidy(() => original({ x: tf.cast(x as tf.Tensor, 'float32') }, attributes) as tf.Tensor),
);

// tfjs-node asks which elements are NaN. TensorFlow's op for that takes floats only.
correct(
  'Step',
  (original) =>
    ({ x }, attributes) =>
      tf.tidy(() => {
        const { dtype } = x as tf.Tensor;
        const stepped = original(
          { x: tf.cast(x as tf.Tensor, 'float32') },
          attributes,
        ) as tf.Tensor;
        return tf.cast(stepped, dtype);
      }),
);

// tfjs defines the sign of NaN as 0.
correct(
  'Sign',
  (original) => (inputs, attributes) =>
    tf.tidy(() => {
      const sign = original(inputs, attributes) as tf.Tensor;
      return sign.dtype === 'int32' ? sign : tf.where(tf.isNaN(sign), tf.zerosLike(sign), sign);
    }),
);

// tfjs accepts indices of shape [n]; TensorFlow requires [n, 1].
correct(
  'ScatterNd',
  (original) =>
    ({ indices, updates }, attributes) =>
      tf.tidy(() => {
        const { rank, size } = indices as tf.Tensor;
        const columns = rank > 1 ? indices : tf.reshape(indices as tf.Tensor, [size, 1]);
        return original(
          { indices: columns as tf.Tensor, updates: updates as tf.Tensor },
          attributes,
        );
      }),
);

// tfjs-node reads the indices to check them, which is impossible during a trace. TensorFlow checks them, too.
correct('GatherV2', (original) => (inputs, attributes) => {
  if (tracing() === undefined) {
    return original(inputs, attributes);
  }
  const { x, indices } = inputs as { x: tf.Tensor; indices: tf.Tensor };
  const axis = tf.scalar(attributes.axis, 'int32');
  return only(
    executeOp({
      name: 'GatherV2',
      inputs: [x, indices, axis],
      attributes: { batch_dims: { type: 'int', value: attributes.batchDims } },
    }),
  );
});

// TensorFlow's graph optimizer fuses the op BiasAdd with the convolution before it, but not other additions.
for (const kernelName of ['FusedConv2D', 'FusedDepthwiseConv2D']) {
  correct(kernelName, (original) => (inputs, attributes) => {
    const { bias, preluActivationWeights, ...factors } = inputs;
    if (bias?.rank !== 1) {
      return original(inputs, attributes);
    }
    const { activation, leakyreluAlpha } = attributes;
    return tf.tidy(() => {
      const product = original(factors, { ...attributes, activation: 'linear' }) as tf.Tensor;
      const sum = only(executeOp({ name: 'BiasAdd', inputs: [product, bias] }));
      return backend.applyActivation(sum, activation, preluActivationWeights, leakyreluAlpha);
    });
  });
}

// tfjs-node's gradients of resizing ignore half-pixel centres.
const resizeAttributes = (
  images: tf.TensorInfo,
  { alignCorners, halfPixelCenters }: Record<string, boolean>,
): Record<string, Attribute> => ({
  T: dtype(images),
  align_corners: { type: 'bool', value: alignCorners ?? false },
  half_pixel_centers: { type: 'bool', value: halfPixelCenters ?? false },
});

correct('ResizeBilinearGrad', () => ({ images, dy }, attributes) => {
  const [image, gradient] = [images, dy] as [tf.Tensor, tf.Tensor];
  return only(
    executeOp({
      name: 'ResizeBilinearGrad',
      inputs: [gradient, image],
      attributes: resizeAttributes(image, attributes),
    }),
  );
});

correct(
  'ResizeNearestNeighborGrad',
  () =>
    ({ images, dy }, attributes) =>
      tf.tidy(() => {
        const [image, gradient] = [images, dy] as [tf.Tensor4D, tf.Tensor];
        return only(
          executeOp({
            name: 'ResizeNearestNeighborGrad',
            inputs: [gradient, tf.tensor1d(image.shape.slice(1, 3), 'int32')],
            attributes: resizeAttributes(image, attributes),
          }),
        );
      }),
);

// tfjs-node's op has a state: a second call with the same seed would draw other numbers.
correct(
  'Multinomial',
  () =>
    ({ logits }, { numSamples, seed, normalized }) =>
      tf.tidy(() => {
        const unnormalized = normalized ? tf.log(logits as tf.Tensor) : (logits as tf.Tensor);
        // Without a seed, tfjs passes Math.random().
        const seeds = [Math.trunc(seed) | 0, Math.floor((seed % 1) * 2 ** 31)];
        return only(
          executeOp({
            name: 'StatelessMultinomial',
            inputs: [unnormalized, tf.scalar(numSamples, 'int32'), tf.tensor1d(seeds, 'int32')],
            attributes: { T: dtype(unnormalized), Tseed: int32, output_dtype: int32 },
          }),
        );
      }),
);

register('BitwiseAnd', ({ a, b }) =>
  only(executeOp({ name: 'BitwiseAnd', inputs: [a, b] as tf.Tensor[], attributes: { T: int32 } })),
);

register('SearchSorted', ({ sortedSequence, values }, { side }) =>
  only(
    executeOp({
      name: side === 'left' ? 'LowerBound' : 'UpperBound',
      inputs: [sortedSequence, values] as tf.Tensor[],
      attributes: { T: dtype(values as tf.Tensor), out_type: int32 },
    }),
  ),
);

register('DenseBincount', ({ x, weights }, { size, binaryOutput }) =>
  tf.tidy(() =>
    only(
      executeOp({
        name: 'DenseBincount',
        inputs: [x, tf.scalar(size, 'int32'), weights] as tf.Tensor[],
        attributes: {
          T: dtype(weights as tf.Tensor),
          Tidx: int32,
          binary_output: { type: 'bool', value: binaryOutput },
        },
      }),
    ),
  ),
);

register('MaxPoolWithArgmax', ({ x }, { filterSize, strides, pad, includeBatchInIndex }) => {
  const image = x as tf.Tensor4D;
  const pool = tf.backend_util.computePool2DInfo(image.shape, filterSize, strides, 1, pad);
  return executeOp({
    name: 'MaxPoolWithArgmax',
    inputs: [image],
    attributes: {
      T: dtype(image),
      Targmax: int32,
      ksize: { type: 'int', value: [1, pool.filterHeight, pool.filterWidth, 1] },
      strides: { type: 'int', value: [1, pool.strideHeight, pool.strideWidth, 1] },
      padding: { type: 'string', value: pool.padInfo.type },
      include_batch_in_index: { type: 'bool', value: includeBatchInIndex },
    },
    outputs: 2,
  });
});

register(
  'Transform',
  ({ image, transforms }, { interpolation, fillMode, fillValue, outputShape }) =>
    tf.tidy(() => {
      const size = outputShape ?? (image as tf.Tensor4D).shape.slice(1, 3);
      return only(
        executeOp({
          name: 'ImageProjectiveTransformV3',
          inputs: [
            image,
            transforms,
            tf.tensor1d(size, 'int32'),
            tf.scalar(fillValue),
          ] as tf.Tensor[],
          attributes: {
            dtype: dtype(image as tf.Tensor),
            interpolation: { type: 'string', value: interpolation.toUpperCase() },
            fill_mode: { type: 'string', value: fillMode.toUpperCase() },
          },
        }),
      );
    }),
);
