/** The progress of a download: megabytes, rate and time left, on a terminal and elsewhere. */
import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { type TestContext, test } from 'node:test';
import { measureIn, withProgress } from '../../scripts/fetch/progress.mjs';
import { temporaryFolder, writeFiles } from '../support/folders.js';

/** What is shown of a download of which 100 of 400 MB were there, while 20 MB/s come for ten seconds. */
async function shownOn(t: TestContext, isTTY: boolean, label = 'downloading tiny') {
  const before = process.stderr.isTTY;
  process.stderr.isTTY = isTTY;
  t.after(() => {
    process.stderr.isTTY = before;
  });
  let seconds = 0;
  const now = t.mock.method(performance, 'now', () => 1000 * seconds);
  const write = t.mock.method(process.stderr, 'write', () => true);
  t.mock.timers.enable({ apis: ['setInterval'] });
  await withProgress(
    label,
    400e6,
    () => 100e6 + 20e6 * seconds,
    async () => {
      for (; seconds < 10; ) {
        seconds++;
        t.mock.timers.tick(1000);
      }
    },
  );
  now.mock.restore();
  write.mock.restore();
  return write.mock.calls.map(({ arguments: [text] }) => String(text));
}

test('when there is no terminal, then a line every five seconds says how far the download is', async (t) => {
  assert.deepEqual(
    (await shownOn(t, false)).join(''),
    [
      'downloading tiny: 200 of 400 MB  20.0 MB/s  0:10 left\n',
      'downloading tiny: 300 of 400 MB  20.0 MB/s  0:05 left\n',
    ].join(''),
  );
});

test('when there is a terminal, then one line is rewritten, and empty at the end', async (t) => {
  const texts = await shownOn(t, true);
  assert.equal(texts.length, 51);
  assert.ok(texts.every((text) => text.startsWith('\r\x1b[K') && !text.includes('\n')));
  assert.equal(texts.at(-2), '\r\x1b[Kdownloading tiny: 300 of 400 MB  20.0 MB/s  0:05 left');
  assert.equal(texts.at(-1), '\r\x1b[K');
});

test('when a label is long, then it is shortened, and the time left is shown', async (t) => {
  const label = `downloading ${'long-name-'.repeat(6)}==1.0`;
  const [line = ''] = await shownOn(t, false, label);
  assert.match(line, /^downloading long-name-.*…: 200 of 400 MB {2}20\.0 MB\/s {2}0:10 left\n$/);
  assert.equal(line.trimEnd().length, 79);
});

test('when pip copies a wheel, then it counts once, and nothing else counts; a folder that goes keeps the last value', async (t) => {
  const folder = temporaryFolder(t);
  await writeFiles(folder, {
    'requirements.txt': 'tiny==1.0',
    'pip-unpack-1/tiny.whl': '0123456789',
    'tiny.whl': '0123',
    'partial-00': '01',
  });
  const measure = measureIn(folder);
  assert.equal(measure(), 12);
  rmSync(folder, { recursive: true });
  assert.equal(measure(), 12);
});
