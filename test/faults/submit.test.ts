/** `submit` that is killed, or whose workers are, runs into errors of the system, or loses its power at a call that changes a file. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { readdir, readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { before, test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { temporaryFolder } from '../support/folders.js';
import { below, randomOf } from '../support/random.js';
import { type Ended, runBobbin } from '../support/run-bobbin.js';
import { RecordedDisk } from './recorded-disk.js';
import { buildShim, errors, preloaded, tryAll, type Watch } from './shim.js';

const kills = tryAll ? 200 : 2;
const failures = tryAll ? 100 : 1;

const shim = buildShim();
const skip = 'missing' in shim && shim.missing;
const root = temporaryFolder();
const log = `${temporaryFolder()}/calls`;
const at = (name: string) => path.join(root, name);
/** The lines about the calls of a submission without a fault, and what it leaves. */
let recorded: string[];
let whole: Map<string, string>;

const wordsOf = (out: string): string[] => [
  ...['submit', '--data', at('photos'), '--out', at(out), '--epochs', '2', '--size', '32'],
  ...'--batch-size 8 --no-pretrained --trainable head --model mobilenet-v2'.split(' '),
  ...'--threads 1 --validation-fraction 0.3 --crops center'.split(' '),
];

const submit = (out: string, watch: Omit<Watch, 'root'> = {}): Promise<Ended> =>
  runBobbin(wordsOf(out), { env: preloaded(shim, { root, ...watch }) });

/** A digest of each file below `out`, without those that hold times. */
async function contents(out: string): Promise<Map<string, string>> {
  const entries = await readdir(at(out), { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  const digests = files.map(async (entry) => {
    const file = path.join(entry.parentPath ?? entry.path, entry.name);
    const timed = /^(history\.csv|state\.json|report\.html|log\.txt)$/.test(entry.name);
    const content = timed ? '' : await readFile(file);
    return [
      path.relative(at(out), file),
      createHash('sha256').update(content).digest('hex'),
    ] as const;
  });
  return new Map((await Promise.all(digests)).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** Number of the call at which the fault `index` strikes, spread evenly over the first half of a whole submission's calls. */
function callOf(index: number): number {
  const calls = recorded.filter((line) => !line.startsWith('say ')).length;
  return 1 + Math.floor((((index + 1) * 0.618034) % 1) * (calls / 2));
}

async function checkWhole(out: string, faults: string[]): Promise<void> {
  assert.deepEqual(await contents(out), whole, `after ${faults.join(', ')}`);
  await rm(at(out), { recursive: true });
}

/** Repeats a submission until `count` faults have struck it; each time it ends in spite of them, it is compared and begun anew. */
async function submitWithFaults(
  out: string,
  count: number,
  {
    errorOf = () => undefined,
    check,
  }: { errorOf?(index: number): string | undefined; check(end: End): void },
): Promise<string[]> {
  const struck: string[] = [];
  for (let index = 0; struck.length < count; index++) {
    assert.ok(index < 4 * count, `only ${struck.length} of ${index} faults struck`);
    const fault = { call: callOf(index), error: errorOf(index) };
    const ended = await submit(out, { fault });
    if (ended.code === 0) {
      await checkWhole(out, struck);
    } else {
      struck.push(`${fault.error ?? 'kill'} at ${fault.call}`);
      check({ ...ended, ...fault });
    }
  }
  const { code, stderr } = await submit(out);
  assert.equal(code, 0, `after ${struck.join(', ')}\n${stderr}`);
  await checkWhole(out, struck);
  return struck;
}

interface End extends Ended {
  call: number;
  error: string | undefined;
}

before(async () => {
  if (skip) {
    return;
  }
  const amounts = '--images-per-task 12 --questions-per-task 3 --size 64'.split(' ');
  const drawn = ['synthesize', '--out', at('photos'), '--tasks', 'collar_design_labels'];
  assert.equal((await runBobbin([...drawn, ...amounts])).code, 0);
  const { code, stderr } = await submit('whole', { log });
  assert.equal(code, 0, stderr);
  recorded = (await readFile(log, 'utf8')).trimEnd().split('\n');
  whole = await contents('whole');
});

test('when submit is killed again and again at calls that change files, then its repetition gives the same bytes and leaves nothing over', {
  skip,
}, async (t) => {
  const struck = await submitWithFaults('killed', kills, {
    check: ({ code, stderr }) => assert.equal(code, null, stderr),
  });
  t.diagnostic(`${struck.length} kills: ${struck.join(', ')}`);
});

test('when calls of submit that change files fail, then one line names a file and the way out, and its repetition gives the same bytes', {
  skip,
}, async (t) => {
  const struck = await submitWithFaults('failed', failures, {
    errorOf: (index) => errors[index % errors.length] as string,
    check({ code, stderr, error }) {
      assert.equal(code, 1, stderr);
      const said = stderr.trimEnd().split('\n').at(-1) as string;
      const line = `^bobbin: Expected to write .*${at('failed')}.* but received ${error}: .*\\. .`;
      assert.match(said, new RegExp(line));
      assert.doesNotMatch(said, /\.tmp/);
    },
  });
  t.diagnostic(`${struck.length} errors: ${struck.join(', ')}`);
});

test('when the power is cut, then nothing is lost that submit has reported', { skip }, () => {
  const disk = new RecordedDisk(root);
  const isLasting = (file: string) => !/\.tmp(\/|$)|\/lock-/.test(file);
  const isState = (file: string) => file.endsWith('/state.json');
  let epochs = 0;
  for (const line of recorded) {
    disk.apply(line);
    if (/^say +\d\/2 +\d/.test(line)) {
      epochs++;
    }
    const kept = disk.files('kept').filter(isLasting);
    if (line.startsWith('say ')) {
      assert.deepEqual(kept, disk.files('seen').filter(isLasting), `at ${line}`);
    }
    // The last checkpoint is removed only after the next is kept.
    assert.ok(epochs === 0 || kept.some(isState), `no checkpoint after ${line}`);
  }
  assert.equal(epochs, 2);
  const left = disk.files('kept').map((file) => path.relative('whole', file));
  assert.deepEqual(left, [...whole.keys()]);
});

/** Two models of the task, each a job, with a worker for each. */
const submitByWorkers = (out: string, watch: Parameters<typeof runBobbin>[1] = {}) =>
  runBobbin([...wordsOf(out), ...'--models 2 --workers 2 --compute-threads 1'.split(' ')], watch);

/** The processes of jobs that `pid` has begun. */
function workersOf(pid: number): number[] {
  try {
    const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8');
    const pids = children.split(' ').filter((word) => word !== '');
    const isWorker = (child: string) =>
      readFileSync(`/proc/${child}/cmdline`, 'utf8').includes('job-process');
    return pids.filter(isWorker).map(Number);
  } catch {
    // One of them has just ended.
    return [];
  }
}

/** Kills random workers of the submission `pid` at random moments while it runs. @returns how many, at most `most` */
async function killWorkers(
  { pid, longest, most }: { pid: number; longest: number; most: number },
  random: () => number,
): Promise<number> {
  let kills = 0;
  while (kills < most && existsSync(`/proc/${pid}`)) {
    await wait(random() * longest);
    const workers = workersOf(pid);
    const victim = workers[below(random, workers.length)];
    if (victim !== undefined) {
      process.kill(victim, 'SIGKILL');
      kills++;
    }
  }
  return kills;
}

test('when random workers of submit are killed at random moments, then nothing is lost and no finished model begins again', {
  skip: skip || (tryAll ? false : 'npm run test:faults has it'),
}, async (t) => {
  const begun = Date.now();
  const { code, stderr } = await submitByWorkers('calm');
  assert.equal(code, 0, stderr);
  const longest = (Date.now() - begun) / 2;
  const calm = await contents('calm');
  const random = randomOf(7);
  for (let kills = 0, run = 1; kills < 10; run++) {
    assert.ok(run < 10, `only ${kills} kills struck`);
    const out = `kills-${run}`;
    let killing: Promise<number> | undefined;
    const ended = await submitByWorkers(out, {
      watch({ pid = 0 }) {
        killing ??= killWorkers({ pid, longest, most: 10 - kills }, random);
      },
    });
    assert.equal(ended.code, 0, ended.stderr);
    const struck = (await killing) ?? 0;
    kills += struck;
    assert.deepEqual(await contents(out), calm);
    const logs = [1, 2].map((model) =>
      readFileSync(at(`${out}/jobs/model-${model}/collar_design_labels/log.txt`), 'utf8'),
    );
    const begins = logs.map((text) => text.split(' begins in process ').length - 1);
    t.diagnostic(`${struck} kills; the models began ${begins} times`);
    for (const text of logs) {
      assert.match(text, /is done\n$/);
      assert.equal(text.split(' is done\n').length, 2);
    }
    await rm(at(out), { recursive: true });
  }
});
