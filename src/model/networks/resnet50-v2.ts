/** ResNet50V2 as Keras's `applications.ResNet50V2` has it, layer for layer. */
import { tf } from '../../tensorflow/index.js';
import { Builder, imageInput, pooledFeatures } from './builder.js';
import { type Backbone, imageNetCrop, type Network, signedPixels } from './network.js';

/** Pre-activated blocks of https://arxiv.org/abs/1603.05027; a stage strides in its last block. */
const stages = [
  { name: 'conv2', filters: 64, blocks: 3, stride: 2 },
  { name: 'conv3', filters: 128, blocks: 4, stride: 2 },
  { name: 'conv4', filters: 256, blocks: 6, stride: 2 },
  { name: 'conv5', filters: 512, blocks: 3, stride: 1 },
];

/** One block: its 3×3 convolution has `filters` channels, its output four times as many. */
interface Block {
  filters: number;
  stride: number;
  /** Whether the shortcut is a convolution, as where the number of channels grows. */
  projects: boolean;
}

/** Layers have Keras's names: `conv1_conv`, `conv2_block1_preact_bn`, … */
export const resNet50V2: Network = {
  size: 224,
  dropout: 0,
  preprocessing: (size) => imageNetCrop(size, signedPixels),
  build,
};

function build(size: number, seed: number): Backbone {
  const build = new Builder({ seed, epsilon: 1.001e-5 });
  const input = imageInput(size);
  let x = build.pad(input, 'conv1_pad', [3, 3]);
  x = build.convolution(x, 'conv1_conv', {
    ...valid,
    filters: 64,
    kernel: 7,
    stride: 2,
    ...biased,
  });
  x = maxPool(build.pad(x, 'pool1_pad', [1, 1]), 'pool1_pool', 3);
  for (const { name, filters, blocks, stride } of stages) {
    for (let i = 1; i <= blocks; i++) {
      const block = { filters, stride: i === blocks ? stride : 1, projects: i === 1 };
      x = residual(build, x, `${name}_block${i}`, block);
    }
  }
  x = build.rectify(build.batchNormalize(x, 'post_bn'), 'post_relu');
  return { input, features: pooledFeatures(x) };
}

const valid = { padding: 'valid' } as const;
const biased = { useBias: true };

function residual(
  build: Builder,
  input: tf.SymbolicTensor,
  name: string,
  { filters, stride, projects }: Block,
): tf.SymbolicTensor {
  const out = { filters: 4 * filters, kernel: 1, ...valid, ...biased };
  const activate = (x: tf.SymbolicTensor, part: string) =>
    build.rectify(build.batchNormalize(x, `${name}_${part}_bn`), `${name}_${part}_relu`);
  const before = activate(input, 'preact');
  const shortcut = projects
    ? build.convolution(before, `${name}_0_conv`, { ...out, stride })
    : stride > 1
      ? maxPool(input, `${name}_0_pool`, 1)
      : input;
  let x = build.convolution(before, `${name}_1_conv`, { filters, kernel: 1, ...valid });
  x = build.pad(activate(x, '1'), `${name}_2_pad`, [1, 1]);
  x = build.convolution(x, `${name}_2_conv`, { filters, kernel: 3, stride, ...valid });
  x = build.convolution(activate(x, '2'), `${name}_3_conv`, out);
  return build.add([shortcut, x], `${name}_out`);
}

/** Every second pixel, of windows of `poolSize`. */
const maxPool = (input: tf.SymbolicTensor, name: string, poolSize: number): tf.SymbolicTensor =>
  tf.layers.maxPooling2d({ name, poolSize, strides: 2 }).apply(input) as tf.SymbolicTensor;
