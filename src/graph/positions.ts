/** The positions of a vision transformer: a learned weight that is added to the patches of an image, one row for each. */
import type { Graph, GraphNode } from './graph.js';
import { bicubicWeights } from './resampling.js';

/** A weight [1, prefix + grid², channels]. */
export interface Positions {
  /** Its name. */
  weight: string;
  /** Rows of class and register tokens, which come first. */
  prefix: number;
  /** Patches of a row, and of a column, of the image. */
  grid: number;
}

/** The shapes of values, in the network's order of axes. */
export type Shapes = ReadonlyMap<string, readonly number[]>;

/** Operations between the patches and their positions, which keep each patch as it is. */
const passing = new Set([
  'Cast',
  'Concat',
  'Flatten',
  'LayerNormalization',
  'Reshape',
  'Transpose',
]);

/** The positions of the patches that a convolution makes, whose kernel is as large as its step; undefined if there are none. */
export function findPositions({ nodes, weights }: Graph, shapes: Shapes): Positions | undefined {
  const names = new Set(weights.map(({ name }) => name));
  const makers = new Map(nodes.flatMap((node) => node.outputs.map((value) => [value, node])));
  for (const { operation, inputs } of nodes) {
    const weight = inputs.find((name) => names.has(name));
    const tokens = inputs.find((name) => name !== weight);
    if (operation !== 'Add' || weight === undefined || tokens === undefined) {
      continue;
    }
    const [one, rows = 0, channels] = shapes.get(weight) ?? [];
    const [, ...own] = shapes.get(tokens) ?? [];
    const grid = gridOf(tokens, makers, shapes);
    if (one === 1 && grid !== undefined && String(own) === String([rows, channels])) {
      return { weight, prefix: rows - grid ** 2, grid };
    }
  }
  return undefined;
}

/** Patches of a row of the image, of which a value has the tokens. */
function gridOf(
  value: string,
  makers: ReadonlyMap<string, GraphNode>,
  shapes: Shapes,
): number | undefined {
  let node = makers.get(value);
  while (node !== undefined && passing.has(node.operation)) {
    // Other tokens come before those of the patches.
    const input = node.inputs.at(node.operation === 'Concat' ? -1 : 0) as string;
    node = makers.get(input);
  }
  if (node?.operation !== 'Conv') {
    return undefined;
  }
  const { inputs, outputs, attributes } = node;
  const { strides = [1, 1], pads = [], auto_pad: padding = 'NOTSET' } = attributes;
  const [, , ...kernel] = shapes.get(inputs[1] as string) ?? [];
  const [, , rows, columns] = shapes.get(outputs[0] as string) ?? [];
  const isTiling =
    String(strides) === String(kernel) &&
    ['NOTSET', 'VALID'].includes(padding as string) &&
    (pads as number[]).every((pad) => pad === 0);
  return isTiling && rows === columns ? rows : undefined;
}

/**
 * Positions for another number of patches, as timm resamples them: by Pillow's bicubic filter.
 * https://github.com/huggingface/pytorch-image-models/blob/main/timm/layers/pos_embed.py
 *
 * @param values of a weight [1, prefix + grid², channels]
 * @param shape [1, prefix + another grid², channels]
 */
export function resampled(
  values: Float32Array,
  [, count = 0, channels = 0]: readonly number[],
  prefix: number,
): Float32Array {
  const [from, to] = [values.length / channels, count].map((rows) => Math.sqrt(rows - prefix)) as [
    number,
    number,
  ];
  const sizes: Sizes = [to, from];
  const weights = bicubicWeights(from, to);
  const results = new Float32Array(count * channels);
  const start = prefix * channels;
  results.set(values.subarray(0, start));
  const rows = multiplied(weights, sizes, values.subarray(start));
  const [before, after] = [from * channels, to * channels];
  for (let row = 0; row < to; row++) {
    const own = rows.subarray(row * before, (row + 1) * before);
    results.set(multiplied(weights, sizes, own), start + row * after);
  }
  return results;
}

type Sizes = readonly [height: number, width: number];

/** The product of a matrix [height, width] with one of `width` rows. */
function multiplied(
  matrix: Float32Array,
  [height, width]: Sizes,
  values: Float32Array,
): Float32Array {
  const length = values.length / width;
  const product = new Float32Array(height * length);
  for (let row = 0; row < height; row++) {
    for (let i = 0; i < width; i++) {
      const weight = matrix[row * width + i] as number;
      for (let j = 0; j < length; j++) {
        (product[row * length + j] as number) += weight * (values[i * length + j] as number);
      }
    }
  }
  return product;
}
