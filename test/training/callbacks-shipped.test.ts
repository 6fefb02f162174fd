/** The callbacks that Bobbin has: what they write is what other programs read. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { test } from 'node:test';
import {
  scalarsRecord,
  startRecord,
  versionRecord,
} from '../../src/training/callbacks/event-records.js';
import {
  type Callback,
  jsonLines,
  type TrainOptions,
  tensorBoard,
  train,
} from '../../src/training/index.js';
import { temporaryFolder } from '../support/folders.js';
import { drawPhotos } from '../support/photos.js';
import { smallClassifier } from '../support/small-classifier.js';

const folder = temporaryFolder();
const manifest = await drawPhotos(path.join(folder, 'data'));

/** Two epochs of three steps; the first call ends after step 4, as if it were killed after step 5. */
async function stoppedAndResumed(name: string, callbacks: () => Callback[]) {
  const run = path.join(folder, name);
  const options: TrainOptions = { manifest, task: 'colour', batchSize: 8, epochs: 2, seed: 1, run };
  const log: Callback = { step: ({ step }, control) => control.log('norm', step / 4) };
  const stop: Callback = { step: ({ step }, control) => step === 4 && control.stop() };
  const classifier = smallClassifier();
  await train({ ...options, classifier, callbacks: [log, ...callbacks(), stop] });
  return train({ ...options, resume: true, callbacks: [log, ...callbacks()] });
}

test('when records are written, then they are the bytes of TensorBoard’s own writer', async () => {
  const time = 1700000000.25;
  const many = Array.from({ length: 40 }, (_, i) => [`tag ${i}`, i / 7]);
  const records = [
    versionRecord(time),
    startRecord(time, 301),
    scalarsRecord(time, 3, { 'step/loss': 1.5, 'step/accuracy': 0, ä: -1e-9 }),
    scalarsRecord(time, 5_000_000_000, Object.fromEntries(many)),
  ];
  const file = path.join(import.meta.dirname, 'fixtures/events.tfevents');
  assert.deepEqual(Buffer.concat(records), await readFile(file));
});

const python = process.env.BOBBIN_PYTHON ?? 'python3';
const hasTensorBoard = spawnSync(python, ['-c', 'import tensorboard']).status === 0;
const noTensorBoard = `${python} has no tensorboard: pip install tensorboard==2.21.0, or name another Python in BOBBIN_PYTHON`;

test('when a run is stopped and resumed, then TensorBoard reads each step once', async (t) => {
  const events = path.join(folder, 'events');
  const { history } = await stoppedAndResumed('boarded', () => [tensorBoard(events)]);
  const files = await readdir(events);
  assert.equal(files.length, 2);
  assert.match(files[0] as string, /^events\.out\.tfevents\.\d{10}\./);
  // The record of a killed run's step, which the resumed run repeats.
  const first = path.join(events, files.sort()[0] as string);
  await writeFile(first, scalarsRecord(0, 5, { 'step/loss': 99 }), { flag: 'a' });
  if (!hasTensorBoard) {
    t.skip(noTensorBoard);
    return;
  }
  const script = path.join(import.meta.dirname, 'read_events.py');
  const { stdout, stderr } = spawnSync(python, [script, events], { encoding: 'utf8' });
  const scalars: Record<string, [number, number][]> = JSON.parse(stdout || stderr);
  const [steps, epochs] = [
    [1, 2, 3, 4, 5, 6],
    [3, 6],
  ];
  for (const [tag, values] of Object.entries(scalars)) {
    const wanted = tag.startsWith('epoch/') ? epochs : steps;
    assert.deepEqual([...new Set(values.map(([step]) => step))], wanted, tag);
  }
  assert.deepEqual(
    scalars['epoch/validation_loss']?.map(([, value]) => value),
    history.map(({ validationLoss }) => Math.fround(validationLoss as number)),
  );
  assert.ok(scalars['step/loss']?.every(([, value]) => value < 99));
  assert.deepEqual(scalars.norm?.at(-1), [6, 1.5]);
});

test('when a run is logged as JSON lines, then each moment is a line, and what a kill cut off goes', async () => {
  const file = path.join(folder, 'logs/run.jsonl');
  let calls = 0;
  const log = (): Callback => {
    const callback = jsonLines(file);
    calls += 1;
    return calls === 1 ? callback : { ...callback, begin: cutThenBegin(callback) };
  };
  const cutThenBegin = (callback: Callback): Callback['begin'] => {
    return async (...given) => {
      await writeFile(file, `{"moment":"step","step":${'5'.repeat(70_000)}`, { flag: 'a' });
      await callback.begin?.(...given);
    };
  };
  const { history } = await stoppedAndResumed('lined', () => [log()]);
  const lines = (await readFile(file, 'utf8')).trimEnd().split('\n');
  const logged = lines.map((line) => JSON.parse(line));
  assert.deepEqual(
    logged.map(({ moment, step, epoch }) => `${moment} ${step ?? epoch ?? ''}`.trim()),
    [
      ...['begin', 'step 1', 'step 2', 'step 3', 'epoch 1', 'step 4', 'end'],
      ...['begin', 'step 5', 'step 6', 'epoch 2', 'end'],
    ],
  );
  assert.equal(logged[7].finishedSteps, 4);
  assert.equal(logged[0].options.batchSize, 8);
  assert.deepEqual(logged[8].logged, { norm: 1.25 });
  const { moment: _, time, ...record } = logged[10];
  assert.deepEqual(record, JSON.parse(JSON.stringify(history[1])));
  assert.ok(Math.abs(Date.parse(time) - Date.now()) < 600_000);
  assert.equal(logged[11].finished, true);

  const other = path.join(folder, 'notes.txt');
  await writeFile(other, 'keep this');
  await assert.rejects(
    stoppedAndResumed('refused', () => [jsonLines(other)]),
    /^InvalidInputError: The callback jsonLines failed in begin: Expected a file that begins with \{"moment": for .*notes\.txt but received "keep this"\. Name another file$/,
  );
  assert.equal(await readFile(other, 'utf8'), 'keep this');
});
