/** Trainings of two workers of which one is killed, hangs, is cut off or comes late: the other names it, and the run goes on to the same weights. */
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { before, type TestContext, test } from 'node:test';
import { Launch, type WorkerFailure } from '../../src/workers/index.js';
import { temporaryFolder } from '../support/folders.js';
import { drawPhotos } from '../support/photos.js';
import { below, randomOf } from '../support/random.js';
import { programOf } from '../support/run-bobbin.js';
import type { Fault, Part, Told } from './cluster-worker.js';
import { Cable, missingNamespaces } from './network.js';
import { tryAll } from './shim.js';

const program = programOf('test/faults/cluster-worker.ts');
const folder = temporaryFolder();
const data = path.join(folder, 'data');
const epochs = 4;
/** Of the 24 steps of the run, those after which a fault may come: it has to strike before the end. */
const lastStep = 20;
const heartbeatSeconds = 4;
const startSeconds = 20;
/** Beyond its time, for a machine that does much else. */
const graceSeconds = 8;
const runs = tryAll ? 10 : 1;
const long = tryAll ? false : 'npm run test:faults has it';
/** Weights of the run that nothing disturbs. */
let undisturbed: string;

const partOf = (name: string, change: Partial<Part> = {}): Part => ({
  ...{ data, run: path.join(folder, name, 'run'), resume: false },
  ...{ epochs, heartbeatSeconds, startSeconds },
  ...change,
});

const toldIn = (output: string): Told[] =>
  output
    .split('\n')
    .filter((line) => line.startsWith('{"what"'))
    .map((line) => JSON.parse(line));

const find = (told: Told[], what: Told['what']) => told.find((each) => each.what === what);
const weightsIn = (told: Told[]) => find(told, 'end')?.text;

/** What both workers have said, and the failures before the last start. */
async function launched(name: string, fault?: Fault) {
  const logs = path.join(folder, name);
  const failures: WorkerFailure[] = [];
  let starts = 0;
  const launch = new Launch({
    ...{ workers: 2, maxRestarts: 1, logs, stopSeconds: 20 },
    words() {
      const part = partOf(name, starts++ === 0 ? { fault } : { resume: true });
      return [...program, JSON.stringify(part)];
    },
    onFailed: (failure) => failures.push(failure),
  });
  const failure = await launch.toEnd();
  const outputs = [0, 1].map((index) =>
    readFileSync(path.join(logs, `worker-${index}.log`), 'utf8'),
  );
  assert.equal(failure, undefined, outputs.join('\n'));
  return { told: outputs.map(toldIn), failures, outputs };
}

/** Seconds from the fault of worker `lost` until the other one named it. */
function noticed(told: Told[][], lost: number, pattern: RegExp, outputs: string[]): number {
  const error = find(told[1 - lost] as Told[], 'error');
  const moment = find(told[lost] as Told[], 'moment');
  assert.match(error?.text ?? '', pattern, outputs.join('\n'));
  return ((error?.at as number) - (moment?.at as number)) / 1000;
}

const lossOf = (worker: number) => new RegExp(`^worker ${worker} \\(.*\\) ended, or cannot`);

/** Tells the median and the longest of the times in which faults were noticed. */
function report(t: TestContext, times: number[]): void {
  const sorted = [...times].sort((a, b) => a - b);
  const [middle, last] = [sorted[Math.floor(sorted.length / 2)], sorted.at(-1)];
  t.diagnostic(
    `${times.length} noticed: median ${middle?.toFixed(1)} s, at most ${last?.toFixed(1)} s`,
  );
}

before(async () => {
  await drawPhotos(data);
  const { told } = await launched('undisturbed');
  undisturbed = weightsIn(told[0] as Told[]) as string;
  assert.match(undisturbed, /^\w{64}$/);
  assert.equal(weightsIn(told[1] as Told[]), undisturbed);
});

interface Kind {
  name: string;
  signal: 'SIGKILL' | 'SIGSTOP';
  /** Before the first step of an epoch, and not at any moment. */
  between?: boolean;
  seed: number;
  skip: string | false;
}

const kinds: Kind[] = [
  { name: 'is killed', signal: 'SIGKILL', seed: 13, skip: false },
  { name: 'hangs', signal: 'SIGSTOP', seed: 14, skip: long },
  { name: 'is killed between two epochs', signal: 'SIGKILL', between: true, seed: 3, skip: long },
  { name: 'hangs between two epochs', signal: 'SIGSTOP', between: true, seed: 4, skip: long },
];

for (const { name, signal, between, seed, skip } of kinds) {
  test(`when a random worker ${name}, then the other one names it in time, and the restarted run ends with the same weights`, {
    skip,
  }, async (t) => {
    const random = randomOf(seed);
    const times: number[] = [];
    for (let run = 0; run < runs; run++) {
      const worker = below(random, 2);
      const moment = between
        ? { epoch: 1 + below(random, epochs - 1), milliseconds: 0 }
        : { step: 1 + below(random, lastStep), milliseconds: below(random, 300) };
      const fault = { worker, signal, ...moment };
      const { told, failures, outputs } = await launched(`${signal} ${seed} ${run}`, fault);
      const seconds = noticed(told, worker, lossOf(worker), outputs);
      times.push(seconds);
      t.diagnostic(`${JSON.stringify(fault)}: named after ${seconds.toFixed(1)} s`);
      assert.ok(seconds < heartbeatSeconds + graceSeconds, `${seconds} s`);
      assert.equal(failures.length, 1);
      assert.deepEqual(told.map(weightsIn), [undisturbed, undisturbed]);
    }
    report(t, times);
  });
}

test('when a random worker starts late, then the other one waits for it, or names it in time and both start again', {
  skip: long,
}, async (t) => {
  const random = randomOf(5);
  const times: number[] = [];
  for (let run = 0; run < runs; run++) {
    const worker = below(random, 2);
    const isTooLate = run % 2 === 0;
    const milliseconds = isTooLate
      ? 1000 * (2 * startSeconds + below(random, 20))
      : below(random, 4000);
    const { told, failures, outputs } = await launched(`late ${run}`, { worker, milliseconds });
    assert.deepEqual(told.map(weightsIn), [undisturbed, undisturbed]);
    assert.equal(failures.length, isTooLate ? 1 : 0);
    if (isTooLate) {
      const waiting = told[1 - worker] as Told[];
      const error = find(waiting, 'error');
      assert.match(
        error?.text ?? '',
        /^cluster: .* did not start in \d+ seconds/,
        outputs.join('\n'),
      );
      times.push(((error?.at ?? 0) - (find(waiting, 'joins')?.at ?? 0)) / 1000);
      t.diagnostic(`worker ${worker}: ${times.at(-1)?.toFixed(1)} s: ${error?.text}`);
      assert.ok((times.at(-1) as number) < startSeconds + graceSeconds);
    }
  }
  report(t, times);
});

/** Both workers, each on its host; `watch` sees what one says at once. */
function onHosts(cable: Cable, part: Part, watch: (told: Told, worker: number) => void = () => {}) {
  const workers = cable.addresses.map((address) => `${address}:7000`);
  return workers.map(async (_, index) => {
    const TF_CONFIG = JSON.stringify({
      cluster: { worker: workers },
      task: { type: 'worker', index },
    });
    const env = { ...process.env, TF_CONFIG, BOBBIN_RUN_ID: 'cable' };
    const [command = '', ...words] = cable.on(index);
    const child: ChildProcess = spawn(
      command,
      [...words, process.execPath, ...program, JSON.stringify(part)],
      { env, stdio: ['ignore', 'pipe', 'pipe'] },
    );
    let [output, errors] = ['', ''];
    let seen = 0;
    child.stdout?.on('data', (text) => {
      output += text;
      const told = toldIn(output.slice(0, output.lastIndexOf('\n') + 1));
      for (const each of told.slice(seen)) {
        watch(each, index);
      }
      seen = told.length;
    });
    child.stderr?.on('data', (text) => {
      errors += text;
    });
    const [code] = await once(child, 'close');
    return { code, told: toldIn(output), output: output + errors };
  });
}

test('when the link between two workers goes down, then both name the other one in time, and the run goes on when it is up again', {
  skip: missingNamespaces(),
}, async (t) => {
  const cable = new Cable();
  t.after(() => cable.remove());
  const random = randomOf(15);
  const times: number[] = [];
  for (let run = 0; run < runs; run++) {
    const name = `link ${run}`;
    const host = below(random, 2);
    const step = 1 + below(random, lastStep);
    const fault = { worker: host, step, milliseconds: below(random, 300) };
    let down = 0;
    const cut = await Promise.all(
      onHosts(cable, partOf(name, { fault }), ({ what }) => {
        if (what === 'moment') {
          cable.set(host, 'down');
          down = Date.now();
        }
      }),
    );
    const seconds = cut.map(({ code, told, output }, index) => {
      assert.equal(code, 1, output);
      const error = find(told, 'error');
      assert.match(error?.text ?? '', lossOf(1 - index), output);
      return ((error?.at as number) - down) / 1000;
    });
    times.push(...seconds);
    t.diagnostic(`${JSON.stringify(fault)}: named after ${seconds.map((x) => x.toFixed(1))} s`);
    assert.ok(Math.max(...seconds) < heartbeatSeconds + graceSeconds, `${seconds} s`);
    cable.set(host, 'up');
    const ended = await Promise.all(onHosts(cable, partOf(name, { resume: true })));
    assert.deepEqual(
      ended.map(({ told }) => weightsIn(told)),
      [undisturbed, undisturbed],
      ended.map(({ output }) => output).join('\n'),
    );
  }
  report(t, times);
});
