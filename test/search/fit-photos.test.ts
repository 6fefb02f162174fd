/** `fitPhotos`: whole fits of drawn photos by a tiny network, one that is killed, and what it refuses. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { appendFile, cp, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { before, test } from 'node:test';
import { loadManifest, samplesOf } from '../../src/dataset/index.js';
import { loadClassifier } from '../../src/model/index.js';
import { Clock } from '../../src/search/fit/clock.js';
import { Fitting } from '../../src/search/fit/fitting.js';
import { fitLog, type PlanLine } from '../../src/search/fit/lines.js';
import { partsOf } from '../../src/search/fit/parts.js';
import { reserveFor } from '../../src/search/fit/reserve.js';
import { fineTuneAll } from '../../src/search/fit/steps/fine-tune.js';
import { read } from '../../src/search/fit/steps/read.js';
import { type FitPhotosRequest, fitPhotos } from '../../src/search/index.js';
import { Log, readLog } from '../../src/search/log.js';
import type { Settings } from '../../src/settings.js';
import { temporaryFolder } from '../support/folders.js';
import { programOf } from '../support/run-bobbin.js';
import { drawPhotoFolders, saveTinyNetwork } from './photo-folders.js';

const folder = temporaryFolder();
const at = (...parts: string[]) => path.join(folder, ...parts);
before(async () => {
  await drawPhotoFolders(at('photos'), 12);
  await saveTinyNetwork(at('net'));
});

const requestFor = (out: string, changes: Partial<FitPhotosRequest> = {}): FitPhotosRequest => ({
  ...{ photos: at('photos'), out, networks: [at('net')], budgetSeconds: 20 },
  ...changes,
});

/** Runs the fit in a process of its own, and kills it when it says or shows `last`. */
function killedAt(last: string, { photos, out, networks = [], budgetSeconds }: FitPhotosRequest) {
  const words = [
    ...programOf('test/search/fit-one.ts'),
    photos,
    out,
    `${networks[0]}`,
    `${budgetSeconds}`,
  ];
  const child = spawn(process.execPath, words);
  let printed = '';
  let errors = '';
  child.stdout.on('data', (text) => {
    printed += text;
    if (printed.includes(last)) {
      child.kill('SIGKILL');
    }
  });
  child.stderr.on('data', (text) => {
    errors += text;
  });
  return new Promise<void>((resolve, reject) => {
    child.on('close', (_, signal) =>
      signal === 'SIGKILL' ? resolve() : reject(new Error(`${printed}${errors}`)),
    );
  });
}

test('when a fit is killed in a fine-tuning, then it has a model, and the same call goes on with that run in the time that is left', async () => {
  const out = at('fit');
  // A photo that cannot be read is left out.
  await cp(at('photos'), at('damaged'), { recursive: true });
  await writeFile(at('damaged', 'red', 'broken.jpg'), 'no picture');
  const request = requestFor(out, { photos: at('damaged') });
  await killedAt('run 01 epoch 2', request);
  (await loadClassifier(out)).model.dispose();
  const linesIn = async () => (await readLog(path.join(out, 'log.jsonl'), fitLog))?.lines ?? [];
  const killed = await linesIn();
  const used = killed.at(-1)?.at as number;
  assert.ok(used > 0);
  assert.ok(killed.every(({ event }) => event !== 'run'));

  const began = performance.now();
  const { classifier, scores, steps, folder: answer } = await fitPhotos(request);
  assert.ok((performance.now() - began) / 1000 < 22 - used);
  assert.deepEqual(classifier.classes, ['blue', 'green', 'red']);
  classifier.model.dispose();
  const lines = await linesIn();
  assert.deepEqual(lines.slice(0, killed.length), killed);
  // The time of the killed call counts.
  assert.ok(lines.every(({ at: time }, index) => time >= (lines[index - 1]?.at ?? 0)));
  assert.deepEqual(lines.flatMap((line) => (line.event === 'plan' ? line.run : [])).slice(0, 1), [
    '01',
  ]);
  assert.equal(lines.filter(({ event }) => event === 'head').length, 1);
  assert.ok(scores.choosing.accuracy > 0.6 && scores.seconds > used);
  assert.equal(scores.reported, undefined);
  assert.match(steps.at(-1) as string, /on the images that also chose, so it is slightly too high/);
  assert.ok(answer.startsWith(out));

  const again = await fitPhotos(request);
  again.classifier.model.dispose();
  assert.deepEqual([again.wasFinished, again.scores], [true, scores]);
  await assert.rejects(fitPhotos({ ...request, seed: 7 }), /seed was 1, is 7/);
});

test('when a run is slower than planned, then it is trained to an end with fewer epochs, and a damaged log is refused', async () => {
  const out = at('fit');
  const file = path.join(out, 'log.jsonl');
  const { settings } = (await readLog(file, fitLog)) as { settings: Settings };
  const log = await Log.open(file, fitLog, { settings, folder: out });
  const request = requestFor(out, { photos: at('damaged') });
  // The clock stands still: a second for training is left until the end.
  const fittingWith = (budget: number) => {
    const clock = new Clock(budget, 0, () => 0);
    return new Fitting({ ...request, seed: 1 }, new Map([[at('net'), 1]]), log, clock);
  };
  const photos = await read(fittingWith(1));
  const fitting = fittingWith(reserveFor(fittingWith(1), photos) + 1);
  const [plan] = fitting.linesOf('plan');
  await fitting.add({ ...(plan as PlanLine), run: '02', epochs: 5000 });
  await fineTuneAll(fitting, photos);
  const { epochs } = fitting.linesOf('plan').at(-1) as PlanLine;
  assert.ok(epochs >= 3 && epochs < 5000, `${epochs}`);
  assert.match(fitting.linesOf('run').at(-1)?.says as string, /^Run 02: \d+ epochs/);
  const history = await readFile(path.join(out, 'runs', '02', 'history.csv'), 'utf8');
  assert.ok(history.split('\n').length - 2 <= epochs);
  await log.close();

  await appendFile(file, '{"event":"done","at":1,"says":""}\n');
  await assert.rejects(fitPhotos(request), /a line of a fit for .*log\.jsonl:\d+ .*Restore/);
});

test('when photos cannot be fitted, then one error says why, and nothing is left of a path that is wrong', async () => {
  await assert.rejects(fitPhotos(requestFor(at('none'), { photos: at('absent') })), /absent/);
  assert.ok(!(await readdir(folder)).includes('none'));
  const inside = at('photos', 'fit');
  await assert.rejects(fitPhotos(requestFor(inside)), /a folder outside/);
  await assert.rejects(fitPhotos(requestFor(at('photos'))), /that of an earlier fit/);
  await mkdir(at('empty'));
  await assert.rejects(fitPhotos(requestFor(at('of-empty'), { photos: at('empty') })), /empty/);
  await cp(at('photos', 'red'), at('one', 'red'), { recursive: true });
  await assert.rejects(
    fitPhotos(requestFor(at('of-one'), { photos: at('one') })),
    /At least two classes are needed/,
  );
  for (const name of ['red', 'green']) {
    const [first] = await readdir(at('photos', name));
    await cp(at('photos', name, first as string), at('few', name, 'a.jpg'));
  }
  await assert.rejects(
    fitPhotos(requestFor(at('of-few'), { photos: at('few') })),
    /at least 4 different images, 2 for each class/,
  );
  await assert.rejects(fitPhotos(requestFor(at('short'), { budgetSeconds: 5 })), /at least 20/);
  await assert.rejects(
    fitPhotos(requestFor(at('no-net'), { networks: [] })),
    /Missing one network/,
  );
});

test('when there are photos enough, then the validation split only reports, and a tenth of the others choose', async () => {
  const { tasks, ...manifest } = await loadManifest(at('fit', 'data'));
  const [task] = tasks;
  const many = (split: 'train' | 'validation', count: number) =>
    Array.from({ length: count }, (_, index) => ({
      ...{ path: `${split}-${index}.jpg`, task: task.name, label: index % 3, maybe: [], split },
      hash: `${split === 'train' ? 'a' : 'b'}${index}`.padStart(64, '0'),
    }));
  const samples = [...many('train', 2000), ...many('validation', 200)];
  const { choosing, reported } = partsOf({ ...manifest, tasks, samples }, task, 1);
  const held = samplesOf(choosing, task.name, 'validation');
  assert.deepEqual([held.length, choosing.samples.length, reported?.length], [200, 2000, 200]);
  assert.ok(reported?.every(({ path: file }) => file.startsWith('validation')));
  assert.ok(held.every(({ path: file }) => file.startsWith('train')));
  const few = partsOf({ ...manifest, tasks, samples: samples.slice(1) }, task, 1);
  assert.equal(few.reported, undefined);
  assert.equal(samplesOf(few.choosing, task.name, 'validation').length, 200);
});
