/** Weights that packages carry give the features that torch and Keras compute with them, through every door. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { createModel, networkNames, weightsPackages } from '../../../src/model/index.js';
import { networkNamed } from '../../../src/model/networks/index.js';
import { downloadFault } from '../../../src/set-up.js';
import { tf } from '../../../src/tensorflow/index.js';

const { size, features } = JSON.parse(
  readFileSync(new URL('../../fixtures/packages-golden.json', import.meta.url), 'utf8'),
) as { size: number; features: Record<string, number[]> };

/** The image of test/fixtures/make_packages_golden.py, normalised. */
function picture({ mean, std, channels }: { mean: number[]; std: number[]; channels: string }) {
  const places = Array.from({ length: size * size * 3 }, (_, at) => at);
  const values = places.map((at) => {
    const [y, x, c] = [Math.floor(at / 3 / size), Math.floor(at / 3) % size, at % 3];
    const channel = channels === 'bgr' ? 2 - c : c;
    const level = (y * 7 + x * 3 + channel * 29 + ((y * x) % 31)) % 256;
    return (level - (mean[c] as number)) / (std[c] as number);
  });
  return tf.tensor4d(values, [1, size, size, 3]);
}

test('when a package has weights, then they are compared', () => {
  const [first, ...others] = weightsPackages.keys();
  // test/model/networks/lite0-parity.test.ts compares the first.
  assert.equal(first, networkNames[0]);
  assert.deepEqual(Object.keys(features).sort(), others.sort());
});

for (const [name, wanted] of Object.entries(features)) {
  const network = networkNames.find((each) => each === name) as (typeof networkNames)[number];
  const download = weightsPackages.get(name);
  const fault = download && downloadFault(download);
  const skip = fault === undefined ? false : `${fault}; npx bobbin models --fetch ${name}`;
  test(`when ${name} has the weights of its package or of the file, then its features are the library's`, {
    skip,
  }, async () => {
    for (const pretrained of [true, networkNamed(name).published?.file as string]) {
      const classes = ['a', 'b'];
      const options = { network, classes, pretrained, size, trainable: 'head', seed: 1 } as const;
      const { model, preprocessing } = await createModel(options);
      const pool = model.getLayer('pool').output as tf.SymbolicTensor;
      const trunk = tf.model({ inputs: model.inputs, outputs: pool });
      const output = (trunk.predict(picture(preprocessing)) as tf.Tensor).dataSync();
      const step = Math.floor(output.length / wanted.length);
      const largest = Math.max(...wanted);
      const differences = wanted.map((value, i) => Math.abs((output[i * step] as number) - value));
      assert.ok(Math.max(...differences) < 1e-4 * largest, `${Math.max(...differences)}`);
      model.dispose();
    }
  });
}
