/** `loadManifest`: valid and invalid files. */
import assert from 'node:assert/strict';
import { readdir, writeFile } from 'node:fs/promises';
import { test } from 'node:test';
import {
  loadManifest,
  type Manifest,
  manifestFile,
  resolveSample,
  samplesOf,
  saveManifest,
} from '../../src/dataset/index.js';
import { temporaryFolder } from '../support/folders.js';

const hash = 'a'.repeat(64);
const manifest: Manifest = {
  version: 1,
  root: '/data',
  seed: 1,
  tasks: [{ name: 't', classes: ['a', 'b'] }],
  samples: [
    {
      path: 'x/s.tar',
      range: { offset: 512, length: 9 },
      task: 't',
      label: 0,
      maybe: [],
      split: 'train',
      hash: 'b'.repeat(64),
    },
    { path: 'x/1.jpg', task: 't', label: 1, maybe: [0], split: 'train', hash },
    { path: '/elsewhere/2.jpg', task: 't', label: 0, maybe: [], split: 'validation', hash },
  ],
  questions: [{ path: 'q.jpg', task: 't', file: 'rank/q.jpg' }],
};

test('when a manifest is saved then it loads unchanged and no other file remains', async (t) => {
  const folder = temporaryFolder(t);
  await saveManifest(manifest, folder);
  assert.deepEqual(await loadManifest(folder), manifest);
  assert.deepEqual(await readdir(folder), ['manifest.json']);
});

test('when a sample lies outside the root then its absolute path stands', () => {
  assert.equal(resolveSample(manifest, 'x/1.jpg'), '/data/x/1.jpg');
  assert.equal(resolveSample(manifest, '/elsewhere/2.jpg'), '/elsewhere/2.jpg');
  const part = { path: 'x.tar', range: { offset: 512, length: 3 }, label: 1 };
  assert.deepEqual(resolveSample(manifest, part), { ...part, path: '/data/x.tar' });
});

test('when samples are asked for then task and split choose, and an unknown task is an error', () => {
  assert.deepEqual(samplesOf(manifest, 't', 'train'), manifest.samples.slice(0, 2));
  assert.throws(
    () => samplesOf(manifest, 'u', 'train'),
    /Expected one of t for task but received "u"/,
  );
});

const [sample] = manifest.samples;
const [question] = manifest.questions;
const faults: [what: string, content: unknown, message: RegExp][] = [
  ['no JSON', '{"version":1,', /manifest\.json is not JSON/],
  ['no object', null, /Expected 1 for version/],
  [
    'another version',
    { ...manifest, version: 2 },
    /Expected 1 for version in .* but received 2.*bobbin prepare/,
  ],
  ['a relative root', { ...manifest, root: 'data' }, /absolute path for root/],
  ['no samples', { ...manifest, samples: undefined }, /an array for samples/],
  [
    'a label beyond its task',
    { ...manifest, samples: [{ ...sample, label: 2 }] },
    /for samples\[0\]/,
  ],
  [
    'a maybe beyond its task',
    { ...manifest, samples: [{ ...sample, maybe: [2] }] },
    /for samples\[0\]/,
  ],
  [
    'an unknown split',
    { ...manifest, samples: [sample, { ...sample, split: 'test' }] },
    /for samples\[1\]/,
  ],
  [
    'a range of no bytes',
    { ...manifest, samples: [{ ...sample, range: { offset: 0, length: 0 } }] },
    /for samples\[0\]/,
  ],
  ['no hash', { ...manifest, samples: [{ ...sample, hash: 'x' }] }, /for samples\[0\]/],
  [
    'a question of no task',
    { ...manifest, questions: [{ ...question, task: 'u' }] },
    /for questions\[0\]/,
  ],
];

for (const [what, content, message] of faults) {
  test(`when manifest.json has ${what} then loading says so`, async (t) => {
    const folder = temporaryFolder(t);
    const text = typeof content === 'string' ? content : JSON.stringify(content);
    await writeFile(manifestFile(folder), text);
    await assert.rejects(
      loadManifest(folder),
      (error: Error) => error.name === 'InvalidInputError' && message.test(error.message),
    );
  });
}

test('when a folder was never prepared then the error says how to prepare it', async (t) => {
  await assert.rejects(loadManifest(temporaryFolder(t)), /no manifest\.json.*npx bobbin prepare/);
});
