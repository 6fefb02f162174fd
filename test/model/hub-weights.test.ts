/** Weights of a hub as `pretrained`: they are fetched and loaded, and the run keeps the commit that it began with. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sha256 } from '../../src/disk/index.js';
import { temporaryFolder } from '../support/folders.js';
import { serveHub } from '../support/servers/hub-server.js';

process.env.BOBBIN_CACHE = temporaryFolder();
const { createModel, pinWeights, weightsPath, weightsSha256 } = await import(
  '../../src/model/index.js'
);

const options = { classes: ['a', 'b'], network: 'mobilenet-v2', size: 32 } as const;

/** The weights of a new network as safetensors, by Keras's names, without its head. */
async function newWeights(): Promise<{ file: Buffer; first: Float32Array }> {
  const { model } = await createModel({ ...options, pretrained: false, trainable: 'all', seed: 5 });
  const weights = model.weights.filter(({ originalName }) => !originalName.startsWith('logits/'));
  const values = weights.map((weight) => weight.read().dataSync<'float32'>());
  let at = 0;
  const entries = weights.map(({ originalName, shape }, index) => {
    const begin = at;
    at += (values[index] as Float32Array).byteLength;
    return [originalName, { dtype: 'F32', shape, data_offsets: [begin, at] }];
  });
  const header = Buffer.from(JSON.stringify(Object.fromEntries(entries)));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(header.length));
  const bytes = values.map(({ buffer, byteOffset, byteLength }) =>
    Buffer.from(buffer, byteOffset, byteLength),
  );
  model.dispose();
  return { file: Buffer.concat([length, header, ...bytes]), first: values[0] as Float32Array };
}

test('when pretrained names a hub then its weights are loaded, and its commit is pinned', async (t) => {
  const { file, first } = await newWeights();
  const server = await serveHub(t, { 'model.safetensors': file, 'config.json': '{}' });
  process.env.HF_ENDPOINT = server.url;
  const pretrained = 'hf:owner/name';
  const { model } = await createModel({ ...options, pretrained, trainable: 'all', seed: 6 });
  assert.deepEqual(model.weights[0]?.read().dataSync(), first);
  model.dispose();

  const pinned = `hf:owner/name/model.safetensors@${server.commit}`;
  assert.equal(await pinWeights(pretrained, undefined), pinned);
  const { length } = server.requests.hub;
  assert.equal(await pinWeights(pinned, undefined), pinned);
  assert.equal(server.requests.hub.length, length);
  assert.equal(weightsPath(pinned), pinned);
  assert.equal(await weightsSha256(pinned), sha256(file));
  assert.deepEqual(await Promise.all([true, 'x.pth'].map((each) => pinWeights(each, undefined))), [
    true,
    'x.pth',
  ]);
});
