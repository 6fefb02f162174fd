/** Networks of inverted-residual blocks: expand, convolve each channel by itself, perhaps squeeze and excite, project, add. */
import { tf } from '../../tensorflow/index.js';
import {
  type Activation,
  Builder,
  type BuilderOptions,
  type ConvolutionOptions,
  imageInput,
  pooledFeatures,
} from './builder.js';
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
export interface InvertedResiduals extends Omit<BuilderOptions, 'seed'> {
  stages: readonly Stage[];
  activation: Activation;
  /** Whether each block weighs its channels by their means (https://arxiv.org/abs/1709.01507). */
  squeezes: boolean;
  /** Names of convolution, normalisation and activation at a place; of a block's two squeezing convolutions, the first counts. */
  layerNames(place: Place): [convolution: string, normalization: string, activation: string];
}

/** Where a convolution stands in the network. */
export interface Place {
  part: 'stem' | 'expand' | 'depthwise' | 'squeeze' | 'excite' | 'project' | 'top';
  /** Of all blocks, from 0; 0 for stem and top. */
  block: number;
  /** Of the stage, and of the block in it, from 0. */
  stage: number;
  repeat: number;
}

const stem: Place = { part: 'stem', block: 0, stage: 0, repeat: 0 };
const top: Place = { ...stem, part: 'top' };

const stemChannels = 32;
const topChannels = 1280;
/** Channels of a squeeze over channels of the block's input, in EfficientNet. */
const squeezeShare = 0.25;

/** Stages with `width` times the channels, rounded to multiples of 8 but to no less than nine tenths. */
export const widened = (stages: readonly Stage[], width: number): Stage[] =>
  stages.map((stage) => {
    const wanted = stage.channels * width;
    const rounded = Math.max(8, Math.floor((wanted + 4) / 8) * 8);
    return { ...stage, channels: rounded < 0.9 * wanted ? rounded + 8 : rounded };
  });

/** A block with its place and the channels of its input. */
interface Block extends Stage {
  place: Omit<Place, 'part'>;
  inputs: number;
}

function blocksOf(stages: readonly Stage[]): Block[] {
  const blocks: Block[] = [];
  for (const [stage, { repeats, stride, ...rest }] of stages.entries()) {
    for (let repeat = 0; repeat < repeats; repeat++) {
      const place = { block: blocks.length, stage, repeat };
      const inputs = blocks.at(-1)?.channels ?? stemChannels;
      blocks.push({ ...rest, repeats, stride: repeat === 0 ? stride : 1, place, inputs });
    }
  }
  return blocks;
}

/** A convolution or normalisation at a place. */
export interface Module extends Place {
  normalizes: boolean;
  /** Whether its block begins with a convolution that expands. */
  expands: boolean;
}

/** The layers with weights, by their names. */
export function modulesOf({ stages, layerNames }: InvertedResiduals): Map<string, Module> {
  const inBlocks = blocksOf(stages).flatMap(({ place, expand }) =>
    blockParts.map((part) => ({ ...place, part, expands: expand > 1 })),
  );
  const modules = new Map<string, Module>();
  for (const place of [{ ...stem, expands: true }, { ...top, expands: true }, ...inBlocks]) {
    const [convolution, normalization] = layerNames(place);
    modules.set(convolution, { ...place, normalizes: false });
    modules.set(normalization, { ...place, normalizes: true });
  }
  return modules;
}

const blockParts = ['expand', 'depthwise', 'squeeze', 'excite', 'project'] as const;

/**
 * A network up to its pooled features, [batch, size, size, 3] → [batch, 1280].
 *
 * @param size side of the square input in pixels
 * @param seed of the initial kernels; without it they are zeros
 */
export function invertedResiduals(
  network: InvertedResiduals,
  size: number,
  seed: number | undefined,
): Backbone {
  const parts = new Parts(network, seed);
  const input = imageInput(size);
  let x = parts.convolution(input, stem, { filters: stemChannels, kernel: 3, stride: 2 });
  for (const block of blocksOf(network.stages)) {
    x = parts.block(x, block);
  }
  x = parts.convolution(x, top, { filters: topChannels, kernel: 1 });
  return { input, features: pooledFeatures(x) };
}

class Parts {
  private readonly build: Builder;

  constructor(
    private readonly network: InvertedResiduals,
    seed: number | undefined,
  ) {
    this.build = new Builder({ ...network, seed });
  }

  block(input: tf.SymbolicTensor, block: Block): tf.SymbolicTensor {
    const { kernel, stride, expand, channels, inputs, place } = block;
    let x = input;
    if (expand > 1) {
      const filters = inputs * expand;
      x = this.convolution(x, { ...place, part: 'expand' }, { filters, kernel: 1 });
    }
    x = this.depthwise(x, { ...place, part: 'depthwise' }, { kernel, stride });
    if (this.network.squeezes) {
      x = this.excite(x, block);
    }
    x = this.linear(x, { ...place, part: 'project' }, { filters: channels, kernel: 1 });
    return stride === 1 && inputs === channels
      ? this.build.add([input, x], `${this.prefix(block)}_add`)
      : x;
  }

  convolution(
    input: tf.SymbolicTensor,
    place: Place,
    options: ConvolutionOptions & { filters: number },
  ): tf.SymbolicTensor {
    const [, , activation] = this.network.layerNames(place);
    return this.build.activate(
      this.linear(input, place, options),
      activation,
      this.network.activation,
    );
  }

  private linear(
    input: tf.SymbolicTensor,
    place: Place,
    options: ConvolutionOptions & { filters: number },
  ): tf.SymbolicTensor {
    const [convolution, normalization] = this.network.layerNames(place);
    const x = this.build.convolution(input, convolution, options);
    return this.build.batchNormalize(x, normalization);
  }

  private depthwise(
    input: tf.SymbolicTensor,
    place: Place,
    options: ConvolutionOptions,
  ): tf.SymbolicTensor {
    const [convolution, normalization, activation] = this.network.layerNames(place);
    const x = this.build.depthwise(input, convolution, options);
    return this.build.activate(
      this.build.batchNormalize(x, normalization),
      activation,
      this.network.activation,
    );
  }

  private excite(input: tf.SymbolicTensor, block: Block): tf.SymbolicTensor {
    const channels = input.shape[3] as number;
    const weigh = (x: tf.SymbolicTensor, part: Place['part'], filters: number) => {
      const [name, , activation] = this.network.layerNames({ ...block.place, part });
      const options = { filters, kernel: 1, useBias: true };
      const gate = part === 'excite' ? 'sigmoid' : this.network.activation;
      return this.build.activate(this.build.convolution(x, name, options), activation, gate);
    };
    const name = `${this.prefix(block)}_se`;
    const pooled = tf.layers.globalAveragePooling2d({ name: `${name}_squeeze` }).apply(input);
    const wide = tf.layers.reshape({ name: `${name}_reshape`, targetShape: [1, 1, channels] });
    const narrow = Math.max(1, Math.floor(block.inputs * squeezeShare));
    const squeezed = weigh(wide.apply(pooled) as tf.SymbolicTensor, 'squeeze', narrow);
    const weights = weigh(squeezed, 'excite', channels);
    const product = tf.layers.multiply({ name: `${name}_excite` });
    return product.apply([input, weights]) as tf.SymbolicTensor;
  }

  /** What the names of a block's layers begin with. */
  private prefix({ place }: Block): string {
    const [convolution] = this.network.layerNames({ ...place, part: 'project' });
    return convolution.replace(/_project.*$/, '');
  }
}
