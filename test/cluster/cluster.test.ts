/** Two processes on this machine as a cluster: sums, broadcasts, and what one says when the other is gone. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { allReduce, broadcast, tf } from '../../src/tensorflow/index.js';
import { freePorts } from '../../src/workers/ports.js';
import { temporaryFolder } from '../support/folders.js';
import { drawPhotos } from '../support/photos.js';
import { programOf } from '../support/run-bobbin.js';

/** Its errors name lines of its source. */
const usual = ['--enable-source-maps', ...programOf('test/cluster/worker.ts')];

interface Played {
  code: number | null;
  /** What the worker printed, by name. */
  // biome-ignore lint/suspicious/noExplicitAny: JSON of the worker's own.
  said: Record<string, any>;
  stderr: string;
}

interface Part {
  /** The first argument of the program. */
  name: string;
  program?: readonly string[];
  arguments?: string[];
  /** The workers that take part; all by default. */
  workers?: number[];
  runIds?: string[];
}

/** Runs both workers. One that hangs is killed once the other has ended. */
async function playTogether({ name, workers = [0, 1], runIds = ['r', 'r'], ...part }: Part) {
  const { program = usual } = part;
  const addresses = (await freePorts(2)).map((port) => `127.0.0.1:${port}`);
  const children = workers.map((index) => {
    const task = { type: 'worker', index };
    const TF_CONFIG = JSON.stringify({ cluster: { worker: addresses }, task });
    const env = { ...process.env, TF_CONFIG, BOBBIN_RUN_ID: runIds[index] };
    const words = [...program, name, ...(part.arguments ?? [])];
    return spawn(process.execPath, words, { env, stdio: ['ignore', 'pipe', 'pipe'] });
  });
  const results = children.map(async (child): Promise<Played> => {
    let [stdout, stderr] = ['', ''];
    child.stdout.on('data', (chunk) => (stdout += chunk));
    child.stderr.on('data', (chunk) => (stderr += chunk));
    const [code] = await once(child, 'close');
    const lines = stdout.split('\n').filter((line) => line.startsWith('{'));
    const said = lines.map((line) => JSON.parse(line)).map(({ name, value }) => [name, value]);
    return { code, said: Object.fromEntries(said), stderr };
  });
  const hanging = ['first-stopped', 'stopped', 'exit'].indexOf(name);
  if (hanging >= 0) {
    const index = Math.min(hanging, 1);
    await results[1 - index];
    children[index]?.kill('SIGKILL');
  }
  return { addresses, played: await Promise.all(results) };
}

const numbers = (index: number, count: number) =>
  Array.from({ length: count }, (_, i) => ((i * 7 + index * 3) % 16) - 8);
const total = (count: number) => numbers(0, count).map((x, i) => x + (numbers(1, count)[i] ?? 0));

test('when two workers add and send tensors, then each has the plain sums, in every type, bucket and order', async () => {
  const { addresses, played } = await playTogether({ name: 'sums' });
  for (const { said, stderr } of played) {
    const sizes = [3, 1, 40, 257, 0];
    const flat = total(6);
    const all = [...sizes, ...sizes].map(total);
    const values = [...all, [flat.slice(0, 3), flat.slice(3)]];
    for (const way of ['float32 12', 'float32 0.001', 'float16 0.0012', 'bfloat16 12']) {
      assert.deepEqual(said[way], { values, name: 'kept' }, `${way} ${stderr}`);
    }
    // The gradient of the sum over the workers of x², on each of them: 2x times the number of workers.
    const own = said === played[0]?.said ? [1, 5] : [2, 5];
    assert.deepEqual(
      said.gradient,
      own.map((x) => 4 * x),
    );
    assert.deepEqual(said.broadcast, [
      [1.5, 2],
      [1, 2],
      [1, 0],
    ]);
    assert.deepEqual(said.variables, [[0, 7], 0]);
    for (let i = 0; i < 3; i++) {
      assert.deepEqual(said[`many ${i}`], total(40));
    }
    assert.deepEqual(said.exchange, ['text 0', 'text 1']);
    assert.deepEqual(said.again, ['\0' + '0', '\0' + '1']);
    const [direct, synchronous, compiled] = said.refusals;
    assert.match(direct, /^allReduce: Expected a call within a jitted function/);
    assert.match(synchronous, /^jit: Expected a call of \w+ by \.async, .*worker\.ts/);
    assert.match(
      compiled,
      /^jit: Expected no allReduce or broadcast in a function that XLA compiles/,
    );
    assert.match(said.error, /same collectives|one shape on all workers/);
    // TensorFlow finds it, and which worker it blames depends on who came first.
    const named = addresses.map((address, i) => `worker ${i} (${address})`);
    assert.ok(
      named.some((name) => said.error.includes(name)),
      said.error,
    );
    assert.match(said.error, /\[4\].*\[5\]|\[5\].*\[4\]/);
    assert.equal(said['still computes'], 3);
    assert.equal(said.signals, 1);
  }
  // Worker 1 was 0.6 seconds late.
  assert.ok(played[0]?.said.ticks > 20, `${played[0]?.said.ticks} ticks`);
});

for (const [name, lost, heartbeat, most] of [
  ['killed', 1, '30', 10],
  ['stopped', 1, '2', 12],
  ['first-stopped', 0, '2', 12],
] as const) {
  test(`when worker ${lost} is ${name.replace('first-', '')} while the other one waits, then that one names it in seconds, and can end`, async () => {
    const { addresses, played } = await playTogether({ name, arguments: [heartbeat] });
    const { said, code, stderr } = played[1 - lost] as Played;
    assert.match(
      said.error,
      new RegExp(`^worker ${lost} \\(${addresses[lost]}\\) ended, or cannot be reached`),
      stderr,
    );
    assert.ok(said.seconds < most, `${said.seconds} s`);
    assert.equal(code, 1);
  });
}

test('when a process exits while a collective waits, then it ends at once', async () => {
  const { played } = await playTogether({ name: 'exit' });
  assert.equal(played[0]?.code, 0);
  assert.ok(Date.now() - played[0]?.said.exits < 10_000);
});

test('when the other worker does not start, then both roles end with an error after the time for the start', async () => {
  const alone = { name: 'alone', arguments: ['30', '2'] };
  const [chief, other] = await Promise.all([
    playTogether({ ...alone, workers: [0] }),
    playTogether({ ...alone, workers: [1] }),
  ]);
  assert.match(chief.played[0]?.said.error, /did not start in 2 seconds/);
  assert.match(other.played[0]?.said.error, /did not start in 2 seconds/);
  assert.match(chief.played[0]?.said.configure, /^configure: TensorFlow has already started/);
});

test('when the workers belong to different runs, then both end with an error that says so', async () => {
  const { played } = await playTogether({ name: 'runs', runIds: ['a', 'b'] });
  for (const { said, stderr } of played) {
    assert.match(said.error, /^worker \d \(.*\) belongs to another run/, stderr);
  }
});

test('when TensorFlow has started before, then cluster is refused with the way out', async () => {
  const { played } = await playTogether({ name: 'late', workers: [0] });
  assert.match(played[0]?.said.error, /already started\. Call it once, before the first tensor/);
});

test('when a process computes alone, then allReduce and broadcast give back their input', () => {
  const tensors = [tf.ones([2])];
  assert.equal(allReduce(tensors), tensors);
  assert.equal(broadcast(tensors), tensors);
});

test('when two workers predict and evaluate together, then each has what one process has, and they end together', async (t) => {
  const folder = temporaryFolder(t);
  await drawPhotos(folder, { training: 1, validation: 3 });
  writeFileSync(path.join(folder, '0-1.jpg'), 'no photo');
  const program = programOf('test/cluster/divided.ts');
  const alone = spawn(process.execPath, [...program, folder], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const lines = once(alone.stdout, 'end');
  let expected = '';
  alone.stdout.on('data', (chunk) => (expected += chunk));
  const [{ addresses, played }] = await Promise.all([
    playTogether({ name: folder, program }),
    lines,
  ]);
  const [first, second] = played as [Played, Played];
  const { value: found } = JSON.parse(expected.split('\n')[0] as string);
  assert.equal(found.failures.length, 1);
  for (const { said, stderr } of played) {
    assert.deepEqual(said.found, found, stderr);
  }
  // Of batches of 5, 5 and 2.
  assert.deepEqual([first.said.computed, second.said.computed], [7, 5]);
  assert.deepEqual([first.said.hasTable, second.said.hasTable], [true, false]);
  const tableOf = (name: string) => readFileSync(path.join(folder, `${name}.csv`), 'utf8');
  assert.equal(tableOf('0'), tableOf('alone'));
  const other = `worker 1 (${addresses[1]})`;
  const different = `${other} has other images and options than worker 0 (${addresses[0]}). Give all workers the same`;
  assert.deepEqual([first.said.other, second.said.other], [different, different]);
  assert.deepEqual(
    [first.said.stopped, second.said.stopped],
    [`${other} was stopped, and all with it`, 'enough'],
  );
  assert.match(second.said.broken, /disposed/);
  assert.equal(
    first.said.broken,
    `${other}: it ended the call before the last image. Read there why`,
  );
  assert.match(first.said.left, /^worker 1 .* ended, or cannot be reached/);
  assert.deepEqual([first.code, second.code], [1, 7]);
});
