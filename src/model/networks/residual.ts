/** Networks of residual blocks: v1 rectifies the sum (https://arxiv.org/abs/1512.03385), v2 what enters a block. */
import { tf } from '../../tensorflow/index.js';
import { Builder, type BuilderOptions, imageInput, pooledFeatures } from './builder.js';
import type { Backbone } from './network.js';

/** The differences between such networks. */
export interface Residuals extends Pick<BuilderOptions, 'epsilon'> {
  /** Blocks of each stage; the convolutions in their middle have 64, 128, 256 and 512 channels. */
  blocks: readonly number[];
  /** The sides of a block's kernels. Three are a bottleneck, whose output has four times the channels. */
  kernels: readonly [3, 3] | readonly [1, 3, 1];
  /** Whether blocks are those of v2 (https://arxiv.org/abs/1603.05027), which normalise and rectify first. */
  preactivated: boolean;
  /** Which of a block's convolutions strides, from 1. */
  strides: 1 | 2;
  /** The block of a stage that strides: the first from the second stage on, or the last until the last stage but one. */
  stridingBlock: 'first' | 'last';
  /** Whether a convolution without a normalisation behind it has a bias, or each one has, or none. */
  biases: 'unnormalized' | 'all' | 'none';
  /** What the first pooling takes for pixels beyond the edge: they count as zeros, or not at all. */
  poolEdge: 'zeros' | 'none';
}

const stageChannels = [64, 128, 256, 512];

/**
 * A network up to its pooled features, [batch, size, size, 3] → [batch, channels]. Layers have Keras's names: `conv1_conv`,
 * `conv2_block1_1_bn`, …
 *
 * @param size side of the square input in pixels
 * @param seed of the initial kernels; without it they are zeros
 */
export function residuals(network: Residuals, size: number, seed: number | undefined): Backbone {
  const parts = new Parts(network, seed);
  const input = imageInput(size);
  let x = parts.stem(input);
  for (const [stage, blocks] of network.blocks.entries()) {
    const { stridingBlock } = network;
    const strides = stridingBlock === 'first' ? stage > 0 : stage < network.blocks.length - 1;
    const striding = stridingBlock === 'first' ? 1 : blocks;
    for (let block = 1; block <= blocks; block++) {
      x = parts.block(x, {
        name: `conv${stage + 2}_block${block}`,
        filters: stageChannels[stage] as number,
        stride: strides && block === striding ? 2 : 1,
        isFirst: block === 1,
      });
    }
  }
  return { input, features: pooledFeatures(parts.end(x)) };
}

interface Block {
  name: string;
  /** Channels of the convolution in the middle. */
  filters: number;
  stride: number;
  /** Of its stage. */
  isFirst: boolean;
}

class Parts {
  private readonly build: Builder;

  constructor(
    private readonly network: Residuals,
    seed: number | undefined,
  ) {
    this.build = new Builder({ epsilon: network.epsilon, zeros: 'symmetric', seed });
  }

  stem(input: tf.SymbolicTensor): tf.SymbolicTensor {
    const { preactivated } = this.network;
    const options = { filters: 64, kernel: 7, stride: 2, useBias: this.hasBias(!preactivated) };
    const x = this.build.convolution(input, 'conv1_conv', options);
    return this.pool(preactivated ? x : this.activate(x, 'conv1'));
  }

  block(input: tf.SymbolicTensor, block: Block): tf.SymbolicTensor {
    return this.network.preactivated ? this.v2(input, block) : this.v1(input, block);
  }

  end(x: tf.SymbolicTensor): tf.SymbolicTensor {
    return this.network.preactivated ? this.activate(x, 'post') : x;
  }

  private v1(input: tf.SymbolicTensor, block: Block): tf.SymbolicTensor {
    const { name } = block;
    const count = this.network.kernels.length;
    const projects = block.isFirst && input.shape[3] !== this.outputs(block);
    const shortcut = projects
      ? this.build.batchNormalize(this.projection(input, block), `${name}_0_bn`)
      : input;
    let x = input;
    for (let i = 1; i < count; i++) {
      x = this.activate(this.convolution(x, block, i), `${name}_${i}`);
    }
    x = this.build.batchNormalize(this.convolution(x, block, count), `${name}_${count}_bn`);
    return this.build.activate(this.build.add([shortcut, x], `${name}_add`), `${name}_out`, 'relu');
  }

  private v2(input: tf.SymbolicTensor, block: Block): tf.SymbolicTensor {
    const { name, stride, isFirst } = block;
    const before = this.activate(input, `${name}_preact`);
    const shortcut = isFirst
      ? this.projection(before, block)
      : stride > 1
        ? maxPool(input, `${name}_0_pool`, { side: 1, stride })
        : input;
    const count = this.network.kernels.length;
    let x = before;
    for (let i = 1; i < count; i++) {
      x = this.activate(this.convolution(x, block, i), `${name}_${i}`);
    }
    return this.build.add([shortcut, this.convolution(x, block, count)], `${name}_out`);
  }

  /** The convolution of that number, from 1, of a block. */
  private convolution(input: tf.SymbolicTensor, block: Block, number: number): tf.SymbolicTensor {
    const { kernels, strides, preactivated } = this.network;
    const isLast = number === kernels.length;
    return this.build.convolution(input, `${block.name}_${number}_conv`, {
      filters: isLast ? this.outputs(block) : block.filters,
      kernel: kernels[number - 1] as number,
      stride: number === strides ? block.stride : 1,
      useBias: this.hasBias(!(preactivated && isLast)),
    });
  }

  private projection(input: tf.SymbolicTensor, block: Block): tf.SymbolicTensor {
    return this.build.convolution(input, `${block.name}_0_conv`, {
      filters: this.outputs(block),
      kernel: 1,
      stride: block.stride,
      useBias: this.hasBias(!this.network.preactivated),
    });
  }

  private outputs({ filters }: Block): number {
    return this.network.kernels.length === 3 ? 4 * filters : filters;
  }

  private hasBias(isNormalized: boolean): boolean {
    const { biases } = this.network;
    return biases === 'all' || (biases === 'unnormalized' && !isNormalized);
  }

  private activate(x: tf.SymbolicTensor, name: string): tf.SymbolicTensor {
    return this.build.activate(this.build.batchNormalize(x, `${name}_bn`), `${name}_relu`, 'relu');
  }

  private pool(x: tf.SymbolicTensor): tf.SymbolicTensor {
    const name = 'pool1_pool';
    if (this.network.poolEdge === 'zeros') {
      return maxPool(this.build.pad(x, 'pool1_pad', 1), name, { side: 3, stride: 2 });
    }
    // The largest around each pixel, then every second one: tfjs's layers cannot pad with less than zero.
    const largest = tf.layers.maxPooling2d({
      name: 'pool1_around',
      poolSize: 3,
      strides: 1,
      padding: 'same',
    });
    return maxPool(largest.apply(x) as tf.SymbolicTensor, name, { side: 1, stride: 2 });
  }
}

const maxPool = (
  input: tf.SymbolicTensor,
  name: string,
  { side, stride }: { side: number; stride: number },
): tf.SymbolicTensor =>
  tf.layers
    .maxPooling2d({ name, poolSize: side, strides: stride })
    .apply(input) as tf.SymbolicTensor;
