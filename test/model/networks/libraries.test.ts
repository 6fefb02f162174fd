/** Compares every network with those of Keras, torchvision and timm, with weights computed on both sides under the library's names. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { networkNames } from '../../../src/model/index.js';
import { networkNamed } from '../../../src/model/networks/index.js';
import { assignWeights } from '../../../src/model/weights/assign.js';
import type { NamedTensors } from '../../../src/model/weights/index.js';
import {
  layerNamings,
  type Naming,
  type StoredWeight,
} from '../../../src/model/weights/namings.js';
import { tf } from '../../../src/tensorflow/index.js';

interface Golden {
  /** SHA-256 of the names and shapes of all weights. */
  names: string;
  logits: number[];
  features: number[];
}

const { size, classes, networks } = JSON.parse(
  readFileSync(new URL('../../fixtures/networks-golden.json', import.meta.url), 'utf8'),
) as { size: number; classes: number; networks: Record<string, Record<string, Golden>> };

// The functions below are those of test/fixtures/make_networks_golden.py.

function computed(name: string, shape: number[]): Float32Array {
  let start = 0x811c9dc5;
  for (const byte of Buffer.from(name)) {
    start = Math.imul(start ^ byte, 0x01000193);
  }
  const [height = 1, width = 1, inputs = 1, outputs] = shape;
  const summed = name.includes('/')
    ? height * width * (outputs === 1 ? 1 : inputs)
    : tf.util.sizeFromShape(shape.slice(1));
  const isScale = /(gamma|moving_variance|running_var|weight)$/.test(name);
  const [middle, range] = shape.length > 1 ? [0, Math.sqrt(24 / summed)] : [isScale ? 1 : 0, 0.4];
  const values = new Float32Array(tf.util.sizeFromShape(shape));
  for (let i = 0; i < values.length; i++) {
    let x = (Math.imul(i, 0x9e3779b1) + start) | 0;
    x = Math.imul(x ^ (x >>> 16), 0x85ebca6b);
    x = Math.imul(x ^ (x >>> 13), 0xc2b2ae35);
    values[i] = middle + range * (((x ^ (x >>> 16)) >>> 0) / 2 ** 32 - 0.5);
  }
  return values;
}

function picture(): tf.Tensor4D {
  const pixel = (y: number, x: number, c: number) =>
    (y * 7 + x * 3 + c * 29 + ((y * x) % 31)) % 256;
  const places = Array.from({ length: size * size * 3 }, (_, at) => at);
  const values = places.map(
    (at) => pixel(Math.floor(at / 3 / size), Math.floor(at / 3) % size, at % 3) / 127.5 - 1,
  );
  return tf.tensor4d(values, [1, size, size, 3]);
}

/** The weights of a trunk as a file in that naming has them. */
const storedIn = (trunk: tf.LayersModel, naming: Naming): StoredWeight[] =>
  trunk.layers.flatMap(({ name: layer, weights }) =>
    weights.map(({ originalName, shape }, place) =>
      naming({
        layer,
        name: originalName.slice(layer.length + 1),
        shape: shape as number[],
        place,
      }),
    ),
  );

const digestOf = (weights: StoredWeight[]): string => {
  const lines = weights.map(({ name, shape }) => `${name} ${shape}`).sort();
  return createHash('sha256').update(lines.join('\n')).digest('hex');
};

/** The largest difference over the largest number. */
function distance(numbers: ArrayLike<number>, wanted: number[]): number {
  const differences = wanted.map((value, i) => Math.abs(value - (numbers[i] as number)));
  return Math.max(...differences) / Math.max(...wanted.map(Math.abs));
}

test('when a network is in the list, then it is compared', () => {
  assert.deepEqual(Object.keys(networks), networkNames);
});

for (const network of networkNames) {
  for (const [source, golden] of Object.entries(networks[network] ?? {})) {
    test(`when ${network} has weights under the names of ${source}, then it has its features and logits`, async () => {
      const { build, namings = [] } = networkNamed(network);
      const { input, features: pooled } = await build(size);
      const trunk = tf.model({ inputs: input, outputs: pooled });
      const stored = [...namings, ...layerNamings]
        .map((naming) => storedIn(trunk, naming))
        .find((weights) => digestOf(weights) === golden.names);
      assert.ok(stored, 'a naming of the network has the names and shapes of the library');
      const tensors: NamedTensors = new Map(
        stored.map(({ name, shape }) => [name, { shape, values: computed(name, shape) }]),
      );
      assignWeights(trunk, tensors, { file: source, namings, except: [] });
      const features = trunk.predict(picture()) as tf.Tensor2D;
      const count = features.shape[1];
      const head = tf.tensor2d(computed('logits.weight', [classes, count]), [classes, count]);
      const logits = features
        .matMul(head.transpose())
        .add(tf.tensor1d(computed('logits.bias', [classes])));
      const step = Math.floor(count / golden.features.length);
      const shown = features.dataSync().filter((_, i) => i % step === 0);
      // float32 through up to a hundred convolutions, summed in another order.
      assert.ok(distance(shown, golden.features) < 2e-5);
      assert.ok(distance(logits.dataSync(), golden.logits) < 1e-4);
      trunk.dispose();
    });
  }
}
