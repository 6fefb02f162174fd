/** A submission that is continued after its source or its files changed. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import {
  appendFile,
  copyFile,
  cp,
  mkdir,
  readdir,
  readFile,
  rename,
  rm,
  stat,
  writeFile,
} from 'node:fs/promises';
import path from 'node:path';
import { before, test } from 'node:test';
import { loadManifest } from '../../src/dataset/index.js';
import { claimOf } from '../../src/disk/leftovers.js';
import { createModel, saveClassifier } from '../../src/model/index.js';
import {
  type Member,
  type Recipes,
  readRecipes,
  type SubmitObserver,
  type SubmitRequest,
  submit,
} from '../../src/submission/index.js';
import { synthesize } from '../../src/synthetic/index.js';
import { temporaryFolder } from '../support/folders.js';
import { drawPhotos } from '../support/photos.js';

const folder = temporaryFolder();
const source = path.join(folder, 'photos');
const out = path.join(folder, 'out');
const manifest = path.join(out, 'data', 'manifest.json');
const task = 'collar_design_labels';
const run = path.join(out, 'runs', 'model-1', task);
const predictions = ['validation.json', 'questions.json'];

const at = (place: string) => ({
  source: path.join(place, 'photos'),
  out: path.join(place, 'out'),
});

/** Calls `submit` and returns its rows and what it told of changes. */
async function submitted(
  place = at(folder),
  change: Partial<Omit<SubmitRequest, 'source' | 'out' | 'training'>> = {},
  observer: SubmitObserver = {},
): Promise<{ rows: string[]; told: string[] }> {
  const told: string[] = [];
  const { csv } = await submit({
    ...place,
    ...change,
    seed: 1,
    validationFraction: 0.3,
    crops: 'center',
    training: {
      trainable: 'head',
      epochs: 1,
      warmUp: 0,
      batchSize: 4,
      // With workers, the default is less than all cores.
      computeThreads: 0,
      model: { network: 'mobilenet-v2', pretrained: false, size: 32 },
    },
    observer: { ...observer, onChange: (sentence) => told.push(sentence) },
  });
  return { rows: (await readFile(csv, 'utf8')).trimEnd().split('\n'), told };
}

/** When each stored prediction in `run` was written. */
const times = (place = run) =>
  Promise.all(predictions.map(async (file) => (await stat(path.join(place, file))).mtimeMs));
const probabilities = (row: string | undefined) => row?.split(',')[2];

let first: Awaited<ReturnType<typeof submitted>>;
before(async () => {
  await synthesize(source, { tasks: [task], imagesPerTask: 12, questionsPerTask: 2, size: 64 });
  first = await submitted();
});

test('when nothing changed, then the stored predictions are used', async () => {
  const written = await times();
  assert.deepEqual(await submitted(), first);
  assert.deepEqual(await times(), written);
});

test('when source and submission move together, then the stored predictions are used', async () => {
  const written = await times();
  const elsewhere = `${folder}-moved`;
  await rename(folder, elsewhere);
  try {
    assert.deepEqual(await submitted(at(elsewhere)), first);
    assert.deepEqual(await times(path.join(elsewhere, path.relative(folder, run))), written);
  } finally {
    await rename(elsewhere, folder);
  }
});

test('when source or submission moves alone, or both are copied, then the submission continues', async (t) => {
  const other = temporaryFolder(t);
  const places = {
    out: path.join(other, 'far', 'away', 'out'),
    source: path.join(other, 'photos'),
  };
  const written = await times();
  await mkdir(path.dirname(places.out), { recursive: true });
  for (const [from, to, place] of [
    [out, places.out, { source, out: places.out }],
    [source, places.source, places],
    [places.out, out, { source: places.source, out }],
    [places.source, source, { source, out }],
  ] as const) {
    await rename(from, to);
    assert.deepEqual(await submitted(place), first);
    assert.deepEqual(await times(path.join(place.out, path.relative(out, run))), written);
  }
  const copy = path.join(other, 'copy');
  await cp(folder, copy, { recursive: true });
  assert.deepEqual(await submitted(at(copy)), first);
});

test('when the source is another release, then the error names the file that differs', async (t) => {
  const other = path.join(temporaryFolder(t), 'photos');
  await cp(source, other, { recursive: true });
  const labels = path.join(other, 'base', 'Annotations', 'label.csv');
  await writeFile(labels, (await readFile(labels, 'utf8')).replace('\n', '\n\n'));
  await assert.rejects(submitted({ source: other, out }), ({ message }: Error) => {
    assert.ok(message.includes(`${labels} has other rows. Name the source`), message);
    return true;
  });
});

test('when an earlier version kept the path of the source, then the submission continues', async () => {
  const file = path.join(out, 'settings.json');
  const settings = JSON.parse(await readFile(file, 'utf8'));
  for (const kept of [source, '../photos']) {
    await writeFile(file, JSON.stringify({ ...settings, source: kept }));
    assert.deepEqual(await submitted(), first);
  }
});

test('when a photo of a question changes, then it is predicted again', async () => {
  const [one, other] = first.rows.map((row) => path.join(source, 'rank', row.split(',')[0] ?? ''));
  const kept = path.join(folder, 'kept.jpg');
  await copyFile(one as string, kept);
  await copyFile(other as string, one as string);
  const written = await times();
  const { rows } = await submitted();
  const values = [rows[0], first.rows[1]].map((row) => probabilities(row)?.split(';').map(Number));
  const [now = [], wanted = []] = values;
  assert.ok(now.every((value, label) => Math.abs(value - (wanted[label] as number)) < 1e-6));
  const [validation, questions] = await times();
  assert.equal(validation, written[0]);
  assert.notEqual(questions, written[1]);
  await copyFile(kept, one as string);
});

test('when the model is another one, then its predictions replace those of the earlier', async () => {
  const model = path.join(run, 'model');
  const file = path.join(model, 'model.json');
  const { classes } = JSON.parse(await readFile(file, 'utf8')).userDefinedMetadata;
  const options = { network: 'mobilenet-v2', pretrained: false, size: 32 } as const;
  const other = await createModel({ ...options, classes, trainable: 'head', seed: 99 });
  await saveClassifier(other, model);
  const written = await times();
  const { rows } = await submitted();
  assert.notEqual(probabilities(rows[0]), probabilities(first.rows[0]));
  assert.ok((await times()).every((time, index) => time > (written[index] as number)));
});

test('when labels and a photo of the training change, then both are told', async () => {
  const labels = path.join(source, 'base', 'Annotations', 'label.csv');
  const text = await readFile(labels, 'utf8');
  const photo = path.join(source, 'base', text.split(',')[0] as string);
  await writeFile(labels, text.replace('\n', '\n\n'));
  await writeFile(photo, 'no image');
  const { told } = await submitted();
  assert.equal(told.length, 2);
  assert.ok(told[0]?.includes(`compared, ${photo}, has other bytes`), told[0]);
  assert.ok(told[1]?.startsWith(`${labels} has changed`), told[1]);
  assert.ok(told.every((sentence) => sentence.endsWith('submit into another folder.')));
});

test('when a file of the submission is damaged, then the error names it and what submit makes again', async () => {
  const validation = path.join(run, predictions[0] as string);
  const model = path.join(run, 'model');
  const remedies: [file: string, remedy: string][] = [
    [validation, `Remove ${validation} and predict again`],
    [path.join(model, 'model.json'), `Remove ${model} and repeat submit`],
    [manifest, `Remove ${manifest} and repeat submit`],
  ];
  for (const [file, remedy] of remedies) {
    const content = await readFile(file, 'utf8');
    await writeFile(file, content.slice(0, -100));
    await assert.rejects(submitted(), ({ name, message }: Error) => {
      assert.equal(name, 'InvalidInputError');
      assert.ok(message.includes(file) && message.includes(`. ${remedy}`), message);
      return true;
    });
    await writeFile(file, content);
  }
  await rm(manifest);
  await submitted();
});

test('when the source is gone, then the error names it', async () => {
  await rename(source, `${source}-moved`);
  await assert.rejects(
    submitted(),
    new RegExp(`The folder ${source} is gone, with 12 of 12 photos`),
  );
});

test('when all tasks are trained together, then one network answers each, and a repeated call does nothing again', async (t) => {
  const place = at(temporaryFolder(t));
  const tasks = [task, 'lapel_design_labels'];
  await synthesize(place.source, { tasks, imagesPerTask: 12, questionsPerTask: 2, size: 64 });
  const boxes = path.join(path.dirname(place.out), 'boxes.csv');
  const [asked] = (
    await readFile(path.join(place.source, 'rank/Tests/question.csv'), 'utf8')
  ).split(',');
  await writeFile(boxes, `path,box\nrank/${asked},0 0 40 40\n`);
  const { rows } = await submitted(place, { together: true, boxes });
  assert.equal(rows.length, 4);
  const { questions } = await loadManifest(path.join(place.out, 'data'));
  assert.deepEqual(questions[0]?.box, [0, 0, 40, 40]);
  const folders = path.join(place.out, 'runs', 'model-1');
  assert.deepEqual(await readdir(folders), ['together']);
  const stored = tasks.map((name) => path.join(folders, 'together', name));
  const written = await Promise.all(stored.map(times));
  assert.deepEqual((await submitted(place, { together: true, boxes })).rows, rows);
  assert.deepEqual(await Promise.all(stored.map(times)), written);
  await assert.rejects(submitted(place, { boxes }), /together was true, is not given/);
  assert.deepEqual((await submitted(place, { together: true })).rows, rows);
  const inShares = { together: true, boxUnit: 'shares' } as const;
  await assert.rejects(submitted(place, inShares), /boxUnit was not given, is "shares"/);
  await appendFile(boxes, '\n');
  await assert.rejects(submitted(place, { together: true, boxes }), /the boxes are not the same/);
});

test('when a sample submission asks, then a repeated call needs neither it nor the folder of its images, and refuses others', async (t) => {
  const place = at(temporaryFolder(t));
  const folderOf = (name: string) => path.join(place.source, '..', name);
  await drawPhotos(folderOf('drawn'), { training: 4, validation: 0 });
  const drawn = await readdir(folderOf('drawn'));
  for (const name of drawn) {
    const label = path.join(place.source, name.slice(0, 1));
    await mkdir(label, { recursive: true });
    await copyFile(path.join(folderOf('drawn'), name), path.join(label, name));
  }
  await cp(folderOf('drawn'), folderOf('test'), { recursive: true });
  const questions = folderOf('sample.csv');
  await writeFile(questions, 'id,label\n1-1,x\n0-2,x\n');
  const form = 'kaggle-classes';
  const asking = { form, questions, questionImages: folderOf('test') };
  const { rows } = await submitted(place, asking);
  assert.equal(rows[0], 'id,label');
  for (const again of [{}, { questions }, { questionImages: folderOf('test') }, asking]) {
    assert.deepEqual((await submitted(place, { form, ...again })).rows, rows);
  }
  await assert.rejects(
    submitted(place, { form, questionImages: folderOf('drawn') }),
    /the folder of the earlier call for questionImages .*test\/1-1\.jpg, not .*drawn\/1-1\.jpg\. Leave it out, move the images together with the source/,
  );
  await appendFile(questions, '2-2,x\n');
  await assert.rejects(submitted(place, asking), /the questions are not the same/);
});

/** Kills two workers, which makes no difference, and then finds nothing left to do. */
async function checkWorkers(
  place: ReturnType<typeof at>,
  recipes: Recipes,
  expected: { rows: string[]; zip: string },
): Promise<void> {
  const events: string[] = [];
  const kill = (member: Member) => {
    const log = readFileSync(path.join(place.out, 'jobs/model-1', member.task, 'log.txt'), 'utf8');
    const [, pid] = [...log.matchAll(/begins in process (\d+)$/gm)].at(-1) ?? [];
    process.kill(Number(pid), 'SIGKILL');
  };
  const struck = new Set<string>();
  const strike = (moment: string, member: Member) => {
    if (!struck.has(moment)) {
      struck.add(moment);
      kill(member);
    }
  };
  const observer: SubmitObserver = {
    onJob: ({ what }) => void events.push(what),
    onEpoch: (member) => strike('epoch', member),
    onTrained: (member) => strike('trained', member),
  };
  await pretendBeginning(place.out);
  const { rows } = await submitted(place, { recipes, workers: 2 }, observer);
  assert.deepEqual(rows, expected.rows);
  const zips = [place.out, expected.zip].map((out) =>
    readFileSync(path.join(out, 'submission.zip')),
  );
  assert.ok(zips[0]?.equals(zips[1] as Buffer));
  assert.equal(events.filter((what) => what === 'lost').length, 2);
  assert.equal(events.filter((what) => what === 'finished').length, 2);
  const count = events.length;
  await submitted(place, { recipes, workers: 1 }, observer);
  assert.deepEqual(events.slice(count), ['found', 'found']);
}

/** Another call begins at the same moment, in a folder where an earlier one with other settings ended before it trained. */
async function pretendBeginning(out: string): Promise<void> {
  const other = claimOf({ space: '00000000cafe', pid: 7, start: '1' }, true);
  await mkdir(out, { recursive: true });
  await writeFile(path.join(out, other), 'held\n');
  await writeFile(path.join(out, 'settings.json'), '{"seed":9}');
}

test('when a task has a recipe of its own, then it is trained with it, workers that are killed give the same bytes, and a repeated call needs the same', async (t) => {
  const place = at(temporaryFolder(t));
  const tasks = [task, 'lapel_design_labels'];
  await synthesize(place.source, { tasks, imagesPerTask: 12, questionsPerTask: 2, size: 64 });
  const tuned = path.join(place.out, '..', 'tuned');
  await mkdir(tuned);
  await writeFile(path.join(tuned, `${task}.json`), '// Tuned.\n{"epochs":2,"model":{"size":64}}');
  await writeFile(path.join(tuned, `${task}.csv`), 'trial,loss');
  const recipes = await readRecipes(tuned);
  const { rows } = await submitted(place, { recipes });
  const configs = tasks.map(async (name) => {
    const file = path.join(place.out, 'runs', 'model-1', name, 'config.json');
    const { epochs, model, trainable } = JSON.parse(await readFile(file, 'utf8'));
    return { epochs, size: model.size, network: model.network, trainable };
  });
  const common = { network: 'mobilenet-v2', trainable: 'head' };
  assert.deepEqual(await Promise.all(configs), [
    { epochs: 2, size: 64, ...common },
    { epochs: 1, size: 32, ...common },
  ]);
  await submitted(place, { recipes });
  await checkWorkers({ ...place, out: `${place.out}-2` }, recipes, { rows, zip: place.out });
  const other = { [task]: { ...recipes[task], epochs: 3 } };
  await assert.rejects(submitted(place, { recipes: other }), /recipes\.\w+\.epochs was 2, is 3/);
  const out = path.join(place.out, '..', 'new');
  const misspelt = { ...place, out };
  await assert.rejects(
    submitted(misspelt, { recipes: { colar_design_labels: {} } }),
    /TASK\.json .* but received "colar_design_labels"\. Did you mean collar_design_labels\?/,
  );
  await assert.rejects(submitted(misspelt, { recipes, together: true }), /together .* recipes/);
  await assert.rejects(readRecipes(place.source), /a folder with a recipe TASK\.json/);
});
