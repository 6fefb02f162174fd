/** The callbacks that Bobbin has: what they write is what other programs read. */
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import path from 'node:path';
import { type TestContext, test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import {
  scalarsRecord,
  startRecord,
  versionRecord,
} from '../../../src/training/callbacks/event-records.js';
import {
  type Callback,
  jsonLines,
  type TrainOptions,
  tensorBoard,
  train,
} from '../../../src/training/index.js';
import { temporaryFolder } from '../../support/folders.js';
import { drawPhotos } from '../../support/photos.js';
import { smallClassifier } from '../../support/small-classifier.js';

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
  const file = path.join(import.meta.dirname, 'events.tfevents');
  assert.deepEqual(Buffer.concat(records), await readFile(file));
});

const python = process.env.BOBBIN_PYTHON ?? 'python3';

/** Why a test of a Python package is skipped, or false. */
function skipWithout(name: string, version: string): string | false {
  const find = `import importlib.util, sys; sys.exit(importlib.util.find_spec('${name}') is None)`;
  return spawnSync(python, ['-c', find]).status === 0
    ? false
    : `${python} has no ${name}: \`pip install ${name}==${version}\`, or name another Python in BOBBIN_PYTHON`;
}

/** What a script beside this file prints as JSON. */
function read<Read>(script: string, ...args: string[]): Read {
  const file = path.join(import.meta.dirname, script);
  const { stdout, stderr } = spawnSync(python, [file, ...args], { encoding: 'utf8' });
  assert.ok(stdout !== '', stderr);
  return JSON.parse(stdout);
}

const noTensorBoard = skipWithout('tensorboard', '2.21.0');

test('when a run is stopped and resumed, then TensorBoard reads each step once', async (t) => {
  const events = path.join(folder, 'events');
  const { history } = await stoppedAndResumed('boarded', () => [tensorBoard(events)]);
  const files = await readdir(events);
  assert.equal(files.length, 2);
  assert.match(files[0] as string, /^events\.out\.tfevents\.\d{10}\./);
  // The record of a killed run's step, which the resumed run repeats.
  const first = path.join(events, files.sort()[0] as string);
  await writeFile(first, scalarsRecord(0, 5, { 'step/loss': 99 }), { flag: 'a' });
  if (noTensorBoard) {
    t.skip(noTensorBoard);
    return;
  }
  const scalars = read<Record<string, [number, number][]>>('read_events.py', events);
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

/** The address of a new MLflow server, which ends with the test. */
async function mlflowServer(t: TestContext): Promise<string> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address() as AddressInfo;
  probe.close();
  const cwd = path.join(folder, 'mlflow');
  await mkdir(cwd);
  const store = ['--backend-store-uri', 'sqlite:///runs.db', '--artifacts-destination', 'files'];
  const words = ['-m', 'mlflow', 'server', '--port', `${port}`, '--workers', '1', ...store];
  const env = { ...process.env, MLFLOW_DISABLE_TELEMETRY: 'true' };
  const server = spawn(python, words, { cwd, env, detached: true, stdio: 'ignore' });
  const closed = once(server, 'close');
  t.after(async () => {
    // Its workers, too.
    process.kill(-(server.pid as number));
    await closed;
  });
  const address = `http://127.0.0.1:${port}`;
  const isReady = () =>
    fetch(`${address}/health`).then(
      ({ ok }) => ok,
      () => false,
    );
  while (!(await isReady())) {
    assert.equal(server.exitCode, null, 'mlflow server has ended');
    await wait(200);
  }
  return address;
}

interface MlflowRun {
  status: string;
  params: Record<string, string>;
  metrics: Record<string, [step: number, value: number][]>;
  files: Record<string, number>;
}

const skipMlflow = { skip: skipWithout('mlflow', '3.17.2'), timeout: 300_000 };

test(
  'when a run is stopped and resumed, then the MLflow server of the example has one run of it',
  skipMlflow,
  async (t) => {
    const server = await mlflowServer(t);
    const example = path.resolve(import.meta.dirname, '../../../docs/examples/mlflow.mjs');
    const { mlflow } = await import(example);
    const experiment = 'colours';
    const { history } = await stoppedAndResumed('tracked', () => [mlflow({ server, experiment })]);
    const runs = read<MlflowRun[]>('read_mlflow.py', server, experiment);
    assert.equal(runs.length, 1);
    const [{ status, params, metrics, files }] = runs as [MlflowRun];
    assert.equal(status, 'FINISHED');
    assert.deepEqual([params.task, params.batchSize, params.flip], ['colour', '8', '0.5']);
    assert.deepEqual(
      metrics['step/loss']?.map(([step]) => step),
      [1, 2, 3, 4, 5, 6],
    );
    assert.deepEqual(
      metrics.validation_loss,
      history.map(({ epoch, validationLoss }) => [3 * epoch, validationLoss]),
    );
    assert.deepEqual(
      Object.keys(files).sort(),
      (await readdir(path.join(folder, 'tracked/model'))).sort().map((name) => `model/${name}`),
    );
  },
);
