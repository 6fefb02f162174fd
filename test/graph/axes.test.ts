/** Lazy orders of axes: the values are those of plain transpositions and reshapes, and little moves in memory. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inNetworkOrder, reshaped, transposed } from '../../src/graph/axes.js';
import { inOrder, ordered, shapeOf } from '../../src/graph/values.js';
import { tf } from '../../src/tensorflow/index.js';
import { fixtureNamed, imagesOf, modelOf } from './fixture.js';

/** How often the tensors of a function are transposed in memory. */
async function transpositions(compute: () => tf.Tensor): Promise<number> {
  const { kernels } = await tf.profile(compute);
  return kernels.filter(({ name }) => name === 'Transpose').length;
}

/** A chain of transpositions, by permutations, and reshapes. */
type Chain = (['transpose', number[]] | ['reshape', number[]])[];

const chains: Record<string, [shape: number[], chain: Chain, moves: number]> = {
  'an image becomes tokens': [
    [2, 4, 5, 3],
    [
      ['transpose', [0, 3, 1, 2]],
      ['reshape', [2, 3, 20]],
      ['transpose', [0, 2, 1]],
    ],
    0,
  ],
  'tokens become an image': [
    [2, 20, 3],
    [
      ['transpose', [0, 2, 1]],
      ['reshape', [2, 3, 4, 5]],
      ['transpose', [0, 2, 3, 1]],
    ],
    0,
  ],
  'pooled channels are flattened': [
    [2, 1, 1, 3],
    [
      ['transpose', [0, 3, 1, 2]],
      ['reshape', [2, 3]],
    ],
    0,
  ],
  'channels are split into groups and exchanged': [
    [2, 4, 5, 6],
    [
      ['transpose', [0, 3, 1, 2]],
      ['reshape', [2, 2, 3, 4, 5]],
      ['transpose', [0, 2, 1, 3, 4]],
      ['reshape', [2, 6, 4, 5]],
    ],
    1,
  ],
  'windows are cut out': [
    [2, 4, 6, 3],
    [
      ['reshape', [2, 2, 2, 2, 3, 3]],
      ['transpose', [0, 1, 3, 2, 4, 5]],
      ['reshape', [8, 6, 3]],
    ],
    1,
  ],
  'axes of size 1 come and go': [
    [3, 1, 4],
    [
      ['transpose', [2, 1, 0]],
      ['reshape', [4, 3]],
      ['reshape', [1, 4, 1, 3, 1]],
      ['transpose', [4, 3, 0, 1, 2]],
      ['transpose', [3, 1, 0, 2, 4]],
      ['reshape', [4, 3]],
      ['transpose', [1, 0]],
    ],
    0,
  ],
};

for (const [what, [shape, chain, moves]] of Object.entries(chains)) {
  test(`when ${what}, then memory moves ${moves} times and the elements are right`, async () => {
    const start = tf
      .range(
        0,
        shape.reduce((size, side) => size * side, 1),
      )
      .reshape(shape);
    const compute = () =>
      inNetworkOrder(
        chain.reduce(
          (value, [kind, list]) =>
            kind === 'transpose' ? transposed(value, list) : reshaped(value, list),
          ordered(start),
        ),
      );
    const wanted = chain.reduce<tf.Tensor>(
      (tensor, [kind, list]) =>
        kind === 'transpose' ? tensor.transpose(list) : tensor.reshape(list),
      start,
    );
    assert.deepEqual(await compute().array(), await wanted.array());
    assert.equal(await transpositions(compute), moves);
  });
}

test('when an axis is empty, then a reshape gives an empty value', () => {
  const value = reshaped(transposed(ordered(tf.zeros([0, 2, 3])), [2, 0, 1]), [0, 6]);
  assert.deepEqual(shapeOf(value), [0, 6]);
  assert.deepEqual(value.axes, inOrder(2));
});

test('when Pad surrounds an image as SAME does, then the convolution takes the image without it', async () => {
  const fixture = fixtureNamed('convolutional');
  const model = modelOf(fixture);
  const images = imagesOf(fixture);
  const { kernels } = await tf.profile(() => model.apply(images) as tf.Tensor);
  const last = kernels.filter(({ name }) => name === 'BobbinConv2D').at(-1);
  assert.deepEqual(last?.inputShapes[0], [4, 7, 8, 12]);
});

/** Four for the attention alone: queries, keys, values and its result. */
const most = { convolutional: 0, pools: 0, transformer: 4 };

for (const [name, count] of Object.entries(most)) {
  test(`when ${name} computes, then tensors are transposed ${count} times`, async () => {
    const fixture = fixtureNamed(name);
    const model = modelOf(fixture);
    const images = imagesOf(fixture);
    assert.equal(await transpositions(() => model.apply(images) as tf.Tensor), count);
  });
}
