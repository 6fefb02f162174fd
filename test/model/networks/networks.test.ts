/** The list of networks: the option, its errors and what every entry must hold. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createModel, modelOptions, networkNames } from '../../../src/model/index.js';
import { networkNamed } from '../../../src/model/networks/index.js';
import { checkSide } from '../../../src/model/networks/network.js';
import { checkPreprocessing } from '../../../src/pipeline/index.js';
import { tf } from '../../../src/tensorflow/index.js';

const options = { classes: ['a', 'b'], trainable: 'head', seed: 1 } as const;

test('when a network is in the list then the option offers it, and another name is refused with the list', async () => {
  assert.deepEqual(modelOptions.network.choices, networkNames);
  assert.ok(modelOptions.network.defaultHelp.startsWith(networkNames[0]));
  for (const network of ['vgg', 'toString']) {
    await assert.rejects(createModel({ ...options, network: network as never }), {
      message: `Expected one of ${networkNames.join(', ')}, or the path of a folder that import wrote (./FOLDER) for network but received "${network}"`,
    });
  }
});

for (const network of networkNames) {
  test(`when ${network} is built then its input, preprocessing and names of weights fit together`, async () => {
    const { size, preprocessing, build, namings = [] } = networkNamed(network);
    for (const side of [64, size]) {
      checkSide(side, { name: network, network: networkNamed(network) });
      assert.equal(preprocessing(side).crop, side);
      checkPreprocessing(preprocessing(side));
    }
    const { input, features } = await build(64);
    assert.deepEqual(input.shape, [null, 64, 64, 3]);
    const { layers } = tf.model({ inputs: input, outputs: features });
    for (const naming of namings) {
      const names = layers.flatMap(({ name: layer, weights }) =>
        weights.map(({ originalName, shape }, place) => {
          const name = originalName.slice(layer.length + 1);
          return naming({ layer, name, shape: shape as number[], place }).name;
        }),
      );
      assert.equal(new Set(names).size, names.length);
      assert.deepEqual(
        names.filter((name) => name.includes('undefined')),
        [],
      );
    }
  });
}
