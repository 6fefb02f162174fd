/** `saveManifest` and `loadManifest`: valid, changed and damaged files. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { type TestContext, test } from 'node:test';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import {
  loadManifest,
  type Manifest,
  manifestFile,
  resolveSample,
  resolveSamples,
  type Sample,
  SampleTable,
  samplesOf,
  saveManifest,
} from '../../src/dataset/index.js';
import { temporaryFolder } from '../support/folders.js';

const hash = 'a'.repeat(64);
const samples: Sample[] = [
  {
    path: 'x/s.tar',
    range: { offset: 512, length: 9 },
    task: 't',
    label: 0,
    maybe: [],
    split: 'train',
    hash: 'b'.repeat(64),
  },
  { path: 'x/1.jpg', task: 't', label: 1, maybe: [0], split: 'train', hash, size: 3, modified: -7 },
  { path: '/elsewhere/é "2".jpg', task: 't', label: 0, maybe: [], split: 'validation', hash },
];
const manifest: Manifest = {
  version: 1,
  root: '/data',
  seed: 1,
  tasks: [{ name: 't', classes: ['a', 'b'] }],
  samples,
  questions: [{ path: 'q.jpg', task: 't', file: 'rank/q.jpg' }],
};

/** A manifest with an array of objects instead of a table. */
const asObjects = (loaded: Manifest) => ({ ...loaded, samples: [...loaded.samples] });

/** Loads the manifest with `text` as its file, and collects the process's warnings. */
async function load(
  t: TestContext,
  text: string | Uint8Array,
  folder: string = temporaryFolder(t),
) {
  const warn = t.mock.method(process, 'emitWarning', () => {});
  await writeFile(manifestFile(folder), text);
  try {
    const loaded = asObjects(await loadManifest(folder));
    return { loaded, warnings: warn.mock.calls.map(({ arguments: [text] }) => `${text}`) };
  } finally {
    warn.mock.restore();
  }
}

/** The file that is saved for the manifest. */
async function saved(t: TestContext, of: Manifest = manifest): Promise<string> {
  const folder = temporaryFolder(t);
  await saveManifest(of, folder);
  return await readFile(manifestFile(folder), 'utf8');
}

test('when a manifest is saved then it loads unchanged and no other file remains', async (t) => {
  const folder = temporaryFolder(t);
  await saveManifest(manifest, folder);
  const loaded = await loadManifest(folder);
  assert.deepEqual(asObjects(loaded), manifest);
  assert.deepEqual(await readdir(folder), ['manifest.json']);
  const again = temporaryFolder(t);
  await saveManifest(loaded, again);
  const [first, second] = [folder, again].map((each) => readFileSync(manifestFile(each), 'utf8'));
  assert.equal(second, first, 'a table of samples is saved as their array is');
});

test('when a manifest is saved then its file is JSON, and the last line has the SHA-256 of those before it', async (t) => {
  const text = await saved(t);
  const { relativeRoot } = JSON.parse(text);
  assert.match(relativeRoot, /^(\.\.\/)+data$/);
  const last = text.lastIndexOf('"sha256"');
  const sha256 = createHash('sha256').update(text.slice(0, last)).digest('hex');
  assert.deepEqual(JSON.parse(text), { ...manifest, relativeRoot, sha256 });
  assert.deepEqual(text.slice(last), `"sha256":"${sha256}"}\n`);
});

test('when an earlier version saved a manifest then it loads, without a hash', async (t) => {
  const lines = (entries: readonly unknown[]) =>
    `[\n${entries.map((entry) => JSON.stringify(entry)).join(',\n')}\n]`;
  for (const questions of [manifest.questions, []]) {
    const head = '{"version":1,"root":"/data","seed":1';
    const text = `${head},\n"tasks":${lines(manifest.tasks)},\n"samples":${lines(samples)},\n"questions":${lines(questions)}}\n`;
    assert.deepEqual(await load(t, text), { loaded: { ...manifest, questions }, warnings: [] });
  }
});

test('when a manifest was edited or written anew by another program then it loads and a warning names it', async (t) => {
  const text = await saved(t);
  const [first, ...others] = samples;
  const edits = {
    'a label': text.replace('"label":1', '"label":0'),
    'a removed line': text.replace(`${JSON.stringify(first)},\n`, ''),
    'another form': JSON.stringify(JSON.parse(text), null, 2),
    'ends of lines': text.replaceAll('\n', '\r\n'),
    'the hash': text.replace(
      /"sha256":"./,
      (found) => found.slice(0, -1) + (found.at(-1) === '0' ? '1' : '0'),
    ),
  };
  for (const [what, edited] of Object.entries(edits)) {
    const { loaded, warnings } = await load(t, edited);
    assert.match(
      warnings.join(),
      /^\S+manifest\.json was changed after Bobbin wrote it\..*prepare/,
      what,
    );
    assert.deepEqual(loaded.tasks, manifest.tasks, what);
    assert.equal(loaded.samples.length, what === 'a removed line' ? others.length : 3, what);
  }
  assert.deepEqual((await load(t, text)).warnings, []);
});

test('when a manifest names thousands of label files then it loads without a warning', async (t) => {
  const labelFiles = Array.from({ length: 5000 }, (_, index) => ({
    path: `labels/${index}.csv`,
    hash,
    size: 1,
    modified: 1,
  }));
  const long = { ...manifest, labelFiles };
  assert.deepEqual(await load(t, await saved(t, long)), { loaded: long, warnings: [] });
});

test('when a manifest is cut anywhere then an error names file and line and the way out', async (t) => {
  const text = await saved(t);
  const folder = temporaryFolder(t);
  for (let length = 0; length < text.length - 1; length += 3) {
    const line = text.slice(0, length).split('\n').length;
    await assert.rejects(load(t, text.slice(0, length), folder), ({ name, message }: Error) => {
      assert.equal(name, 'InvalidInputError', message);
      const [, found] =
        /^Expected .*manifest\.json:(\d+)(?::\d+)? but received .*npx bobbin prepare/s.exec(
          message,
        ) ?? [];
      assert.ok(Math.abs(Number(found) - line) <= 1, `${message} at line ${line}`);
      return true;
    });
  }
});

test('when any byte of a manifest changes then it is refused in words or told', async (t) => {
  const bytes = Buffer.from(await saved(t));
  const folder = temporaryFolder(t);
  for (let at = 0; at < bytes.length; at++) {
    const changed = Buffer.from(bytes);
    changed[at] = (changed[at] as number) ^ (at % 2 === 0 ? 1 : 0x80);
    const outcome = await load(t, changed, folder).catch((error: Error) => error);
    if (outcome instanceof Error) {
      assert.equal(outcome.name, 'InvalidInputError', `byte ${at}: ${outcome.stack}`);
      assert.match(outcome.message, /manifest\.json.*prepare/s, `byte ${at}`);
    } else {
      assert.equal(outcome.warnings.length, 1, `byte ${at} of ${changed}`);
    }
  }
});

test('when 100,000 samples are loaded then each takes less than 250 bytes of memory', async (t) => {
  const folder = temporaryFolder(t);
  const count = 100_000;
  await saveManifest({ ...manifest, samples: SampleTable.from(numbered(count)) }, folder);
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  const memory = () => {
    collect();
    const { heapUsed, external } = process.memoryUsage();
    return heapUsed + external;
  };
  const before = memory();
  const loaded = await loadManifest(folder);
  const each = (memory() - before) / count;
  assert.equal(loaded.samples.length, count);
  assert.deepEqual(loaded.samples.at(-1), [...numbered(count)].at(-1));
  assert.ok(each < 250, `${each} bytes`);
});

function* numbered(count: number): Generator<Sample> {
  for (let index = 0; index < count; index++) {
    const name = `${index}`.padStart(14, '0');
    const [label, digits] = [index % 2, index.toString(16).padStart(64, '0')];
    yield { ...samples[1], path: `train/n${name}/${name}.jpg`, label, hash: digits } as Sample;
  }
}

test('when a sample lies outside the root then its absolute path stands', () => {
  assert.equal(resolveSample(manifest, 'x/1.jpg'), '/data/x/1.jpg');
  assert.equal(resolveSample(manifest, '/elsewhere/2.jpg'), '/elsewhere/2.jpg');
  const part = { path: 'x.tar', range: { offset: 512, length: 3 }, label: 1 };
  assert.deepEqual(resolveSample(manifest, part), { ...part, path: '/data/x.tar' });
});

test('when samples are asked for then task and split choose, and an unknown task is an error', () => {
  const table = { ...manifest, samples: SampleTable.from(samples) };
  for (const each of [manifest, table]) {
    assert.deepEqual([...samplesOf(each, 't', 'train')], samples.slice(0, 2));
    assert.deepEqual([...samplesOf(each, 't', 'validation')], samples.slice(2));
    const resolved = resolveSamples(each, samplesOf(each, 't', 'train'));
    assert.deepEqual(
      resolved.map((sample) => sample.path),
      ['/data/x/s.tar', '/data/x/1.jpg'],
    );
  }
  assert.throws(
    () => samplesOf(manifest, 'u', 'train'),
    /Expected one of t for task but received "u"/,
  );
});

const [sample] = samples;
const [question] = manifest.questions;
const faults: [what: string, content: unknown, message: RegExp][] = [
  ['no JSON', '{"version":1,\n', /JSON for .*manifest\.json:\d+:\d+/],
  ['no object', null, /Missing version 1 for/],
  [
    'another version',
    { ...manifest, version: 2 },
    /Expected version 1 for .*manifest\.json but received 2.*bobbin prepare/,
  ],
  ['a relative root', { ...manifest, root: 'data' }, /absolute path as root/],
  ['no task', { ...manifest, tasks: [], samples: [], questions: [] }, /^Expected a task for /],
  ['no samples', { ...manifest, samples: undefined }, /an array for samples/],
  ...Object.entries({
    'a path': { path: 1 },
    'a known task': { task: 'u' },
    'a range in bytes, if any': { range: { offset: 0, length: 0 } },
    'both size and modified as integers, or neither': { size: 3 },
    'a label that numbers one of the classes of its task from 0,': { label: 2 },
    'labels of its task in maybe': { maybe: [2] },
    'train or validation as split': { split: 'test' },
    'a SHA-256 in hex as hash': { hash: 'x' },
  }).map(([what, other]): [string, unknown, RegExp] => [
    `no ${what}`,
    { ...manifest, samples: [sample, { ...sample, ...other }] },
    new RegExp(`^Expected a sample with ${what} for samples\\[1\\]`),
  ]),
  ...(
    [
      [{}, { labels: [0] }],
      [{ labels: 'any' }, {}],
      [{ labels: 'any' }, { label: -1, labels: [1, 0] }],
      [{ labels: 'any' }, { label: -1, labels: [0, 2] }],
      [{ labels: 'any' }, { label: 0, labels: [0] }],
    ] as const
  ).map(([task, other], index): [string, unknown, RegExp] => [
    `labels that do not fit their task, ${index}`,
    {
      ...manifest,
      tasks: [{ ...manifest.tasks[0], ...task }],
      samples: [{ ...sample, ...other }],
    },
    /^Expected a sample with label -1 and ascending class numbers as labels .* for samples\[0\]/,
  ]),
  [
    'a task of other labels',
    { ...manifest, tasks: [{ ...manifest.tasks[0], labels: 'all' }] },
    /^Expected one or any as the labels of a task for tasks\[0\]/,
  ],
  ...[{ from: 1 }, { from: 0.5 }, { from: -1 }, {}].map((ordered): [string, unknown, RegExp] => [
    `a task ordered by ${JSON.stringify(ordered)}`,
    { ...manifest, tasks: [{ ...manifest.tasks[0], ordered }] },
    /^Expected ordered classes from one of them on, two or more, .* for tasks\[0\]/,
  ]),
  [
    'a question of no task',
    { ...manifest, questions: [{ ...question, task: 'u' }] },
    /for questions\[0\]/,
  ],
];

for (const [what, content, message] of faults) {
  test(`when manifest.json has ${what} then loading says so`, async (t) => {
    const folder = temporaryFolder(t);
    const text = typeof content === 'string' ? content : JSON.stringify(content);
    await writeFile(manifestFile(folder), text);
    await assert.rejects(
      loadManifest(folder),
      (error: Error) => error.name === 'InvalidInputError' && message.test(error.message),
    );
  });
}

test('when a folder was never prepared then the error says how to prepare it', async (t) => {
  await assert.rejects(loadManifest(temporaryFolder(t)), /no manifest\.json.*npx bobbin prepare/);
});
