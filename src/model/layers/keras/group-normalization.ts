/** Normalises groups of channels by their mean and variance (https://arxiv.org/abs/1803.08494). tfjs-layers has no such layer. */
import { expected } from '../../../errors.js';
import { tf } from '../../../tensorflow/index.js';

interface GroupNormalizationArguments {
  name?: string;
  /** By default 32; −1 is one for each channel, which is instance normalisation. */
  groups?: number;
  /** By default 1e-3. */
  epsilon?: number;
  /** Whether there is an offset, `beta`. By default true. */
  center?: boolean;
  /** Whether there is a factor, `gamma`. By default true. */
  scale?: boolean;
}

/**
 * Keras's layer, under its name and configuration, over the last axis
 * (https://keras.io/api/layers/normalization_layers/group_normalization/).
 */
export class GroupNormalization extends tf.layers.Layer {
  static className = 'GroupNormalization';
  readonly needsBobbin = true;
  private readonly args: Required<Omit<GroupNormalizationArguments, 'name'>>;
  private gamma?: tf.LayerVariable;
  private beta?: tf.LayerVariable;

  constructor(args: GroupNormalizationArguments) {
    super(args as never);
    const { groups = 32, epsilon = 1e-3, center = true, scale = true } = args;
    this.args = { groups, epsilon, center, scale };
  }

  override build(shape: tf.Shape | tf.Shape[]): void {
    const channels = shape.at(-1) as number;
    const { groups, scale, center } = this.args;
    if (groups !== -1 && !(groups > 0 && channels % groups === 0)) {
      const what = `a divisor of ${channels}, the channels,`;
      throw expected(what, `groups of ${this.name}`, groups);
    }
    if (scale) {
      this.gamma = this.addWeight('gamma', [channels], 'float32', tf.initializers.ones());
    }
    if (center) {
      this.beta = this.addWeight('beta', [channels], 'float32', tf.initializers.zeros());
    }
    super.build(shape);
  }

  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    const input = Array.isArray(inputs) ? (inputs[0] as tf.Tensor) : inputs;
    return tf.tidy(() => {
      const channels = input.shape.at(-1) as number;
      const groups = this.args.groups === -1 ? channels : this.args.groups;
      const batch = input.shape[0] as number;
      const grouped = input.reshape([batch, -1, groups, channels / groups]);
      const { mean, variance } = tf.moments(grouped, [1, 3], true);
      const normal = grouped.sub(mean).mul(tf.rsqrt(variance.add(this.args.epsilon)));
      const scaled = this.gamma
        ? normal.reshape(input.shape).mul(this.gamma.read())
        : normal.reshape(input.shape);
      return this.beta ? scaled.add(this.beta.read()) : scaled;
    });
  }

  override computeOutputShape(shape: tf.Shape): tf.Shape {
    return shape;
  }

  override getConfig() {
    return { ...super.getConfig(), ...this.args } as never;
  }
}

tf.serialization.registerClass(GroupNormalization);
