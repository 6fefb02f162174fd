/** Layer-wise learning rates: their groups against timm's, and how far plain SGD moves the weights. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { createModel } from '../../../src/model/index.js';
import { resolveOptions } from '../../../src/options.js';
import { tf } from '../../../src/tensorflow/index.js';
import { checkedValues, trainOptions } from '../../../src/training/index.js';
import { Updater } from '../../../src/training/optimizer/index.js';
import { layerGroups } from '../../../src/training/optimizer/layer-decay.js';
import { trainableVariables } from '../../../src/training/run/network.js';

/** Networks of timm: how many groups each weight is away from the head. Of test/training/fixtures/make_layer_groups.py. */
const golden = JSON.parse(
  readFileSync(new URL('../fixtures/layer-groups.json', import.meta.url), 'utf8'),
) as Record<string, Record<string, number>>;

const distancesOf = (names: string[]): number[] => {
  const groups = layerGroups(names);
  return groups.map((group) => Math.max(...groups) - group);
};

for (const [network, weights] of Object.entries(golden)) {
  test(`when ${network} has timm's names, then its groups are timm's`, () => {
    const names = Object.keys(weights);
    const distances = distancesOf(names).map((distance, i) => [names[i], distance]);
    assert.deepEqual(Object.fromEntries(distances), weights);
  });
}

test("when a network is Bobbin's own, then the stem is as many groups from the head as there are blocks and one", async () => {
  for (const [network, blocks] of [
    ['efficientnet-lite0', 16],
    ['resnet18', 8],
  ] as const) {
    const { model } = await createModel({
      ...{ network, classes: ['a', 'b'], pretrained: false, size: 32 },
      ...{ trainable: 'all', seed: 1 },
    });
    const distances = distancesOf(trainableVariables(model).map(({ name }) => name));
    assert.deepEqual([distances[0], distances.at(-1)], [blocks + 1, 0], network);
    assert.equal(new Set(distances).size, blocks + 2, network);
    model.dispose();
  }
});

test('when rates decay by layers, then plain SGD moves weights in that ratio, and decoupled decay shrinks them so', () => {
  const names = ['stem_conv/kernel', 'block0_conv/kernel', 'block1_conv/kernel', 'logits/kernel'];
  const factors = [0.125, 0.25, 0.5, 1];
  const moved = (options: object, gradient: number) => {
    const weights = names.map((name) => ({ name, variable: tf.variable(tf.ones([2, 2])) }));
    const updater = new Updater(
      weights,
      resolveOptions(trainOptions, { momentum: 0, layerDecay: 0.5, ...options }),
    );
    const gradients = weights.map(({ variable }) => [variable.name, tf.fill([2, 2], gradient)]);
    updater.take(Object.fromEntries(gradients), 1, tf.scalar(0.5));
    updater.step(tf.scalar(0.5));
    return weights.map(({ variable }) => 1 - (variable.dataSync()[0] as number));
  };
  const byGradient = { weightDecay: 0, averageDecay: 0.5 };
  assert.deepEqual(
    moved(byGradient, 0.5),
    factors.map((factor) => 0.25 * factor),
  );
  // The norm of all gradients is 2, that of a clipped one 1.
  assert.deepEqual(
    moved({ ...byGradient, clipNorm: 1, accumulate: 2 }, 0.5),
    factors.map((factor) => 0.125 * factor),
  );
  assert.deepEqual(
    moved({ weightDecay: 0.5, decoupledDecay: true }, 0),
    factors.map((factor) => 0.25 * factor),
  );
});

test('when only the head is trained, then rates of other layers are refused', () => {
  assert.throws(() => checkedValues({ trainable: 'head', layerDecay: 0.5 }), {
    name: 'InvalidInputError',
    message:
      'layerDecay 0.5 cannot be combined with trainable head. It is an option of trainable all and biases-and-norms and lora: leave it out',
  });
});
