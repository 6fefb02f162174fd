/** 2-D pooling with explicit padding, which TensorFlow lacks: pads the image, then pools without padding. */
import * as tf from '@tensorflow/tfjs';
import { correct } from './registry.js';

type Sides = [number, number];
type Paddings = [Sides, Sides, Sides, Sides];

/** The attributes that pooling kernels share. */
interface Pooling {
  filterSize: Sides | number;
  strides: Sides | number;
  pad: Parameters<typeof tf.backend_util.computePool2DInfo>[4];
  dimRoundingMode?: 'floor' | 'round' | 'ceil';
}

/** The padding of [n, height, width, channels]; undefined if TensorFlow's op can pad. */
function paddingsOf(image: tf.Tensor4D, pooling: Pooling): Paddings | undefined {
  const { filterSize, strides, pad, dimRoundingMode } = pooling;
  const info = tf.backend_util.computePool2DInfo(
    image.shape,
    filterSize,
    strides,
    1,
    pad,
    dimRoundingMode,
  );
  const { type, top, left } = info.padInfo;
  if (type === 'VALID' || type === 'SAME') {
    return undefined;
  }
  // Pad to the end of the last window: if the size is rounded up, the window ends beyond the given padding.
  const reach = (windows: number, stride: number, window: number) =>
    (windows - 1) * stride + window;
  const height = reach(info.outHeight, info.strideHeight, info.effectiveFilterHeight);
  const width = reach(info.outWidth, info.strideWidth, info.effectiveFilterWidth);
  return [
    [0, 0],
    [top, Math.max(0, height - info.inHeight - top)],
    [left, Math.max(0, width - info.inWidth - left)],
    [0, 0],
  ];
}

const valid = (pooling: Pooling): Pooling => ({
  ...pooling,
  pad: 'valid',
  dimRoundingMode: undefined,
});

const cropped = <Image extends tf.Tensor>(padded: Image, paddings: Paddings, like: Image): Image =>
  tf.slice(
    padded,
    paddings.map(([before]) => before),
    like.shape,
  );

correct('MaxPool', (original) => (inputs, attributes) => {
  const image = inputs.x as tf.Tensor4D;
  const paddings = paddingsOf(image, attributes as Pooling);
  if (!paddings) {
    return original(inputs, attributes);
  }
  return tf.tidy(() => {
    const x = tf.pad(image, paddings, Number.NEGATIVE_INFINITY);
    return original({ x }, valid(attributes as Pooling));
  });
});

correct('MaxPoolGrad', (original) => (inputs, attributes) => {
  const image = inputs.input as tf.Tensor4D;
  const paddings = paddingsOf(image, attributes as Pooling);
  if (!paddings) {
    return original(inputs, attributes);
  }
  return tf.tidy(() => {
    const input = tf.pad(image, paddings, Number.NEGATIVE_INFINITY);
    const gradient = original({ ...inputs, input }, valid(attributes as Pooling)) as tf.Tensor4D;
    return cropped(gradient, paddings, image);
  });
});

/** The share of each window that lies on the image: an average leaves the padding out. */
const shareOf = (image: tf.Tensor4D, paddings: Paddings, { filterSize, strides }: Pooling) =>
  tf.avgPool(tf.pad(tf.onesLike(image), paddings), filterSize, strides, 'valid');

correct('AvgPool', (original) => (inputs, attributes) => {
  const image = inputs.x as tf.Tensor4D;
  const pooling = attributes as Pooling;
  const paddings = paddingsOf(image, pooling);
  if (!paddings) {
    return original(inputs, attributes);
  }
  return tf.tidy(() => {
    const average = original({ x: tf.pad(image, paddings) }, valid(pooling)) as tf.Tensor4D;
    return tf.div(average, shareOf(image, paddings, pooling));
  });
});

correct('AvgPoolGrad', (original) => (inputs, attributes) => {
  const image = inputs.input as tf.Tensor4D;
  const pooling = attributes as Pooling;
  const paddings = paddingsOf(image, pooling);
  if (!paddings) {
    return original(inputs, attributes);
  }
  return tf.tidy(() => {
    const dy = tf.div(inputs.dy as tf.Tensor4D, shareOf(image, paddings, pooling));
    const padded = original({ dy, input: tf.pad(image, paddings) }, valid(pooling));
    return cropped(padded as tf.Tensor4D, paddings, image);
  });
});
