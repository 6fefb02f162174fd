/** The files of checkpoints, those of earlier versions, and damaged ones. */
import assert from 'node:assert/strict';
import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { before, test } from 'node:test';
import { type Classifier, createModel, saveClassifier, weightsOf } from '../../src/model/index.js';
import {
  type Checkpoint,
  loadCheckpoint,
  saveCheckpoint,
} from '../../src/training/checkpoint/checkpoint.js';
import type { Slot } from '../../src/training/optimizer/index.js';
import { noTotals } from '../../src/training/run/progress.js';
import { temporaryFolder } from '../support/folders.js';

const run = temporaryFolder();
let checkpoint: string;
let state: string;
let classifier: Classifier;
const at = (name: string) => path.join(checkpoint, name);

const slots: Slot[] = [
  { kind: 'velocity', name: 'logits/bias', shape: [2], values: Float32Array.of(0.5, -1) },
];

before(async () => {
  classifier = await createModel({
    network: 'mobilenet-v2',
    classes: ['a', 'b'],
    pretrained: false,
    size: 32,
    trainable: 'head',
    seed: 1,
  });
  const position = { epoch: 1, batch: 0, totals: noTotals(), history: [] };
  await saveCheckpoint(run, { classifier, slots, position, settings: { seed: 1 } });
  const [name] = await readdir(path.join(run, 'checkpoint'));
  checkpoint = path.join(run, 'checkpoint', name as string);
  state = await readFile(at('state.json'), 'utf8');
});

/** Writes the state without its seal, with other members. */
async function writeUnsealed(change: object): Promise<void> {
  const { sha256: _, ...rest } = JSON.parse(state);
  await writeFile(at('state.json'), JSON.stringify({ ...rest, ...change }));
}

/** The tensors of a safetensors file by its specification: the length of a header, the header in JSON, the values. */
async function tensorsIn(file: string) {
  const bytes = await readFile(file);
  const start = 8 + Number(bytes.readBigUInt64LE(0));
  const header: Record<string, { dtype: string; shape: number[]; data_offsets: [number, number] }> =
    JSON.parse(bytes.toString('utf8', 8, start));
  return Object.entries(header).map(
    ([
      name,
      {
        dtype,
        shape,
        data_offsets: [from, to],
      },
    ]) => {
      const values = new Float32Array(
        new Uint8Array(bytes.subarray(start + from, start + to)).buffer,
      );
      return { name, dtype, shape, values };
    },
  );
}

test('when a checkpoint is saved, then its weights and slots are safetensors under their names', async () => {
  const weights = weightsOf(classifier.model).map((weight) => ({ ...weight, dtype: 'F32' }));
  assert.deepEqual(await tensorsIn(at('weights.safetensors')), weights);
  const [{ values, shape }] = slots as [Slot];
  const saved = [{ name: 'velocity/logits/bias', dtype: 'F32', shape, values }];
  assert.deepEqual(await tensorsIn(at('slots.safetensors')), saved);
  const loaded = await loadCheckpoint(run);
  assert.deepEqual(loaded?.slots, slots);
  assert.deepEqual(weightsOf((loaded as Checkpoint).classifier.model), weightsOf(classifier.model));
});

test('when an earlier version wrote a checkpoint, then it is loaded', async () => {
  const earlier = path.join(run, 'checkpoint', 'epoch-000002-batch-00000000');
  const { position, settings } = JSON.parse(state);
  await saveClassifier(classifier, earlier);
  await writeFile(path.join(earlier, 'slots.bin'), Float32Array.of(0.5, -1));
  const described = slots.map(({ values: _, ...slot }) => slot);
  const parts = { version: 4, position, settings, slots: described };
  await writeFile(path.join(earlier, 'state.json'), JSON.stringify(parts));
  const loaded = await loadCheckpoint(run);
  await rm(earlier, { recursive: true });
  assert.deepEqual(loaded?.slots, slots);
  assert.deepEqual(weightsOf((loaded as Checkpoint).classifier.model), weightsOf(classifier.model));
});

const refused: [string, () => Promise<void>, RegExp][] = [
  [
    'state is cut',
    () => writeFile(at('state.json'), state.slice(0, 40)),
    /JSON for .*state\.json:1:/,
  ],
  ['state is empty', () => writeFile(at('state.json'), ''), /JSON for .*state\.json:1:1 /],
  [
    'state is no object',
    () => writeFile(at('state.json'), '[]'),
    /a JSON object for .*state\.json/,
  ],
  ['position is null', () => writeUnsealed({ position: null }), /a position, .*state\.json/],
  [
    'slots have no shape',
    () => writeUnsealed({ version: 4, slots: [{ kind: 'a', name: 'b' }] }),
    /state\.json/,
  ],
  [
    'classifier is gone',
    () => writeUnsealed({ classifier: undefined }),
    /a position, settings and a classifier for .*state\.json/,
  ],
  [
    'slots are cut',
    () => writeFile(at('slots.safetensors'), Buffer.alloc(4)),
    /the content that Bobbin wrote for .*slots\.safetensors/,
  ],
  [
    'slots are gone',
    () => rm(at('slots.safetensors')),
    /Missing slots\.safetensors for the checkpoint in /,
  ],
];
for (const [what, damage, message] of refused) {
  test(`when a checkpoint's ${what}, then the error names the file and the way out`, async () => {
    await writeFile(at('state.json'), state);
    await damage();
    await assert.rejects(loadCheckpoint(run), (error: Error) => {
      assert.equal(error.name, 'InvalidInputError');
      assert.match(error.message, message);
      assert.ok(error.message.includes(`Remove ${checkpoint}`));
      return true;
    });
  });
}
