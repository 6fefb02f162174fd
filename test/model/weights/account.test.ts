/** Every tensor of a checkpoint is the network's, a head's, or named in the error. */
import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { before, test } from 'node:test';
import { createModel, type NamedTensors } from '../../../src/model/index.js';
import { safetensorsPieces } from '../../../src/model/weights/write-safetensors.js';
import { temporaryFolder } from '../../support/folders.js';
import { graphWeights, saveGraph, usualRecord } from '../networks/imported.js';

const folder = temporaryFolder();
const network = path.join(folder, 'net');
const zeros = (...shape: number[]) => ({
  shape,
  values: new Float32Array(shape.reduce((size, side) => size * side, 1)),
});

before(() => saveGraph(network));

/** The weights of the network's convolution after reading a file of `tensors`. */
async function loaded(tensors: NamedTensors, beside?: object): Promise<number[]> {
  const at = path.join(folder, `${Math.random()}`);
  await mkdir(at);
  const pretrained = path.join(at, 'model.safetensors');
  await writeFile(pretrained, Buffer.concat(safetensorsPieces(tensors)));
  if (beside !== undefined) {
    await writeFile(path.join(at, 'config.json'), JSON.stringify(beside));
  }
  const options = { network, pretrained, classes: ['a', 'b'], trainable: 'all', seed: 1 } as const;
  using classifier = await createModel(options);
  const [kernel] = classifier.model.getLayer('backbone').getWeights();
  return [...(kernel?.transpose([3, 2, 0, 1]).dataSync() ?? [])];
}

const kernel = [...(graphWeights().get('stem.conv.weight')?.values ?? [])];

const changed = (change: (tensors: NamedTensors) => void): NamedTensors => {
  const tensors = graphWeights();
  change(tensors);
  return tensors;
};

/** Gives a tensor another name. */
const move = (tensors: NamedTensors, from: string, to: string) => {
  tensors.set(to, tensors.get(from) as ReturnType<typeof zeros>);
  tensors.delete(from);
};

test('when a checkpoint has a head of other classes, counters or the names of wrappers, then the rest is taken', async () => {
  const checkpoints: NamedTensors[] = [
    graphWeights(),
    changed((tensors) => tensors.set('fc.weight', zeros(100, 8)).set('fc.bias', zeros(100))),
    changed((tensors) => tensors.set('head.weight', zeros(2, 8)).set('head.bias', zeros(2))),
    changed((tensors) => tensors.set('stem.bn.num_batches_tracked', zeros())),
    new Map([...graphWeights()].map(([name, tensor]) => [`module.model.${name}`, tensor])),
  ];
  for (const tensors of checkpoints) {
    assert.deepEqual(await loaded(tensors), kernel);
  }
});

test('when a configuration names the head, then a head of any shape is left out, and no other tensor', async () => {
  const { mean, std } = usualRecord.preprocessing;
  const config = {
    input_size: [3, 32, 32],
    interpolation: 'bilinear',
    mean: mean.map((level) => level / 255),
    std: std.map((level) => level / 255),
    classifier: ['head.fc', 'head_dist'],
  };
  const convolution = changed((tensors) => tensors.set('head.fc.weight', zeros(5, 8, 1, 1)));
  assert.deepEqual(await loaded(convolution, config), kernel);
  await assert.rejects(loaded(convolution), /Not of the network: head\.fc\.weight \[5,8,1,1\]$/);
  const other = changed((tensors) => tensors.set('head.fc2.weight', zeros(5, 8)));
  await assert.rejects(loaded(other, config), /Not of the network: head\.fc2\.weight \[5,8\]$/);
});

test('when a tensor is missing, misshapen or not of the network, then it is named, with the nearest name', async () => {
  const rename = changed((tensors) =>
    move(tensors, 'stem.bn.running_mean', 'stem.bn1.running_mean'),
  );
  await assert.rejects(
    loaded(rename),
    /Expected the 5 weights of tiny for \S+ but received "others"\. Missing: stem\.bn\.running_mean \[8\] \(the file has stem\.bn1\.running_mean\)\. Not of the network: stem\.bn1\.running_mean \[8\]$/,
  );
  const wide = changed((tensors) => tensors.set('stem.conv.weight', zeros(8, 4, 3, 3)));
  await assert.rejects(
    loaded(wide),
    /"others"\. Of another shape: stem\.conv\.weight \[8,4,3,3\] instead of \[8,3,3,3\]$/,
  );
  const norm = changed((tensors) => tensors.set('stem.bn2.weight', zeros(8)));
  await assert.rejects(loaded(norm), /"others"\. Not of the network: stem\.bn2\.weight \[8\]$/);
  const deeper = changed((tensors) => {
    for (let block = 0; block < 5; block++) {
      tensors.set(`blocks.${block}.conv.weight`, zeros(8, 8, 1, 1));
    }
  });
  await assert.rejects(
    loaded(deeper),
    /Not of the network: blocks\.0\.conv\.weight \[8,8,1,1\], .*blocks\.2\S+ \[8,8,1,1\] and 2 more$/,
  );
});
