/** `tf.depthwiseConv2d` with a dilation: TensorFlow's op ignores it on a CPU, and tfjs has no gradient of it. */
import * as tf from '@tensorflow/tfjs';
import { backend } from '../backend.js';
import { type Convolution, convolve, convolveGradients } from './convolution.js';
import { correct } from './registry.js';

const kernelName = 'DepthwiseConv2dNative';

type Sides = [number, number];

/** tfjs's attributes of the kernel. */
interface Depthwise {
  strides: Sides | number;
  dilations?: Sides | number | null;
  pad: Parameters<typeof tf.backend_util.computeConv2DInfo>[4];
  dimRoundingMode?: 'floor' | 'round' | 'ceil';
}

const isDilated = ({ dilations }: Depthwise): boolean =>
  [dilations ?? 1].flat().some((dilation) => dilation > 1);

/** The convolution in which each channel is a group of its own, and the padding that TensorFlow's op does not add. */
function groupedOf(image: tf.Tensor4D, kernel: tf.Tensor4D, options: Depthwise) {
  const { strides, dilations, pad, dimRoundingMode } = options;
  const { padInfo, strideHeight, strideWidth, dilationHeight, dilationWidth } =
    tf.backend_util.computeConv2DInfo(
      image.shape,
      kernel.shape,
      strides,
      dilations ?? 1,
      pad,
      dimRoundingMode,
      true,
    );
  const { type, top, bottom, left, right } = padInfo;
  const margins: Sides[] = [
    [0, 0],
    [top, bottom],
    [left, right],
    [0, 0],
  ];
  const isExplicit = type !== 'SAME' && type !== 'VALID';
  const [height, width, channels, multiplier] = kernel.shape;
  return {
    x: isExplicit ? tf.pad(image, margins) : image,
    filter: tf.reshape<tf.Rank.R4>(kernel, [height, width, 1, channels * multiplier]),
    options: {
      strides: [strideHeight, strideWidth],
      dilations: [dilationHeight, dilationWidth],
      padding: type === 'SAME' ? 'SAME' : 'VALID',
    } as Convolution,
    /** Where the image begins in `x`. */
    begin: isExplicit ? [0, top, left, 0] : [0, 0, 0, 0],
  };
}

function convolved(image: tf.Tensor4D, kernel: tf.Tensor4D, attributes: Depthwise): tf.Tensor4D {
  const { x, filter, options } = groupedOf(image, kernel, attributes);
  return convolve(x, filter, options);
}

correct(kernelName, (original) => (inputs, attributes) => {
  const options = attributes as Depthwise;
  const { x, filter } = inputs as { x: tf.Tensor4D; filter: tf.Tensor4D };
  return isDilated(options)
    ? tf.tidy(() => convolved(x, filter, options))
    : original(inputs, attributes);
});

correct('FusedDepthwiseConv2D', (original) => (inputs, attributes) => {
  if (!isDilated(attributes as Depthwise)) {
    return original(inputs, attributes);
  }
  const { x, filter, bias, preluActivationWeights } = inputs as Record<string, tf.Tensor4D>;
  const { activation, leakyreluAlpha } = attributes;
  return tf.tidy(() => {
    const product = convolved(x as tf.Tensor4D, filter as tf.Tensor4D, attributes as Depthwise);
    const sum = bias === undefined ? product : tf.add(product, bias);
    return backend.applyActivation(sum, activation, preluActivationWeights, leakyreluAlpha);
  });
});

const { gradFunc, ...gradient } = tf.getGradient(kernelName);
tf.unregisterGradient(kernelName);
tf.registerGradient({
  ...gradient,
  gradFunc: (dy, saved, attributes) => {
    const depthwise = attributes as unknown as Depthwise;
    if (!isDilated(depthwise)) {
      return gradFunc(dy, saved, attributes);
    }
    const [image, kernel] = saved as [tf.Tensor4D, tf.Tensor4D];
    const { begin, options, ...inputs } = groupedOf(image, kernel, depthwise);
    const { x, filter } = convolveGradients(dy as tf.Tensor, inputs, options);
    return {
      x: () => tf.slice(x(), begin, image.shape),
      filter: () => filter().reshape(kernel.shape),
    };
  },
});
