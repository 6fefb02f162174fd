/** The report page: what it says of runs, that names cannot inject markup, and that a browser, its keyboard and a reader of screens get on with it. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { readFile, rename, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { connect, type Socket } from 'node:net';
import path from 'node:path';
import { before, test } from 'node:test';
import { type Browser, chromium, type Page } from 'playwright-core';
import type { Manifest } from '../../src/dataset/index.js';
import { escapeMarkup, html } from '../../src/html.js';
import { watchRuns, writeReport } from '../../src/report/index.js';
import { shortNames } from '../../src/report/page/read-runs.js';
import { readHistory, type TrainResult, train } from '../../src/training/index.js';
import { temporaryFolder } from '../support/folders.js';
import { drawPhotos } from '../support/photos.js';
import { smallClassifier } from '../support/small-classifier.js';

const folder = temporaryFolder();
const at = (name: string) => path.join(folder, name);
const hostile = '"><svg onload=hacked=1>';
const classes = ['<img src=x onerror=hacked=1>', "'; green", 'blue & "co"'];
let manifest: Manifest;
let page: string;
let trained: TrainResult;

before(async () => {
  const drawn = await drawPhotos(at('photos'), { training: 8, validation: 4 });
  const file = `0-9${hostile}.jpg`;
  await rename(at('photos/0-9.jpg'), at(`photos/${file}`));
  await writeFile(at('photos/1-11.jpg'), 'no photo');
  const samples = drawn.samples.map((sample) =>
    sample.path === '0-9.jpg' ? { ...sample, path: file } : sample,
  );
  manifest = { ...drawn, samples, tasks: [{ name: 'colour', classes }] };
  const shared = { manifest, task: 'colour', batchSize: 8, augment: 'cpu', epochs: 2 } as const;
  // The rate of the first one is so small that it makes mistakes.
  for (const [run, learningRate] of [
    ['one', 1e-4],
    ['two', 0.1],
  ] as const) {
    const classifier = { ...smallClassifier(), classes };
    trained = await train({ ...shared, classifier, run: at(run), learningRate });
  }
  await writeFile(
    at('photos/similar.csv'),
    'split,image,training image,cosine\nvalidation,0-8.jpg,"<b>0-1.jpg",0.9876\n',
  );
  await writeReport(
    { runs: [at('one'), at('two')], manifest, data: at('photos') },
    at('page.html'),
  );
  page = await readFile(at('page.html'), 'utf8');
});

test('when a value goes into a template, then it is text, and only what a template made is markup', () => {
  const made = html`<p title="${hostile}">${[html`<b>${"'&"}</b>`, undefined, 3]}</p>`;
  const title = '&quot;&gt;&lt;svg onload=hacked=1&gt;';
  assert.equal(made.text, `<p title="${title}"><b>&#39;&amp;</b>3</p>`);
  assert.equal(escapeMarkup('a\0b\ud800\n\uffff'), 'a b\ufffd\n\ufffd');
});

test('when names of files and classes have markup, then the page has it as text', () => {
  for (const name of [hostile, ...classes]) {
    assert.ok(page.includes(escapeMarkup(name)), name);
  }
  assert.doesNotMatch(page, /<svg onload|<img src=x/);
  const [, policy = ''] = /http-equiv="Content-Security-Policy" content="([^"]*)"/.exec(page) ?? [];
  assert.match(policy, /^default-src &#39;none&#39;; style-src &#39;sha256-/);
  assert.doesNotMatch(policy, /script|unsafe/);
});

test('when a run is reported, then its epochs, scores, pictures and unreadable images are those of its files', async () => {
  const history = await readHistory(at('two'));
  for (const [index, { logged: _, ...record }] of trained.history.entries()) {
    const read = history[index] as typeof record;
    assert.deepEqual(Object.keys(read).sort(), Object.keys(record).sort());
    assert.ok(Math.abs(read.loss - record.loss) < 1e-6);
  }
  // 12 validation images, of which one is no photo.
  const rows = (await readFile(at('one/predictions.csv'), 'utf8')).trim().split('\n');
  assert.equal(rows.length, 1 + 11);
  assert.match(page, /1-11\.jpg<\/bdi><\/th>/);
  assert.match(page, /<bdi>&lt;b&gt;0-1\.jpg<\/bdi><\/td><td class="number">0\.988</);
  // A photo, and where the network looked, of each of the 11 images of both runs.
  assert.ok((page.match(/alt="Where the network looked/g) ?? []).length >= 11);
  const differences = page.slice(page.indexOf('What differs in their options'));
  const options = differences.slice(0, differences.indexOf('</table>')).match(/<code>[^<]*/g);
  assert.deepEqual(options, ['<code>learningRate']);
});

test('when the best epoch is reported, then its answers are not those that were written for the last one', async () => {
  await writeReport({ runs: [at('two')], manifest, epoch: 'best' }, at('best.html'));
  assert.ok(existsSync(at('two/predictions-best.csv')));
});

test('when predictions have marks of maybe, then a report without the data set scores with them', async () => {
  const file = at('one/predictions.csv');
  const whole = await readFile(file, 'utf8');
  // No name has a comma. The columns are path, offset, task, fold, label, maybe, and the probabilities.
  const [header = '', ...lines] = whole.trim().split('\n');
  const images = lines.map((line) => {
    const fields = line.split(',');
    const row = fields.slice(6).map(Number);
    const top = row.indexOf(Math.max(...row));
    return { fields, top, label: Number(/\d/.exec(line)) };
  });
  const wrong = images.filter(({ top, label }) => top !== label);
  const [first] = wrong;
  assert.ok(first, 'the run has a wrong answer');
  first.fields[5] = images.find(({ label }) => label === first.top)?.fields[4] as string;
  const marked = [header, ...images.map(({ fields }) => fields.join())];
  await writeFile(file, `${marked.join('\n')}\n`);
  await writeReport({ runs: [at('one')] }, at('marked.html'));
  await writeFile(file, whole);
  const percent = (right: number, of: number) => `${((100 * right) / of).toFixed(1)} %`;
  const right = images.length - wrong.length;
  const text = await readFile(at('marked.html'), 'utf8');
  const [row = ''] =
    /<tr><th scope="row">.*?<\/tr>/s.exec(text.split('basic precision')[1] ?? '') ?? [];
  assert.deepEqual(row.match(/[\d.]+ %/g)?.slice(0, 2), [
    percent(right, images.length),
    percent(right, images.length - 1),
  ]);
});

test('when the options of a run are damaged, then the report names file and line, and writes nothing', async () => {
  const file = at('two/config.json');
  const whole = await readFile(file, 'utf8');
  const lines = whole.split('\n');
  for (const [text, message] of [
    [
      [...lines.slice(0, 2), '}', ...lines.slice(2)].join('\n'),
      /Expected JSON for .*two\/config\.json:4 .*End of file expected/,
    ],
    [whole.slice(0, -20), /Expected JSON for .*two\/config\.json:\d+ /],
    ['// Nothing.\n[]', /Expected an object of options for .*two\/config\.json:2 /],
  ] as const) {
    await writeFile(file, text);
    await assert.rejects(writeReport({ runs: [at('two')], manifest }, at('none.html')), message);
  }
  await writeFile(file, whole);
  assert.ok(!existsSync(at('none.html')));
});

test('when runs are compared, then the page calls them by what differs in their paths', () => {
  const named: [string[], string[]][] = [
    [['runs/a'], ['runs/a']],
    [
      ['runs/a/collar', 'runs/b/collar/'],
      ['a', 'b'],
    ],
    [
      ['one', './two'],
      ['one', 'two'],
    ],
    [
      ['run', 'run/collar'],
      ['run', 'run/collar'],
    ],
    [
      ['/x/a/a', '/x/a'],
      ['a/a', 'a'],
    ],
  ];
  for (const [paths, names] of named) {
    assert.deepEqual(shortNames(paths), names);
  }
});

const chromiumFile = '/usr/bin/chromium';
const noChromium = existsSync(chromiumFile) ? false : `there is no ${chromiumFile}`;

/** Opens a page; what goes wrong in it is added to `faults`. */
async function opened(browser: Browser, address: string, width: number, faults: string[]) {
  const context = await browser.newContext({ viewport: { width, height: 800 }, bypassCSP: false });
  const shown = await context.newPage();
  shown.on('pageerror', (error) => faults.push(`${error}`));
  shown.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) {
      faults.push(message.text());
    }
  });
  await shown.goto(address);
  return shown;
}

async function axeFaults(shown: Page): Promise<string[]> {
  const axe = createRequire(import.meta.url).resolve('axe-core/axe.min.js');
  // By the protocol, which the page's policy does not forbid.
  await shown.evaluate(await readFile(axe, 'utf8'));
  const found = await shown.evaluate(
    "axe.run().then(({ violations }) => violations.map(({ id, nodes }) => id + ': ' + nodes[0].html))",
  );
  return found as string[];
}

test('when a browser opens the page, then it asks for nothing, reports no error, fits a phone, and axe finds no fault', {
  skip: noChromium,
}, async () => {
  const args = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--disable-sync'];
  const background = ['--disable-background-networking', '--disable-component-update'];
  const browser = await chromium.launch({
    executablePath: chromiumFile,
    args: [...args, ...background, '--no-first-run'],
  });
  try {
    const faults: string[] = [];
    const shown = await opened(browser, `file://${at('page.html')}`, 390, faults);
    assert.equal(await shown.evaluate('document.documentElement.scrollWidth'), 390);
    assert.equal(await shown.evaluate('typeof hacked'), 'undefined');
    assert.deepEqual(
      await shown.evaluate(
        "performance.getEntriesByType('resource').map(({ name }) => name).filter((name) => !name.startsWith('data:'))",
      ),
      [],
    );
    assert.deepEqual(await axeFaults(shown), []);
    await shown.emulateMedia({ colorScheme: 'dark' });
    assert.deepEqual(await axeFaults(shown), []);
    assert.deepEqual(faults, []);
    await updates(browser);
  } finally {
    await browser.close();
  }
});

/** A page that is watched follows the epochs, and says when the training has ended. */
async function updates(browser: Browser): Promise<void> {
  const folders = [at('later')];
  const request = { group: at('later'), folders, manifest, data: at('photos') };
  const watch = await watchRuns({ ...request, port: 0 });
  const faults: string[] = [];
  const shown = await opened(browser, watch.address, 390, faults);
  await shown.waitForSelector('text=No run has predictions yet');
  await writeFile(at('one/history.csv'), await readFile(at('one/history.csv')));
  await rename(at('one'), at('later'));
  await watch.epoch();
  await shown.waitForSelector('#task-1 svg');
  assert.match((await shown.textContent('#state')) ?? '', /^Updated at /);
  watch.close();
  await shown.waitForSelector('text=The training has ended.');
  assert.deepEqual(faults, []);
}

/** Node would keep a half of a request for ever. */
const timeout = 30_000;

test('when the training ends, then half of a request does not hold the process, and an answer arrives whole', {
  timeout,
}, async (t) => {
  const watch = await watchRuns({
    group: 'run',
    folders: [],
    manifest,
    data: at('photos'),
    port: 0,
  });
  const { port } = new URL(watch.address);
  const texts: string[] = [];
  const connections = ['GET / HT', 'GET / HTTP/1.1\r\nHost: a\r\n', 'GET /events', 'GET /'].map(
    (start, index) => {
      const socket = connect(Number(port), '127.0.0.1');
      t.after(() => socket.destroy());
      const whole = `${start} HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\n\r\n`;
      socket.write(index < 2 ? start : whole);
      texts.push('');
      socket.setEncoding('utf8').on('data', (piece) => {
        texts[index] = `${texts[index]}${piece}`;
      });
      return socket;
    },
  );
  const closed = connections.map((socket) => once(socket, 'close'));
  await once(connections[2] as Socket, 'data');
  await once(connections[3] as Socket, 'data');
  watch.close();
  await Promise.all(closed);
  assert.match(texts[2] ?? '', /event: end/);
  assert.match(texts[3] ?? '', /<\/html>/);
});

test('when a watch is asked by another name, by another method or for another page, then it refuses', async () => {
  const request = { group: 'run', folders: [], manifest, data: at('photos') };
  const watch = await watchRuns({ ...request, port: 0 });
  const { port } = new URL(watch.address);
  await assert.rejects(watchRuns({ ...request, port: Number(port) }), {
    message: `Expected a free port for --watch but received ${port}. Another program uses it: name another one, or 0 for any`,
  });
  const statusOf = async (asked: string, options?: RequestInit) =>
    (await fetch(`${watch.address}${asked}`, options)).status;
  assert.equal(await statusOf(''), 200);
  assert.equal(await statusOf('etc/passwd'), 404);
  assert.equal(await statusOf('', { method: 'POST' }), 405);
  const { request: ask } = await import('node:http');
  const foreign = await new Promise((resolve) => {
    const headers = { host: 'example.org' };
    ask(watch.address, { headers }, ({ statusCode }) => resolve(statusCode)).end();
  });
  assert.equal(foreign, 403);
  watch.close();
});
