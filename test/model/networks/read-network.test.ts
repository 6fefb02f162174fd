/** Folders that are no network, and records that are damaged or hostile: each is one clear error. */
import assert from 'node:assert/strict';
import { appendFile, mkdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { before, test } from 'node:test';
import { sealed } from '../../../src/disk/index.js';
import {
  createModel,
  describeNetwork,
  loadClassifier,
  type ModelOptions,
} from '../../../src/model/index.js';
import { temporaryFolder } from '../../support/folders.js';
import { saveLayers, tinyLayers, usualRecord } from './imported.js';

const folder = temporaryFolder();
const at = (name: string) => path.join(folder, name);
const options = { classes: ['a', 'b'], trainable: 'all', seed: 3 } as const;
const build = (given: Partial<ModelOptions>) => createModel({ ...options, ...given });
const original = tinyLayers();
const layers = original.toJSON(null, false) as { config: { layers: object[] } };

const refused = async (given: Partial<ModelOptions>, message: RegExp) =>
  assert.rejects(build(given), { name: 'InvalidInputError', message });

before(() => saveLayers(at('net'), original));

test('when a path leads to no network, then the error says what it is and what to do', async () => {
  await mkdir(at('run/model'), { recursive: true });
  await writeFile(at('run/model/model.json'), '{}');
  await mkdir(at('empty'));
  await writeFile(at('resnet.onnx'), '');
  const refusals: [string, RegExp][] = [
    [
      'nett',
      /^Expected an existing folder for network but received "\S+nett"\. Did you mean \S+net\?$/,
    ],
    ['none', /^Expected an existing folder for network but received "\S+none"$/],
    [
      'run',
      /an imported network for network but received "\S+run"\. It is a run\. .*--pretrained \S+run/,
    ],
    [
      'empty',
      /^Missing network\.json for the network \S+empty\. Name a folder that `npx bobbin import`/,
    ],
    [
      'resnet.onnx',
      /a folder for network but .*A file is imported first: npx bobbin import \S+resnet\.onnx --out NET/,
    ],
  ];
  for (const [name, message] of refusals) {
    await refused({ network: at(name) }, message);
  }
  await refused({ network: 'resnet50v2' }, /Did you mean resnet50-v2\?$/);
});

test('when a folder in the working folder is named without a slash, then the error names it with one', async (t) => {
  const before = process.cwd();
  t.after(() => process.chdir(before));
  process.chdir(folder);
  await refused({ network: 'net' }, /Did you mean \.\/net\?$/);
  await refused({ network: './nett' }, /Did you mean \.\/net\?$/);
  await assert.rejects(describeNetwork('net'), /Did you mean \.\/net\?$/);
  await refused(
    { pretrained: 'net' },
    /^Expected a trained model for pretrained .* It is an imported network: train it by --model \.\/net \(/,
  );
  await assert.rejects(
    loadClassifier(at('net')),
    /a trained model for folder .* It is an imported network: train it by --model \/\S+net \(/,
  );
});

test('when record or weights have changed since the import, then they are refused', async () => {
  await saveLayers(at('changed'), original);
  await appendFile(at('changed/weights.safetensors'), ' ');
  await refused(
    { network: at('changed') },
    /Expected SHA-256 .*weights\.safetensors.* Import the network again$/,
  );
  await rm(at('changed/weights.safetensors'));
  await refused(
    { network: at('changed') },
    /^Missing weights\.safetensors for the network \S+changed\. Import/,
  );
  const json = sealed({ ...usualRecord, layers, features: 'pool' }).replace('"tiny"', '"puny"');
  await writeFile(at('changed/network.json'), json);
  await refused({ network: at('changed') }, /content that Bobbin wrote .*network\.json.* Import/);
});

test('when a record is not what import writes, then its field is named', async () => {
  await mkdir(at('bad'));
  await writeFile(at('bad/weights.safetensors'), '0123456789abcdef');
  const good = { ...usualRecord, layers, features: 'pool', weightsSha256: 'ef'.repeat(32) };
  const refusals: [object, RegExp][] = [
    [{ format: 'zip' }, /"bobbin-network" for format in \S+network\.json but received "zip"/],
    [{ name: 3 }, /text for name in \S+network\.json but received 3/],
    [{ source: [] }, /Missing text for source\.file in \S+network\.json/],
    [{ weightsSha256: undefined }, /Missing text for weightsSha256/],
    [{ preprocessing: { crop: 1e9 } }, /preprocessing in \S+network\.json/],
    [{ preprocessing: null }, /an object of options for preprocessing in/],
    [{ sides: { multipleOf: 0 } }, /integer of at least 1, for sides in .*multipleOf":0/],
    [{ sides: { only: 64 } }, /Expected 64, the only side that tiny takes,/],
    [
      { layers: undefined, graph: {} },
      /Missing a name and a shape for input of the graph in \S+json\. Import/,
    ],
    [withWeights([2, 3]), /at most 4 numbers in all weights for \S+network\.json but received 6/],
    [
      withWeights([2, -3]),
      /weights with name, shape .* for weights of the graph in \S+network\.json/,
    ],
    [withWeights([4]), /network\.json: Expected an operation that Bobbin computes for .*Cnov/],
    [{ layers: undefined }, /Expected either graph or layers for \S+network\.json/],
    [{ graph: {} }, /either graph or layers for \S+ but received \["layers","graph"\]/],
    [{ layers: { config: { layers: [null] } } }, /Expected a topology with layers for \S+network/],
    [{ layers: { config: { layers: [{ config: {}, inbound_nodes: [[3]] }] } } }, /a topology with/],
    [{ features: 'toString' }, /Missing a layer toString, the features, for \S+network\.json/],
    [{ features: 'sum' }, /one image and features of \[batch, channels\] for \S+network\.json but/],
    [{ layers: circular() }, /Expected layers that tfjs can build for \S+ .*inputs come before/],
  ];
  for (const [changes, message] of refusals) {
    await writeFile(at('bad/network.json'), sealed({ ...good, ...changes }));
    await refused({ network: at('bad'), pretrained: false }, message);
  }
  await writeFile(at('bad/network.json'), `{"format":${'['.repeat(1e6)}`);
  await refused({ network: at('bad') }, /JSON for \S+network\.json/);
});

/** A graph with a weight of this shape, and an operation that is none. */
const withWeights = (shape: number[]) => ({
  layers: undefined,
  features: 'y',
  graph: {
    input: { name: 'x', shape: [null, 3, 32, 32] },
    nodes: [{ name: 'n', operation: 'Cnov', inputs: ['x', 'w'], outputs: ['y'], attributes: {} }],
    outputs: ['y'],
    weights: [{ name: 'w', shape, trainable: true }],
    constants: {},
  },
});

/** Layers that take each other's outputs. */
function circular(): object {
  const changed = structuredClone(layers) as typeof layers & {
    config: { layers: { name: string; inbound_nodes: unknown[] }[] };
  };
  for (const layer of changed.config.layers) {
    if (layer.name === 'bn') {
      layer.inbound_nodes = [[['sum', 0, 0, {}]]];
    }
  }
  return changed;
}
