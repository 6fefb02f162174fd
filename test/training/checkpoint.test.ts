/** Checkpoints of earlier versions, which have no hashes, and damaged ones. */
import assert from 'node:assert/strict';
import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { before, test } from 'node:test';
import { createModel } from '../../src/model/index.js';
import { loadCheckpoint, saveCheckpoint } from '../../src/training/checkpoint/checkpoint.js';
import { noTotals } from '../../src/training/run/progress.js';
import { temporaryFolder } from '../support/folders.js';

const run = temporaryFolder();
let checkpoint: string;
let state: string;
const at = (name: string) => path.join(checkpoint, name);

const slots = [
  { kind: 'velocity', name: 'logits/bias', shape: [2], values: Float32Array.of(0.5, -1) },
];

before(async () => {
  const classifier = await createModel({
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

/** Writes the state as an earlier version did, without hashes. */
async function writeUnsealed(change: object = {}): Promise<void> {
  const { sha256: _, slotsHash: __, ...rest } = JSON.parse(state);
  await writeFile(at('state.json'), JSON.stringify({ ...rest, ...change }));
}

test('when an earlier version wrote a checkpoint, then it is loaded', async () => {
  await writeUnsealed();
  assert.deepEqual((await loadCheckpoint(run))?.slots, slots);
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
    () => writeUnsealed({ slots: [{ kind: 'a', name: 'b' }] }),
    /state\.json/,
  ],
  ['slots are cut', () => writeFile(at('slots.bin'), Buffer.alloc(4)), /for .*slots\.bin/],
  ['slots are gone', () => rm(at('slots.bin')), /Missing slots\.bin for the checkpoint in /],
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
