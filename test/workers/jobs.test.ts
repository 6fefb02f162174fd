/** Jobs that processes do, die in, fail in and leave, and jobs of other machines. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { type TestContext, test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { createProgram } from '../../src/cli/program.js';
import { claimOf } from '../../src/disk/leftovers.js';
import { type JobsRequest, runJobs } from '../../src/workers/index.js';
import { temporaryFolder } from '../support/folders.js';
import { setVariable } from '../support/process/variable.js';

const module = new URL('./counting-job.mjs', import.meta.url).href;
const steps = 10;

interface Told {
  pid?: number;
  gpu?: string;
  step?: number;
}

/** The jobs `names` in a new folder, and what becomes of them. */
function jobsIn(t: TestContext, names: string[], fault: Record<string, string> = {}) {
  const folder = temporaryFolder(t);
  const events: string[] = [];
  const request: JobsRequest = {
    jobs: names.map((name) => ({
      name,
      folder: path.join(folder, 'jobs', name),
      isFinished: () => existsSync(path.join(folder, `${name}.done`)),
    })),
    workers: 2,
    module,
    request: { folder, steps, fault },
    onEvent: ({ what, job }) => void events.push(`${what} ${job.name}`),
  };
  return { folder, events, request };
}

const stepsOf = (folder: string, name: string) =>
  readFileSync(path.join(folder, `${name}.steps`), 'utf8').length;

test('when workers are killed, then no job is lost, repeated, or begun from its start', async (t) => {
  const names = ['a', 'b', 'c'];
  const { folder, events, request } = jobsIn(t, names);
  const pids = new Map<string, number>();
  const killed = new Set<string>();
  await runJobs({
    ...request,
    onMessage({ name }, message) {
      const { pid, step = 0 } = message as Told;
      if (pid !== undefined) {
        pids.set(name, pid);
      }
      if (step >= 3 && !killed.has(name)) {
        killed.add(name);
        process.kill(pids.get(name) as number, 'SIGKILL');
      }
    },
  });
  assert.equal(killed.size, names.length);
  assert.equal(events.filter((event) => event.startsWith('lost')).length, 3);
  for (const name of names) {
    assert.equal(stepsOf(folder, name), steps);
    assert.equal(events.filter((event) => event === `finished ${name}`).length, 1);
    assert.match(readFileSync(path.join(folder, 'jobs', name, 'log.txt'), 'utf8'), /is done\n$/);
  }
  const before = events.length;
  await runJobs(request);
  assert.deepEqual(
    events.slice(before),
    names.map((name) => `found ${name}`),
  );
});

test('when there are several GPUs, then the jobs of a moment are divided among them', async (t) => {
  setVariable(t, 'CUDA_VISIBLE_DEVICES', '4,5');
  const { request } = jobsIn(t, ['a', 'b']);
  const seen = new Set<string | undefined>();
  const onMessage = (_: unknown, message: unknown) => void seen.add((message as Told).gpu);
  await runJobs({ ...request, onMessage });
  seen.delete(undefined);
  assert.deepEqual([...seen].sort(), ['4', '5']);
});

test('when a job fails, then the others are left, and the error names it', async (t) => {
  const { request } = jobsIn(t, ['bad', 'good'], { bad: 'error' });
  await assert.rejects(runJobs(request), { message: 'bad: the photo is gone' });
});

test('when the processes of a job end one after another, then the error has the last lines of its log', async (t) => {
  const { events, request } = jobsIn(t, ['bad'], { bad: 'exit' });
  await assert.rejects(
    runJobs(request),
    /^Error: bad: 3 processes ended one after another, the last by exit code 3.*log\.txt: .*out of memory$/s,
  );
  assert.equal(events.filter((event) => event === 'lost bad').length, 2);
});

test('when the signal is aborted, then the workers leave their jobs, and a later call goes on', async (t) => {
  const { folder, request } = jobsIn(t, ['a', 'b']);
  const controller = new AbortController();
  const stopped = runJobs({
    ...request,
    signal: controller.signal,
    onMessage: (_, message) => {
      if ((message as Told).step === 2) {
        controller.abort();
      }
    },
  });
  await assert.rejects(stopped, (error) => error === controller.signal.reason);
  assert.ok(!existsSync(path.join(folder, 'a.done')));
  assert.match(readFileSync(path.join(folder, 'jobs/a/log.txt'), 'utf8'), /stopped, with what/);
  await runJobs(request);
  assert.deepEqual([stepsOf(folder, 'a'), stepsOf(folder, 'b')], [steps, steps]);
});

test('when another machine has a job, then it is waited for, and taken over once its claim is old', async (t) => {
  const { folder, events, request } = jobsIn(t, ['far']);
  const claims = path.join(folder, 'jobs/far');
  mkdirSync(claims, { recursive: true });
  const claim = path.join(claims, claimOf({ space: '00000000cafe', pid: 7, start: '1' }));
  writeFileSync(claim, 'held\n');
  const working = runJobs(request);
  await setTimeout(1500);
  assert.deepEqual(events, []);
  const then = Date.now() / 1000 - 70;
  utimesSync(claim, then, then);
  await working;
  assert.deepEqual(events, ['begun far', 'finished far']);
  rmSync(claims, { recursive: true });
});

test('when a worker hangs, then it is killed, and another one goes on', async (t) => {
  t.mock.timers.enable({ apis: ['setInterval'] });
  const { events, request } = jobsIn(t, ['a']);
  let hung = false;
  await runJobs({
    ...request,
    workers: 1,
    onMessage(_, message) {
      const { pid } = message as Told;
      if (pid !== undefined && !hung) {
        hung = true;
        process.kill(pid, 'SIGSTOP');
        // What it sent before may still come.
        void setTimeout(500).then(() => t.mock.timers.tick(305_000));
      }
    },
  });
  assert.deepEqual(events, ['begun a', 'lost a', 'begun a', 'finished a']);
});

test('when another machine took over the job of a worker that stood still, then the worker leaves it, and its call goes on', async (t) => {
  const { folder, events, request } = jobsIn(t, ['a']);
  const claims = path.join(folder, 'jobs/a');
  await runJobs({
    ...request,
    onMessage(_, message) {
      if ((message as Told).step === 3) {
        const own = readdirSync(claims).find((name) => name.startsWith('lock-')) as string;
        rmSync(path.join(claims, own));
        // The other machine has finished it: what the worker saves is refused.
        writeFileSync(path.join(folder, 'a.done'), '');
      }
    },
  });
  assert.deepEqual(events, ['begun a', 'taken a', 'found a']);
});

const script = (name: string) => path.resolve(import.meta.dirname, '../../scripts/cluster', name);

test('when the scripts for clusters begin submit, then they give it flags that it has, and as many threads as it may use', async () => {
  const env = { SLURM_SUBMIT_DIR: '/', SLURM_CPUS_PER_TASK: '8', BOBBIN_MODELS_AT_ONCE: '2' };
  const begin = (given: Record<string, string>) =>
    spawnSync('bash', [script('submit.sbatch'), '--data', 'photos'], {
      env: { ...process.env, ...env, BOBBIN: 'echo', ...given },
      encoding: 'utf8',
    }).stdout;
  const stdout = begin({});
  assert.equal(stdout, 'submit --workers 2 --compute-threads 4 --threads 4 --data photos\n');
  const manifest = readFileSync(script('submit.yaml'), 'utf8');
  const [command, ...args] = [...manifest.matchAll(/^ {12}- (\S+)$/gm)].map(([, word]) => word);
  assert.equal(command, 'submit');
  const program = await createProgram(['submit']);
  const submit = program.commands.find((each) => each.name() === 'submit');
  const known = submit?.options.map(({ long }) => long);
  for (const word of [...args, ...stdout.split(' ').filter((each) => each.startsWith('--'))]) {
    assert.ok(known?.includes(word?.split('=')[0]), word);
  }
  assert.equal(begin({ BOBBIN_COMMAND: 'train' }), stdout.replace('submit', 'train'));
});
