/** Hashes of many files on several threads: those of node:crypto, and why there is none. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, utimesSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { hashFiles } from '../../../src/dataset/prepare/hash.js';
import { temporaryFolder } from '../../support/folders.js';

test('when files of any length are hashed then each has its SHA-256, size and time', async (t) => {
  const folder = temporaryFolder(t);
  const lengths = [0, 1, 2 ** 18 - 1, 2 ** 18, 2 ** 18 + 1, 3 * 2 ** 18, ...Array(90).keys()];
  const files = lengths.map((length, index) => {
    const file = path.join(folder, `${index}`);
    writeFileSync(file, Buffer.alloc(length, index));
    utimesSync(file, 1, index + 0.25);
    return file;
  });
  const counts: number[] = [];
  const hashes = await hashFiles([...files, ...files], (done, total) => {
    assert.equal(total, files.length);
    counts.push(done);
  });
  assert.equal(hashes.size, files.length);
  assert.equal(counts.at(-1), files.length);
  for (const [index, file] of files.entries()) {
    const bytes = Buffer.alloc(lengths[index] as number, index);
    const hash = createHash('sha256').update(bytes).digest('hex');
    const wanted = { hash, size: bytes.length, modified: 1000 * index + 250 };
    assert.deepEqual(hashes.get(file), wanted);
  }
});

test('when a file cannot be read then it has the reason, also a pipe, which nobody writes', async (t) => {
  const folder = temporaryFolder(t);
  const at = (name: string) => path.join(folder, name);
  mkdirSync(at('folder'));
  execFileSync('mkfifo', [at('pipe')]);
  const found = await hashFiles(['gone', 'folder', 'pipe'].map(at));
  assert.deepEqual(Object.fromEntries(found), {
    [at('gone')]: { code: 'ENOENT' },
    [at('folder')]: { code: 'a folder' },
    [at('pipe')]: { code: 'a pipe' },
  });
});

test('when the caller stops then hashing stops and nothing keeps the process alive', async (t) => {
  const file = path.join(temporaryFolder(t), 'file');
  writeFileSync(file, 'x');
  const stop = () => {
    throw new Error('stopped');
  };
  await assert.rejects(hashFiles([file], stop), /^Error: stopped$/);
  assert.deepEqual(await hashFiles([]), new Map());
});

/** Hashes 200 files while the system gives only so many open files, and prints how many hashes there are, or the error. */
const withFewFiles = `
  import { closeSync, openSync } from 'node:fs';
  import { hashFiles } from '${new URL('../../../src/dataset/prepare/hash.ts', import.meta.url)}';
  const [folder, left] = process.argv.slice(1);
  const taken = [];
  try {
    for (;;) taken.push(openSync('/dev/null'));
  } catch (error) {
    if (error.code !== 'EMFILE') throw error;
  }
  taken.splice(0, left).forEach(closeSync);
  const files = Array.from({ length: 200 }, (_, index) => \`\${folder}/\${index}\`);
  const told = await hashFiles(files).then(
    (hashes) => [...hashes.values()].filter(({ hash }) => hash).length,
    ({ name, message }) => \`\${name}: \${message}\`,
  );
  taken.forEach(closeSync);
  console.log(told);
`;

test('when the system has few open files then fewer threads hash, and an error tells where it has none', (t) => {
  const folder = temporaryFolder(t);
  for (let index = 0; index < 200; index++) {
    writeFileSync(path.join(folder, `${index}`), `${index}`);
  }
  const limited =
    'ulimit -n 100; exec "$0" --import tsx --input-type=module -e "$1" "$2" "$3" 2>&1';
  const told = (left: number) =>
    execFileSync('sh', ['-c', limited, process.execPath, withFewFiles, folder, `${left}`], {
      encoding: 'utf8',
    });
  assert.equal(told(12), '200\n');
  assert.match(
    told(1),
    /^InvalidInputError: Expected to start a thread that reads files but received .*EMFILE.* Raise the limits on open files \(`ulimit -n`\) and on threads \(`ulimit -u`\)\n$/,
  );
});
