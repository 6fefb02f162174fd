/** Which classes of Keras's layers Bobbin computes, and what each key of their configurations becomes. */
import type { Config } from './config.js';

/** A layer of tfjs-layers or of Bobbin's. */
export interface TopologyLayer {
  className: string;
  config: Config;
}

export interface Rule {
  /** Keys that tfjs's layer of the same class has, with the same meaning. */
  keys?: readonly string[];
  /** Keys that must have one of these values, or none. */
  only?: Readonly<Record<string, readonly unknown[]>>;
  /** Keys that mean nothing to the layer, or nothing where those in `only` are as they must be. */
  unused?: readonly string[];
  /** The layer that computes the same, from those keys; undefined where inputs pass unchanged. By default one of the same class. */
  becomes?: (config: Config) => TopologyLayer | undefined;
  /** Why it is left out, for the network's notes. */
  note?: string;
}

const layer = (className: string, config: Config = {}): TopologyLayer => ({ className, config });

const convolution = ['filters', 'kernel_size', 'strides', 'padding', 'use_bias'];
/** Keras 2 wrote what a dense convolution has for those of single channels, too. */
const ofDense = ['kernel_initializer'];
const pooling = ['pool_size', 'strides', 'padding'];
const affine = ['epsilon', 'center', 'scale'];
const undilated = [1, [1, 1]];
const lastAxis = [-1, 3, [-1], [3]];

/** Whole images, or whole channels, are dropped together. */
const dropped = (rate: unknown, noise_shape: (number | null)[]) =>
  layer('Dropout', { rate, noise_shape });

const passed = (note?: string): Rule => ({ becomes: () => undefined, ...(note && { note }) });

/** Such a layer takes any configuration: it does nothing in inference. */
const augments = passed("it changes images in training, for which Bobbin's augmentation is");

/** By class name. tfjs's classes that are not here are for other data than images, or compute otherwise than Keras's. */
export const rules: Readonly<Record<string, Rule>> = {
  Activation: { keys: ['activation'] },
  ActivityRegularization: passed(),
  Add: {},
  AlphaDropout: { keys: ['rate', 'noise_shape'] },
  Average: {},
  AveragePooling2D: { keys: pooling },
  BatchNormalization: {
    keys: ['axis', 'momentum', ...affine],
    only: { synchronized: [false], renorm: [false] },
    unused: ['renorm_momentum', 'renorm_clipping'],
  },
  Concatenate: { keys: ['axis'] },
  Conv2D: { keys: [...convolution, 'dilation_rate', 'groups'] },
  Conv2DTranspose: { keys: convolution, only: { dilation_rate: undilated, groups: [1] } },
  Cropping2D: { keys: ['cropping'] },
  Dense: { keys: ['units', 'use_bias'] },
  DepthwiseConv2D: {
    keys: ['kernel_size', 'strides', 'padding', 'use_bias', 'depth_multiplier', 'dilation_rate'],
    only: { groups: [1] },
    unused: ofDense,
  },
  Dropout: { keys: ['rate', 'noise_shape'] },
  ELU: { only: { alpha: [1] }, becomes: () => layer('ELU') },
  Flatten: {},
  GaussianDropout: { keys: ['rate'] },
  GaussianNoise: { keys: ['stddev'] },
  GlobalAveragePooling2D: { keys: ['keepdims'] },
  GlobalMaxPooling2D: { keys: ['keepdims'] },
  GroupNormalization: { keys: ['groups', ...affine], only: { axis: lastAxis } },
  Identity: passed(),
  LayerNormalization: { keys: ['axis', ...affine], only: { rms_scaling: [false] } },
  LayerScale: { keys: ['init_values', 'projection_dim'] },
  LeakyReLU: {
    keys: ['alpha', 'negative_slope'],
    // Keras 2 called the slope `alpha`, as tfjs does.
    becomes: ({ alpha, negative_slope = alpha }) => layer('LeakyReLU', { alpha: negative_slope }),
  },
  Maximum: {},
  MaxPooling2D: { keys: pooling },
  Minimum: {},
  Multiply: {},
  Normalization: { keys: ['axis', 'mean', 'variance', 'invert'] },
  Permute: { keys: ['dims'] },
  PReLU: { keys: ['shared_axes'] },
  RandomBrightness: augments,
  RandomColorDegeneration: augments,
  RandomColorJitter: augments,
  RandomContrast: augments,
  RandomErasing: augments,
  RandomFlip: augments,
  RandomGaussianBlur: augments,
  RandomGrayscale: augments,
  RandomHue: augments,
  RandomPerspective: augments,
  RandomRotation: augments,
  RandomSaturation: augments,
  RandomSharpness: augments,
  RandomShear: augments,
  RandomTranslation: augments,
  RandomZoom: augments,
  ReLU: { keys: ['max_value'], only: { negative_slope: [0], threshold: [0] } },
  Rescaling: { keys: ['scale', 'offset'] },
  Reshape: { keys: ['target_shape'] },
  SeparableConv2D: {
    keys: [...convolution, 'depth_multiplier'],
    only: { groups: [1], dilation_rate: undilated },
    unused: ofDense,
  },
  // tfjs computes along the last axis alone, and has another default.
  Softmax: { only: { axis: [-1, [-1]] }, becomes: () => layer('Softmax', { axis: -1 }) },
  SpatialDropout2D: { keys: ['rate'], becomes: ({ rate }) => dropped(rate, [null, 1, 1, null]) },
  StochasticDepth: {
    keys: ['drop_path_rate'],
    becomes: ({ drop_path_rate: rate }) => dropped(rate, [null, 1, 1, 1]),
  },
  Subtract: {},
  ThresholdedReLU: { keys: ['theta'] },
  UpSampling2D: { keys: ['size'], only: { interpolation: ['nearest'] } },
  ZeroPadding2D: { keys: ['padding'] },
};
