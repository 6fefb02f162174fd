/** Workers that are launched together, with small programs in the place of a training. */
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { type TestContext, test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { visibleGpus } from '../../src/workers/gpus.js';
import { Launch, type LaunchRequest, type WorkerFailure } from '../../src/workers/index.js';
import { saveLayers, tinyLayers } from '../model/networks/imported.js';
import { temporaryFolder } from '../support/folders.js';
import { drawPhotos } from '../support/photos.js';
import { setVariable } from '../support/process/variable.js';
import { runBobbin } from '../support/run-bobbin.js';

/** Prints what it knows of its cluster, and waits for its end. */
const waiting = `
  process.on('SIGTERM', () => { console.log('saved'); process.exit(143); });
  console.log(process.env.TF_CONFIG + ' ' + process.env.BOBBIN_RUN_ID);
  setInterval(() => {}, 1000);
`;
const index = `JSON.parse(process.env.TF_CONFIG).task.index`;

function launchOf(t: TestContext, program: string, change: Partial<LaunchRequest> = {}) {
  const logs = temporaryFolder(t);
  const failures: WorkerFailure[] = [];
  const launch = new Launch({
    ...{ workers: 2, maxRestarts: 0, logs, stopSeconds: 10 },
    words: () => ['--eval', program],
    onFailed: (failure) => failures.push(failure),
    ...change,
  });
  const logOf = (worker: number) => {
    const file = path.join(logs, `worker-${worker}.log`);
    return existsSync(file) ? readFileSync(file, 'utf8') : '';
  };
  return { launch, logs, logOf, failures };
}

/** The clusters and run ids that a worker has printed. */
const startsIn = (log: string) =>
  [...log.matchAll(/^(\{.*\}) (\w+)$/gm)].map(([, config = '', id = '']) => ({
    ...(JSON.parse(config) as {
      cluster: { worker: string[] };
      task: { type: string; index: number };
    }),
    id,
  }));

test('when there are several GPUs, then each worker sees one of them, and more workers are refused', async (t) => {
  const seen = `console.log('sees ' + process.env.CUDA_VISIBLE_DEVICES)`;
  setVariable(t, 'CUDA_VISIBLE_DEVICES', '3,GPU-5f,1');
  const { launch, logOf } = launchOf(t, seen);
  assert.equal(await launch.toEnd(), undefined);
  assert.match(logOf(0), /^sees 3$/m);
  assert.match(logOf(1), /^sees GPU-5f$/m);
  await assert.rejects(
    launchOf(t, seen, { workers: 4 }).launch.toEnd(),
    /^InvalidInputError: Expected at most 3 workers, one for each GPU, for workers but received 4\. With/,
  );
  for (const [list, gpus] of [
    ['', []],
    ['-1', []],
    ['0,-1,2', ['0']],
  ] as const) {
    process.env.CUDA_VISIBLE_DEVICES = list;
    assert.deepEqual(visibleGpus(), gpus);
  }
});

test('when all workers end well, then each has had its place in one cluster, and a run id that the others have', async (t) => {
  const program = `console.log(process.env.TF_CONFIG + ' ' + process.env.BOBBIN_RUN_ID)`;
  const { launch, logOf } = launchOf(t, program);
  assert.equal(await launch.toEnd(), undefined);
  const [first, second] = [0, 1].map((worker) => startsIn(logOf(worker))[0]);
  assert.deepEqual(
    [first?.task, second?.task],
    [0, 1].map((index) => ({ type: 'worker', index })),
  );
  assert.deepEqual(first?.cluster, second?.cluster);
  assert.equal(new Set(first?.cluster.worker).size, 2);
  assert.match(first?.cluster.worker[1] ?? '', /^127\.0\.0\.1:\d+$/);
  assert.equal(first?.id, second?.id);
});

test('when a worker fails, then the others are ended, and all begin again with new ports and another run id', async (t) => {
  const program = `${waiting} if (${index} === 1) setTimeout(() => { console.log('out of luck'); process.exit(7); }, 300);`;
  const { launch, logOf, failures } = launchOf(t, program, { maxRestarts: 1 });
  const { how, status, index: worker, lines = [], goesOn } = (await launch.toEnd()) ?? {};
  assert.deepEqual(
    { how, status, worker, goesOn },
    { how: 'exit code 7', status: 7, worker: 1, goesOn: false },
  );
  assert.equal(lines.at(-1), 'out of luck');
  assert.deepEqual(
    failures.map((each) => each.goesOn),
    [true, false],
  );
  const starts = startsIn(logOf(0));
  assert.equal(starts.length, 2);
  assert.notDeepEqual(starts[0]?.cluster, starts[1]?.cluster);
  assert.notEqual(starts[0]?.id, starts[1]?.id);
  assert.equal(logOf(0).split('saved').length - 1, 2);
});

test('when workers begin again, then only a work that one of them had begun is to go on', async (t) => {
  const begun: boolean[] = [];
  const words = (program: string) => (hasBegun: boolean) => {
    begun.push(hasBegun);
    return ['--eval', program];
  };
  const options = { workers: 1, maxRestarts: 1 };
  const refused = launchOf(t, '', { ...options, words: words('process.exit(1)') });
  await refused.launch.toEnd();
  assert.deepEqual(begun.splice(0), [false, false]);
  const program = `process.send('begun', () => process.exit(1))`;
  await launchOf(t, '', { ...options, words: words(program) }).launch.toEnd();
  assert.deepEqual(begun, [false, true]);
});

test('when a training that launch has begun is killed, then it is resumed, and one that cannot be shared is refused', async (t) => {
  const folder = temporaryFolder(t);
  const [data, net, run] = ['data', 'net', 'run'].map((name) => path.join(folder, name)) as [
    string,
    string,
    string,
  ];
  await drawPhotos(data);
  const model = tinyLayers();
  await saveLayers(net, model);
  model.dispose();
  const train = ['train', '--data', data, '--run', run, '--model', net, '--epochs', '40'];
  const launch = ['launch', '--max-restarts', '1', '--log-folder', folder, '--workers'];
  const history = path.join(run, 'colour', 'history.csv');
  const epochs = () =>
    existsSync(history) ? readFileSync(history, 'utf8').trimEnd().split('\n').length - 1 : 0;
  let worker = 0;
  const look = setInterval(() => {
    // The checkpoint of an epoch follows its line.
    if (worker > 0 && epochs() >= 2) {
      clearInterval(look);
      process.kill(worker, 'SIGKILL');
    }
  }, 20);
  t.after(() => clearInterval(look));
  const { code, stderr } = await runBobbin([...launch, '1', '--', ...train], {
    watch(_, __, stdout) {
      worker ||= Number(/processes (\d+)/.exec(stdout)?.[1] ?? 0);
    },
  });
  // Without --resume, `train` refuses a folder that has a run.
  assert.equal(code, 0, stderr);
  assert.match(stderr, /^! worker 0 ended with SIGKILL: all begin again$/m);
  assert.equal(epochs(), 40);
  const trial = await runBobbin([...launch, '2', '--', ...train, '--dry-run']);
  assert.match(trial.stderr, /launch cannot be combined with --dry-run/);
});

test('when a worker stays after SIGTERM, then it is killed', async (t) => {
  const program = `process.on('SIGTERM', () => {}); setInterval(() => {}, 1000);
    if (${index} === 0) setTimeout(() => process.kill(process.pid, 'SIGKILL'), 1500);`;
  const pids: number[] = [];
  const { launch } = launchOf(t, program, { stopSeconds: 1, onBegun: (all) => pids.push(...all) });
  const { how, status } = (await launch.toEnd()) ?? {};
  assert.deepEqual({ how, status }, { how: 'SIGKILL', status: 137 });
  assert.ok(!existsSync(`/proc/${pids[1]}`));
});

test('when a signal is passed on, then the workers end by it, and none begins again', async (t) => {
  const { launch, logOf, failures } = launchOf(t, waiting, { maxRestarts: 3 });
  const ending = launch.toEnd();
  while (![0, 1].every((worker) => startsIn(logOf(worker)).length > 0)) {
    await setTimeout(50);
  }
  launch.pass('SIGTERM');
  assert.equal((await ending)?.status, 143);
  assert.equal(failures.length, 1);
  assert.deepEqual(
    [0, 1].map((worker) => logOf(worker).includes('saved')),
    [true, true],
  );
});

test('when a command of bobbin fails in a worker, then launch ends with its exit code and last lines', async (t) => {
  const folder = temporaryFolder(t);
  const absent = path.join(folder, 'no.csv');
  const logs = path.join(folder, 'logs');
  const words = ['launch', '--workers', '2', '--log-folder', logs, '--', 'score', absent];
  const { code, stdout, stderr } = await runBobbin(words);
  assert.equal(code, 1, stderr);
  assert.match(stdout, /^2 workers \(processes \d+, \d+\), logs in /);
  assert.match(stderr, /^! worker [01] ended with exit code 1: all end\n.*no\.csv.*/s);
  assert.match(
    stderr,
    /\nbobbin: worker [01] ended with exit code 1; its log is .*worker-[01]\.log\n$/,
  );
});

test('when launch itself is killed, then its workers end', async (t) => {
  const folder = temporaryFolder(t);
  const photos = path.join(folder, 'photos');
  // Long work that a signal ends.
  const drawing = ['synthesize', '--out', photos, '--images-per-task', '5000', '--size', '64'];
  const words = ['launch', '--workers', '1', '--log-folder', folder, '--', ...drawing];
  let worker = 0;
  await runBobbin(words, {
    watch(child, _, stdout) {
      worker = Number(/processes (\d+)/.exec(stdout)?.[1] ?? 0);
      if (worker > 0) {
        child.kill('SIGKILL');
      }
    },
  });
  for (const end = Date.now() + 60_000; existsSync(`/proc/${worker}`); ) {
    assert.ok(Date.now() < end, `worker ${worker} still runs`);
    await setTimeout(100);
  }
});
