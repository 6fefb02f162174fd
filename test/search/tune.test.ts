/** `tune`: which trial trains next, what trials draw, and a whole search that is interrupted and repeated. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { readdir, readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { before, test } from 'node:test';
import { createProgram } from '../../src/cli/program.js';
import { loadManifest, type Manifest } from '../../src/dataset/index.js';
import { type TuneRequest, tune } from '../../src/search/index.js';
import { readLog } from '../../src/search/log.js';
import {
  bestJob,
  type Job,
  nextJob,
  type RungResult,
  rungsOf,
} from '../../src/search/tune/asha.js';
import { type LogLine, searchLog } from '../../src/search/tune/log.js';
import { drawTrial, type Search } from '../../src/search/tune/space.js';
import { SearchState } from '../../src/search/tune/state.js';
import { tableCsv } from '../../src/search/tune/table.js';
import { tf } from '../../src/tensorflow/index.js';
import { completeOptions, train } from '../../src/training/index.js';
import { saveLayers, tinyLayers } from '../model/networks/imported.js';
import { temporaryFolder, writeFiles } from '../support/folders.js';
import { drawPhotos } from '../support/photos.js';
import { below, randomOf } from '../support/random.js';
import { programOf } from '../support/run-bobbin.js';
import { usualSearch } from './usual-search.js';

test('when epochs are given, then each rung has a third of those of the next one', () => {
  assert.deepEqual([1, 2, 3, 6, 9, 15].map(rungsOf), [
    [1],
    [2],
    [1, 3],
    [2, 6],
    [1, 3, 9],
    [2, 5, 15],
  ]);
});

/** The first jobs of a search whose trials have planted losses. */
function jobsOf(count: number, lossOf: (job: Job) => number): Job[] {
  const results: RungResult[][] = [[], [], []];
  return Array.from({ length: count }, () => {
    const job = nextJob(results, results[0]?.length) as Job;
    results[job.rung]?.push({ trial: job.trial, loss: lossOf(job) });
    return job;
  });
}

const inWords = (jobs: readonly Job[]) =>
  jobs.map(({ trial, rung }) => `${trial}:${rung}`).join(' ');

test('when losses are planted, then trials are promoted as the rule says, written out by hand', () => {
  // The earliest is the best: one of three is promoted, and of three promoted ones the first again.
  assert.equal(
    inWords(jobsOf(13, ({ trial }) => trial)),
    '0:0 1:0 2:0 0:1 3:0 4:0 5:0 1:1 6:0 7:0 8:0 2:1 0:2',
  );
  // Each is better than all before it: it is promoted at once, as it displaces one that was promoted too early.
  assert.equal(
    inWords(jobsOf(11, ({ trial }) => -trial)),
    '0:0 1:0 2:0 2:1 3:0 3:1 4:0 4:1 4:2 5:0 5:1',
  );
});

/** Algorithm 2 of the paper, with sets of (configuration, loss) and of what was promoted for each rung. */
function paperJobs(count: number, lossOf: (job: Job) => number): Job[] {
  const [eta, top] = [3, 2];
  const rungs = Array.from({ length: top + 1 }, () => ({
    losses: new Map<number, number>(),
    promoted: new Set<number>(),
  }));
  const getJob = (born: number): Job => {
    for (let k = top - 1; k >= 0; k--) {
      const { losses, promoted } = rungs[k] as (typeof rungs)[0];
      const byLoss = [...losses].sort(([, a], [, b]) => a - b).map(([trial]) => trial);
      const candidates = byLoss.slice(0, Math.floor(losses.size / eta));
      const promotable = candidates.filter((trial) => !promoted.has(trial));
      if (promotable.length > 0) {
        promoted.add(promotable[0] as number);
        return { trial: promotable[0] as number, rung: k + 1 };
      }
    }
    return { trial: born, rung: 0 };
  };
  let born = 0;
  return Array.from({ length: count }, () => {
    const job = getJob(born);
    born += job.rung === 0 ? 1 : 0;
    rungs[job.rung]?.losses.set(job.trial, lossOf(job));
    return job;
  });
}

test('when losses are random curves, then the jobs are those of the paper', () => {
  for (let seed = 1; seed <= 20; seed++) {
    const random = randomOf(seed);
    const curves = Array.from({ length: 100 }, () => [random(), random(), random()]);
    const lossOf = ({ trial, rung }: Job) => curves[trial]?.[rung] as number;
    assert.equal(inWords(jobsOf(100, lossOf)), inWords(paperJobs(100, lossOf)));
  }
});

test('when trials fail, then they are not promoted, and the best is the one of the highest rung', () => {
  const failed = Number.POSITIVE_INFINITY;
  const losses = [failed, 2, failed, 1, 3, 4].map((loss, trial) => ({ trial, loss }));
  assert.deepEqual(nextJob([losses, []], undefined), { trial: 3, rung: 1 });
  assert.deepEqual(nextJob([losses, [{ trial: 3, loss: failed }]], undefined), {
    trial: 1,
    rung: 1,
  });
  assert.equal(nextJob([losses.slice(0, 2), []], undefined), undefined);
  // One that is trained now is not begun again.
  assert.deepEqual(nextJob([losses, []], undefined, [{ trial: 3, rung: 1 }]), {
    trial: 1,
    rung: 1,
  });
  assert.deepEqual(bestJob([losses, [{ trial: 4, loss: 9 }]]), { trial: 4, rung: 1 });
  assert.deepEqual(bestJob([losses, [{ trial: 3, loss: failed }]]), { trial: 1, rung: 0 });
  assert.equal(bestJob([[{ trial: 0, loss: failed }], []]), undefined);
});

test('when trainings have processes of their own, then their starts count in the time that the next one is expected to take', () => {
  const scores = { trial: 0, loss: 1, accuracy: 1, seconds: 4 };
  const lines: LogLine[] = [
    { event: 'begun', trial: 0, rung: 0, used: 3 },
    { event: 'trial', ...scores, rung: 0, epochs: 2, drawn: {}, used: 13 },
  ];
  const paceIn = (inProcesses: boolean) =>
    new SearchState(lines, 2, { most: 4, inProcesses }).pace(1).toFixed(2);
  assert.deepEqual([paceIn(false), paceIn(true)], ['2.30', '5.75']);
});

const search: Search = {
  given: { epochs: 6 },
  networks: ['resnet18', 'mobilenet-v2'],
  leaveOut: [],
  seed: 1,
};

test('when trials draw, then each draw depends on the seed and the number alone, and the first has none', async () => {
  const numbers = Array.from({ length: 40 }, (_, trial) => trial);
  const drawn = await Promise.all(numbers.map((trial) => drawTrial(trial, search)));
  assert.deepEqual(await drawTrial(17, search), drawn[17]);
  assert.notDeepEqual((await drawTrial(17, { ...search, seed: 2 })).drawn, drawn[17]?.drawn);
  assert.deepEqual(drawn[0]?.drawn, {});
  assert.deepEqual(drawn[0]?.options.model, { network: 'resnet18' });
  const trials = drawn.slice(1);
  const valuesOf = (name: keyof (typeof trials)[0]['drawn']) =>
    new Set(trials.map((trial) => trial.drawn[name]));
  assert.deepEqual([...valuesOf('recipe')].sort(), ['none', 'quick', 'strong']);
  assert.deepEqual([...valuesOf('network')].sort(), ['mobilenet-v2', 'resnet18']);
  assert.deepEqual([...valuesOf('size')].sort(), [160, 224, 288]);
  assert.equal(valuesOf('learningRate').size > 30, true);
  for (const { drawn, options } of trials) {
    assert.ok((drawn.learningRate as number) >= 0.002 && (drawn.learningRate as number) <= 0.2);
    assert.equal(options.learningRate, drawn.learningRate);
    assert.equal(options.model?.size, drawn.size);
    assert.equal(options.epochs, 6);
    const { augmentation } = completeOptions({ ...options });
    assert.ok(Math.abs(augmentation.brightness - 0.2 * (drawn.strength as number)) < 1e-4);
  }
});

test('when options are given or parameters left out, then they are not drawn', async () => {
  const given = {
    epochs: 1,
    recipe: 'strong',
    learningRate: 0.3,
    model: { size: 64 },
    augmentation: { brightness: 0.7 },
  } as const;
  const fixed: Search = { ...search, given, leaveOut: ['weightDecay', 'network'] };
  const { drawn, options } = await drawTrial(3, fixed);
  assert.deepEqual(Object.keys(drawn), ['strength']);
  assert.deepEqual([options.learningRate, options.model], [0.3, { network: 'resnet18', size: 64 }]);
  assert.equal(options.augmentation?.brightness, 0.7);
  assert.notEqual(options.augmentation?.contrast, 0.2);
  // The recipe would freeze the only epoch.
  assert.equal(options.freezeEpochs, 0);
});

const kills = process.env.BOBBIN_FAULTS === 'all' ? 10 : 2;
const script = programOf('test/search/tune-one.ts');
const folder = temporaryFolder();
const at = (...parts: string[]) => path.join(folder, ...parts);
let manifest: Manifest;
before(async () => {
  await drawPhotos(at('data'));
  manifest = await loadManifest(at('data'));
  // A search that looked at the validation split would fail.
  for (const { path: file, split } of manifest.samples) {
    if (split === 'validation') {
      await rm(at('data', file));
    }
  }
  const model = tinyLayers();
  await saveLayers(at('net'), model);
  model.dispose();
});

const requestFor = (out: string, changes: Partial<TuneRequest> = {}): TuneRequest => ({
  ...usualSearch({ manifest, out, network: at('net') }),
  ...changes,
});

test('when a search ends, then its recipe trains, its table follows from its log, and only the best run is left', async () => {
  const out = at('whole');
  const tensors = tf.memory().numTensors;
  const tuned = await tune(requestFor(out));
  assert.equal(tf.memory().numTensors, tensors);
  const { trials, best, check, isBetter, recipe, finished } = tuned;
  assert.deepEqual([trials.length, finished], [4, true]);
  const whole = trials.filter(({ epochs }) => epochs === 3);
  assert.ok(whole.length >= 1 && whole.length < 4);
  assert.deepEqual(trials[0]?.drawn, {});
  const losses = whole.map(({ loss }) => loss as number);
  assert.equal(trials[best]?.loss, Math.min(...losses));
  assert.equal(check === undefined, best === 0);
  assert.equal(isBetter, check !== undefined && (check.best as number) < (check.first as number));
  assert.deepEqual(await readdir(path.join(out, 'colour', 'trials')), [`000${best}-1`]);
  assert.deepEqual(await readdir(path.join(out, 'colour', 'check')).catch(() => []), []);
  const log = path.join(out, 'colour', 'log.jsonl');
  const { lines } = (await readLog(log, searchLog)) as { lines: LogLine[] };
  assert.equal(tableCsv(lines, 2), await readFile(path.join(out, 'colour.csv'), 'utf8'));
  const before = await readFile(log);
  assert.deepEqual(await tune(requestFor(out)), tuned);
  const places = ['--data', at('data'), '--out', out, '--model', at('net')];
  const options = '--trials 4 --epochs 3 --batch-size 8 --learning-rate 0.02'.split(' ');
  const words = ['tune', ...places, ...options];
  await (await createProgram(words)).parseAsync(words, { from: 'user' });
  assert.deepEqual(await readFile(log), before);
  assert.deepEqual((await readdir(out)).sort(), [
    'colour',
    'colour.csv',
    'colour.json',
    'colour.png',
  ]);
  await assert.rejects(tune(requestFor(out, { batchSize: 12 })), /options\.batchSize was 8, is 12/);
  const again = { manifest, task: 'colour', trainOn: 'all', recipe, epochs: 1 } as const;
  await drawPhotos(at('data'));
  const { classifier, history } = await train({ ...again, run: at('run') });
  assert.equal(history.length, 1);
  classifier.model.dispose();
});

/** Runs the search in a process of its own, and kills it when it has printed so many lines. */
function searchKilled(out: string, lines: number, workers = ''): Promise<void> {
  const child = spawn(process.execPath, [...script, at('data'), out, at('net'), workers]);
  let [printed, errors] = [0, ''];
  child.stdout.on('data', (text) => {
    printed += `${text}`.split('\n').length - 1;
    if (printed >= lines) {
      child.kill('SIGKILL');
    }
  });
  child.stderr.on('data', (text) => {
    errors += text;
  });
  return new Promise((resolve, reject) => {
    child.on('close', (code, signal) =>
      signal === 'SIGKILL' ? resolve() : reject(new Error(`exit code ${code}\n${errors}`)),
    );
  });
}

/** The table without the columns of times and of the checks, since an earlier best trial may have been checked, too. */
const resultsIn = async (out: string) =>
  (await readFile(path.join(out, 'colour.csv'), 'utf8')).match(/^(?:[^,]*,){10}/gm);

test('when a search is killed again and again, stopped, or has too little time, then the same call goes on to the same results', async (t) => {
  const out = at('killed');
  const random = randomOf(11);
  for (let struck = 0; struck < kills; struck++) {
    // The search has at least 48 steps.
    await searchKilled(out, 1 + below(random, 40 / kills));
  }
  t.diagnostic(`${kills} kills`);
  const controller = new AbortController();
  const onResult = () => controller.abort(new Error('enough'));
  const { signal } = controller;
  await assert.rejects(tune(requestFor(out, { signal, onResult })), /enough/);
  assert.equal((await tune(requestFor(out, { budgetSeconds: 0.001 }))).finished, false);
  assert.equal((await tune(requestFor(out, { budgetSeconds: 10_000 / 3 }))).finished, true);
  assert.deepEqual(await resultsIn(out), await resultsIn(at('whole')));
  const names = async (folder: string) =>
    (await readdir(folder, { recursive: true })).filter((name) => !name.endsWith('.png')).sort();
  assert.deepEqual(await names(out), await names(at('whole')));
});

/** Each job begins once, as the lines before it decide, and has one result. */
function checkLog(lines: readonly LogLine[]): void {
  const results: RungResult[][] = [[], []];
  const begun: Job[] = [];
  for (const line of lines) {
    if (line.event === 'begun') {
      const { trial, rung } = line;
      const born = (results[0]?.length ?? 0) + begun.filter((job) => job.rung === 0).length;
      assert.deepEqual(nextJob(results, born, begun), { trial, rung });
      begun.push({ trial, rung });
    } else if (line.event === 'trial') {
      const place = begun.findIndex((job) => job.trial === line.trial && job.rung === line.rung);
      assert.notEqual(place, -1, 'a result without a beginning, or a second one');
      begun.splice(place, 1);
      results[line.rung]?.push({ trial: line.trial, loss: line.loss as number });
    }
  }
  assert.deepEqual(begun, []);
}

test('when processes train trials, of which one is killed and then the search itself, then the log has each result once, the same as of one process', async () => {
  const out = at('many');
  await searchKilled(out, 1, '2');
  const log = path.join(out, 'colour', 'log.jsonl');
  const { lines: before } = (await readLog(log, searchLog)) as { lines: LogLine[] };
  let struck = false;
  const { trials, finished } = await tune(
    requestFor(out, {
      workers: 2,
      onProgress({ trial }) {
        if (!struck) {
          struck = true;
          const printed = readFileSync(at('many/colour/jobs', `000${trial}-0/log.txt`), 'utf8');
          const [, pid] = [...printed.matchAll(/begins in process (\d+)$/gm)].at(-1) ?? [];
          process.kill(Number(pid), 'SIGKILL');
        }
      },
    }),
  );
  assert.deepEqual([trials.length, finished, struck], [4, true, true]);
  const { lines } = (await readLog(log, searchLog)) as { lines: LogLine[] };
  assert.deepEqual(lines.slice(0, before.length), before);
  checkLog(lines);
  const { lines: alone } = (await readLog(at('whole/colour/log.jsonl'), searchLog)) as {
    lines: LogLine[];
  };
  checkLog(alone);
  const lossesIn = (all: readonly LogLine[]) =>
    new Map(
      all.flatMap((line) =>
        line.event === 'trial' ? [[`${line.trial}-${line.rung}`, line.loss]] : [],
      ),
    );
  const wanted = lossesIn(alone);
  for (const [name, loss] of lossesIn(lines)) {
    assert.ok(!wanted.has(name) || wanted.get(name) === loss, name);
  }
  assert.equal(tableCsv(lines, 2), await readFile(path.join(out, 'colour.csv'), 'utf8'));
});

test('when the log is damaged, then the error names its line', async () => {
  const file = at('log.jsonl');
  const begin = '{"event":"begin","settings":{}}\n';
  for (const [line, text] of [
    [1, '{"event":"begin"}\n'],
    [2, `${begin}{"event":"end"}\n`],
    [3, `${begin}{"event":"check","trial":0,"loss":null,"accuracy":null,"seconds":0}\n{"trial":\n`],
  ] as const) {
    await writeFiles(folder, { 'log.jsonl': text });
    await assert.rejects(
      readLog(file, searchLog),
      new RegExp(`log\\.jsonl:${line}.* Restore the file`),
    );
  }
  // A kill cut the line off.
  await writeFiles(folder, { 'log.jsonl': `${begin}{"event":"tr` });
  assert.deepEqual(await readLog(file, searchLog), { settings: {}, lines: [] });
});
