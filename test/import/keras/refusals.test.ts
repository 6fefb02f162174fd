/** What files of Keras may not contain: code, layers that Bobbin lacks, damage. */
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { kerasArchive } from '../../../src/import/keras/keras.js';
import { networkOf } from '../../../src/import/keras/network.js';
import { fixture, imported } from './imported.js';

type Layer = { name: string; class_name: string; config: object; inbound_nodes: unknown[] };

const input: Layer = {
  name: 'image',
  class_name: 'InputLayer',
  config: { batch_input_shape: [null, 8, 8, 3] },
  inbound_nodes: [],
};

const after = (
  name: string,
  class_name: string,
  config = {},
  from: unknown = ['image', 0, 0, {}],
) => ({
  name,
  class_name,
  config: { name, trainable: true, ...config },
  inbound_nodes: [[from]],
});

/** A model that ends with the last of these layers. */
const modelOf = (...layers: Layer[]) => ({
  class_name: 'Functional',
  config: {
    name: 'net',
    layers,
    input_layers: [['image', 0, 0]],
    output_layers: [[layers.at(-1)?.name, 0, 0]],
  },
});

const read = (json: unknown) =>
  networkOf(json, { file: 'net.h5', kerasVersion: 3 }, { tensors: new Map(), nameOf: () => '' });

const refusals: [what: string, model: unknown, error: RegExp][] = [
  [
    'a layer that does nothing for the output',
    modelOf(input, after('idle', 'ReLU'), after('x', 'ReLU')),
    /Expected layers on which the output depends for net\.h5 but received "idle"\. Save a model/,
  ],
  [
    'more units than the file has numbers',
    modelOf(input, after('x', 'Dense', { units: 2 ** 40 })),
    /but received "a weight \[3,1099511627776\], for which the file has too few numbers"/,
  ],
  [
    'a Lambda layer',
    modelOf(input, after('code', 'Lambda', { function: ['cmVhZA=='] })),
    /for the layer code in net\.h5 but received "Lambda"\. A Lambda layer is Python code/,
  ],
  [
    'a class that is not known',
    modelOf(input, after('x', 'Conv9D')),
    /for the layer x in net\.h5 but received "Conv9D"/,
  ],
  [
    'a key that would be ignored',
    modelOf(input, after('x', 'ReLU', { leak: 1 })),
    /Expected no such key for leak of the layer x in net\.h5 but received 1/,
  ],
  [
    'a value that tfjs ignores',
    modelOf(input, after('x', 'ReLU', { threshold: 1 })),
    /Expected 0 for threshold of the layer x/,
  ],
  [
    'channels that come first',
    modelOf(input, after('x', 'Flatten', { data_format: 'channels_first' })),
    /"channels_last" for data_format of the layer x/,
  ],
  [
    'an activation that is not known',
    modelOf(input, after('x', 'Activation', { activation: 'sillu' })),
    /activation of the layer x in net\.h5 but received "sillu"\. The nearest that Bobbin has is silu/,
  ],
  [
    'quantised weights',
    modelOf(input, after('x', 'Flatten', { dtype: { config: { name: 'int8_from_float32' } } })),
    /floating-point type for dtype of the layer x/,
  ],
  [
    'layers that wait for each other',
    modelOf(input, after('a', 'Add', {}, ['b', 0, 0]), after('b', 'Flatten', {}, ['a', 0, 0])),
    /whose inputs come before them for the model in net\.h5 but received "a, b"/,
  ],
  [
    'a layer that is not there',
    modelOf(input, after('a', 'Flatten', {}, ['gone', 0, 0])),
    /output 0 of call 0 of gone/,
  ],
  [
    'two layers of one name',
    modelOf(input, after('a', 'Flatten'), after('a', 'Flatten')),
    /name of its own for each layer of net in net\.h5 but received "a"/,
  ],
  [
    'an image of one channel',
    modelOf({ ...input, config: { batch_shape: [null, 8, 8, 1] } }, after('a', 'Flatten')),
    /three channels.* received \[null,8,8,1\]/,
  ],
  ['a model that is code', { class_name: 'MyModel', config: {} }, /Other models are Python code/],
  [
    'no weights',
    modelOf(input, after('d', 'Dense', { units: 2 })),
    /d\/kernel \[3,2\] is missing; d\/bias \[2\] is missing/,
  ],
];

for (const [what, model, error] of refusals) {
  test(`when a model has ${what}, then one error names it`, async () => {
    await assert.rejects(read(model), (thrown: Error) => {
      assert.equal(thrown.name, 'InvalidInputError');
      assert.match(thrown.message, error);
      return true;
    });
  });
}

test('when models contain each other many times, then they are refused before they fill the memory', async () => {
  let model: object = modelOf(input, after('x', 'Flatten'));
  for (let depth = 0; depth < 14; depth++) {
    const twice = {
      name: 'm',
      ...model,
      inbound_nodes: [[['image', 0, 0]], [['m', 0, 0]], [['m', 1, 0]], [['m', 2, 0]]],
    };
    const outer = modelOf(input, { ...twice, inbound_nodes: twice.inbound_nodes } as never);
    model = { ...outer, config: { ...outer.config, output_layers: [['m', 3, 0]] } };
  }
  await assert.rejects(read(model), /at most 50000 calls of layers/);
});

test('when a .keras file is cut, lacks a member or has one compressed, then one error says so', async () => {
  const bytes = await readFile(fixture('sequential.keras'));
  await assert.rejects(
    kerasArchive.read(bytes.subarray(0, 9000), 'net.keras'),
    /a whole zip archive for net\.keras/,
  );
  const renamed = Buffer.from(
    bytes.toString('latin1').replaceAll('config.json', 'konfig.json'),
    'latin1',
  );
  await assert.rejects(
    kerasArchive.read(renamed, 'net.keras'),
    /^InvalidInputError: Missing config\.json for net\.keras/,
  );
  const compressed = Buffer.from(bytes);
  const directory = bytes.indexOf('PK\x01\x02');
  compressed.writeUInt16LE(8, directory + 10);
  await assert.rejects(kerasArchive.read(compressed, 'net.keras'), /a file without compression/);
});

test('when a file has weights alone, then the error says what takes them', async () => {
  await assert.rejects(
    imported('all_layers.weights.h5'),
    /Missing a model_config .* --pretrained FILE/,
  );
});
