/** Files of several exporters and opsets, against what ONNX Runtime computes of them; `fixtures/make.py` wrote them. */
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { test } from 'node:test';
import { sha256 } from '../../../src/disk/index.js';
import type { Reference } from '../../../src/import/index.js';
import { type Imported, importNetwork, largestDifference } from '../../../src/import/index.js';
import { referenceImages } from '../../../src/import/reference-images.js';
import { temporaryFolder } from '../../support/folders.js';

const out = temporaryFolder();
const fixture = (name: string) => path.join(import.meta.dirname, 'fixtures', `${name}.onnx`);
const imported = (name: string): Promise<Imported> =>
  importNetwork(fixture(name), { out: path.join(out, name) });

async function checkResults(network: Imported): Promise<void> {
  const { reference, record } = network;
  assert.ok(reference, record.name);
  const difference = await largestDifference(network, reference, record.name);
  assert.ok(difference < 1e-6, `${record.name}: ${difference}`);
}

const trainable = ({ record }: Imported) =>
  record.graph?.weights.filter((weight) => weight.trainable).map(({ name }) => name);

const small = [
  ...[
    'stem.weight',
    'norm1.weight',
    'norm1.bias',
    'depthwise.weight',
    'norm2.weight',
    'norm2.bias',
  ],
  ...['grouped.weight', 'grouped.bias', 'head.weight', 'head.bias'],
];

for (const opset of [9, 11, 13, 17, 20]) {
  test(`when a file has opset ${opset}, then its operations are those of opset 20`, async () => {
    const network = await imported(`shapes-${opset}`);
    await checkResults(network);
    const parameters = [
      'gamma',
      'head.bias',
      'head.weight',
      'norm.bias',
      'norm.weight',
      'stem.weight',
    ];
    assert.deepEqual(trainable(network)?.sort(), parameters);
    assert.equal(network.record.source.producer, 'pytorch 2.15.0');
  });
}

test('when an exporter kept normalisations, then they train, and all weights have the names of the state dict', async () => {
  const network = await imported('kept');
  await checkResults(network);
  assert.deepEqual(trainable(network)?.sort(), [...small].sort());
  const statistics = network.record.graph?.weights.filter((weight) => !weight.trainable);
  assert.deepEqual(statistics?.map(({ name }) => name).sort(), [
    'norm1.running_mean',
    'norm1.running_var',
    'norm2.running_mean',
    'norm2.running_var',
  ]);
  assert.equal(network.record.features, '/Flatten_output_0');
  assert.deepEqual(network.record.sides, { multipleOf: 1 });
  assert.ok(!network.record.notes.some((note) => note.includes('normalisations')));
});

test('when an exporter folded normalisations, then a note says so', async () => {
  for (const [name, note] of [
    [
      'folded',
      /^The exporter folded normalisations into 2 convolutions: fine-tuning trains without/,
    ],
    [
      'dynamo',
      /^The file has no normalisations\. If the network has some, the exporter folded them/,
    ],
  ] as const) {
    const network = await imported(name);
    await checkResults(network);
    assert.match(network.record.notes.join('\n'), note);
  }
});

test('when a file was exported for training, then normalisations use its averages', async () => {
  const network = await imported('training');
  await checkResults(network);
  assert.deepEqual(trainable(network)?.sort(), [...small].sort());
});

test('when a file has equal weights once, then each of the network is its own', async () => {
  const network = await imported('fresh');
  await checkResults(network);
  assert.deepEqual(trainable(network)?.sort(), [...small].sort());
  assert.equal(network.weights.size, 14);
});

test('when a file has float16, then the weights are float32', async () => {
  const network = await imported('half');
  await checkResults(network);
  assert.ok([...network.weights.values()].every(({ values }) => values instanceof Float32Array));
});

test('when torch.export made the file without optimising it, then its noise changes nothing', async () => {
  const network = await imported('dynamo-raw');
  await checkResults(network);
  assert.deepEqual(trainable(network)?.sort(), [...small].sort());
});

test('when images have their channels last, then they are computed as they are', async () => {
  const network = await imported('channels-last');
  await checkResults(network);
  assert.deepEqual(network.record.graph?.input.shape, [null, 32, 32, 3]);
  assert.equal(network.record.features, 'pooled');
});

for (const exporter of ['vit', 'vit-dynamo']) {
  test(`when ${exporter} gets images of other sides, then it computes what timm does with positions that it resampled`, async () => {
    const network = await imported(exporter);
    await checkResults(network);
    assert.deepEqual(network.record.sides, { multipleOf: 8 });
    const results = JSON.parse(await readFile(fixture('vit').replace('.onnx', '.json'), 'utf8'));
    for (const [side, logits] of Object.entries<number[]>(results)) {
      const shape = [2, 3, Number(side), Number(side)];
      const images = { shape, values: referenceImages(shape) };
      const outputs = { shape: [2, 10], values: Float32Array.from(logits) };
      const difference = await largestDifference(network, { images, outputs }, side);
      assert.ok(difference < 2e-6, `${side}: ${difference}`);
    }
  });
}

test('when a weight fits images of one side alone, then another side is refused, and the weight is named', async () => {
  const network = await imported('beit');
  await checkResults(network);
  const bias =
    'Add "/blocks.0/attn/Add_1" with the weight blocks.0.attn.relative_position_bias_table [52,2]';
  assert.deepEqual(network.record.sides, { only: 32, fixedBy: bias });
  await assert.rejects(
    importNetwork(fixture('beit'), {
      out: path.join(out, 'other'),
      preprocessing: { size: 64 },
    }),
    {
      message: `Expected 32, the only side that the network takes, since ${bias} fits no other, for the side of the input but received 64`,
    },
  );
});

test('when a reference has other results, then the difference is a share of its largest', async () => {
  const network = await imported('kept');
  const { images, outputs } = network.reference as Reference;
  const values = outputs.values.slice();
  const largest = Math.max(...values.map(Math.abs));
  values[3] = (values[3] as number) + largest / 100;
  const found = await largestDifference(network, { images, outputs: { ...outputs, values } }, 'x');
  assert.ok(Math.abs(found - 0.01) < 1e-3, `${found}`);
  const short = { ...outputs, values: values.slice(1) };
  await assert.rejects(
    largestDifference(network, { images, outputs: short }, 'a.npy'),
    /10 outputs for each image for a\.npy/,
  );
});

test('when a file is imported, then the record has its hash', async () => {
  const { record } = await imported('kept');
  assert.equal(record.source.sha256, sha256(await readFile(fixture('kept'))));
  assert.equal(record.source.file, 'kept.onnx');
});
