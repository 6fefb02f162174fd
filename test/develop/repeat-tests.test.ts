/** Which tests `npm run test:repeat` runs more often. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { test } from 'node:test';

const script = path.resolve(import.meta.dirname, '../../scripts/develop/repeat-tests.mjs');
const repeat = (...words: string[]) =>
  spawnSync(process.execPath, [script, ...words], { encoding: 'utf8' });

test('when a test or its helper starts processes or threads, then it runs more often than others', () => {
  const { stdout } = repeat('--list', '--times', '5', '--others', '2');
  assert.match(stdout, /^ {2}5 {2}test\/tensorflow\/exit\.test\.ts: child_process$/m);
  assert.match(stdout, /^ {2}5 {2}test\/cli\/config\.test\.ts: child_process$/m);
  assert.match(stdout, /^ {2}5 {2}test\/native\/batch\/ring_test\.cc: /m);
  assert.match(stdout, /^ {2}2 {2}test\/csv-line\.test\.ts$/m);
});

test('when a count is no whole number, then the error names the option', () => {
  const { status, stderr } = repeat('--times', 'often');
  assert.equal(status, 1);
  assert.equal(stderr, 'test:repeat: Expected a whole number for --times but received "often"\n');
});
