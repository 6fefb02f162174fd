/** Networks of inverted-residual blocks: expand, convolve each channel by itself, project, add. */
import type { tf } from '../../tensorflow/index.js';
import { Builder, type ConvolutionOptions, imageInput, pooledFeatures } from './builder.js';
import type { Backbone } from './network.js';

/** `repeats` blocks, of which only the first strides. */
export interface Stage {
  repeats: number;
  kernel: number;
  stride: number;
  /** Channels of the depthwise convolution over channels of the block's input. */
  expand: number;
  channels: number;
}

/** The differences between such networks. */
export interface InvertedResiduals {
  stages: Stage[];
  /** A block's name, from its number. */
  blockName(block: number): string;
  /** Names of convolution, normalisation and ReLU6 of `stem`, `top` or a block's part: `block3_expand`. */
  layerNames(part: string): [convolution: string, normalization: string, activation: string];
  /** Whether a separate layer pads before a depthwise convolution that strides; the results are the same. */
  padsApart: boolean;
}

const stemChannels = 32;
const topChannels = 1280;

/**
 * A network up to its pooled features, [batch, size, size, 3] → [batch, 1280], randomly initialised.
 *
 * @param size side of the square input in pixels, a multiple of 32
 * @param seed of the initial kernels
 */
export function invertedResiduals(
  network: InvertedResiduals,
  size: number,
  seed: number,
): Backbone {
  const blocks = new Blocks(network, seed);
  const input = imageInput(size);
  let x = blocks.convolution(input, 'stem', { filters: stemChannels, kernel: 3, stride: 2 });
  let channels = stemChannels;
  let block = 0;
  for (const stage of network.stages) {
    for (let i = 0; i < stage.repeats; i++) {
      const stride = i === 0 ? stage.stride : 1;
      x = blocks.block(x, network.blockName(block++), channels, { ...stage, stride });
      channels = stage.channels;
    }
  }
  x = blocks.convolution(x, 'top', { filters: topChannels, kernel: 1 });
  return { input, features: pooledFeatures(x) };
}

class Blocks {
  private readonly build: Builder;

  constructor(
    private readonly network: InvertedResiduals,
    seed: number,
  ) {
    this.build = new Builder({ seed, epsilon: 1e-3 });
  }

  block(
    input: tf.SymbolicTensor,
    name: string,
    channels: number,
    { kernel, stride, expand, channels: filters }: Stage,
  ): tf.SymbolicTensor {
    let x = input;
    if (expand !== 1) {
      x = this.convolution(x, `${name}_expand`, { filters: channels * expand, kernel: 1 });
    }
    x = this.depthwise(x, name, kernel, stride);
    x = this.linear(x, `${name}_project`, { filters, kernel: 1 });
    if (stride !== 1 || channels !== filters) {
      return x;
    }
    return this.build.add([input, x], `${name}_add`);
  }

  convolution(
    input: tf.SymbolicTensor,
    part: string,
    options: ConvolutionOptions & { filters: number },
  ): tf.SymbolicTensor {
    const [, , activation] = this.network.layerNames(part);
    return this.build.rectify(this.linear(input, part, options), activation, 6);
  }

  private linear(
    input: tf.SymbolicTensor,
    part: string,
    options: ConvolutionOptions & { filters: number },
  ): tf.SymbolicTensor {
    const [convolution, normalization] = this.network.layerNames(part);
    return this.build.batchNormalize(
      this.build.convolution(input, convolution, options),
      normalization,
    );
  }

  private depthwise(
    input: tf.SymbolicTensor,
    block: string,
    kernel: number,
    stride: number,
  ): tf.SymbolicTensor {
    const [convolution, normalization, activation] = this.network.layerNames(`${block}_depthwise`);
    const apart = this.network.padsApart && stride > 1;
    // The padding of `same` where the side is even.
    const sides: [number, number] = [(kernel >> 1) - 1, kernel >> 1];
    const x = this.build.depthwise(
      apart ? this.build.pad(input, `${block}_pad`, sides) : input,
      convolution,
      { kernel, stride, padding: apart ? 'valid' : 'same' },
    );
    return this.build.rectify(this.build.batchNormalize(x, normalization), activation, 6);
  }
}
