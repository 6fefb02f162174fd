/** How `npm test -- NAME…` chooses tests. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { test } from 'node:test';
import { checkNames, chooseTests } from '../../scripts/develop/choose-tests.mjs';

const files = [
  { path: 'test/native/load/ring_test.cc', titles: ['when a slot drains, then nobody renders'] },
  { path: 'test/native/render/taps_test.cc', titles: ['when a filter is long, then it fits'] },
];

test('when there is no name, then every file is chosen', () => {
  const { paths } = chooseTests(files, []);
  assert.deepEqual(
    paths,
    files.map((file) => file.path),
  );
});

test('when a name is a part of a path or of a title, then its file is chosen, and the name goes along', () => {
  const [ring, taps] = files.map((file) => file.path);
  assert.deepEqual(chooseTests(files, ['load/ring']), { paths: [ring], names: ['load/ring'] });
  assert.deepEqual(chooseTests(files, ['filter is', 'cli']), {
    paths: [taps],
    names: ['filter is'],
  });
  assert.deepEqual(chooseTests(files, ['cli']), { paths: [], names: [] });
});

test('when a name fits no test, then the error lists the nearest, best first', () => {
  checkNames(files, ['ring', 'filter']);
  assert.throws(() => checkNames(files, ['ring', 'load/rnig']), {
    message: /received "load\/rnig"; the nearest are:\n {2}test\/native\/load\/ring_test\.cc\n/,
  });
});

test('when npm test gets a misspelt name, then it runs nothing and names a C++ test that is near', () => {
  const script = path.resolve(import.meta.dirname, '../../scripts/develop/test.mjs');
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [script, 'then no mask is drwan'],
    {
      encoding: 'utf8',
    },
  );
  assert.deepEqual([status, stdout], [1, '']);
  assert.match(stderr, /^npm test: Expected .*;/);
  assert.match(stderr, /^ {2}when .*, then .*$/m);
});
