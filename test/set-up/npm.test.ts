/** Packages of npm in the cache: npm fetches a small one from a registry on this machine, and what is wrong is said. */
import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import * as fs from 'node:fs';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { type TestContext, test } from 'node:test';
import { untar } from '../../scripts/fetch/untar.mjs';
import { filesBelow } from '../../scripts/record.mjs';
import { temporaryFolder } from '../support/folders.js';
import { listen } from '../support/servers/listen.js';

const folder = temporaryFolder();
const tarball = path.join(folder, 'tiny.tgz');
const expected = path.join(folder, 'expected');

const writeTarball = `
import gzip, io, sys, tarfile
with tarfile.open(sys.argv[1], 'w:gz', format=tarfile.USTAR_FORMAT) as archive:
    def add(name, content, mode=0o644):
        entry = tarfile.TarInfo(name)
        entry.size, entry.mode, entry.mtime = len(content), mode, 500000000
        archive.addfile(entry, io.BytesIO(content))
    add('package/package.json', b'{"name": "tiny", "version": "1.0.0"}')
    add('package/kept/large', bytes(range(256)) * 10000)
    add('package/kept/' + 'long/' * 25 + 'program', b'run', 0o755)
    add('package/kept/empty', b'')
    add('package/kept/block', b'b' * 512)
with tarfile.open(sys.argv[1]) as archive:
    archive.extractall(sys.argv[2], filter='data') if hasattr(tarfile, 'data_filter') else archive.extractall(sys.argv[2])
`;
execFileSync('python3', ['-c', writeTarball, tarball, expected]);
const content = fs.readFileSync(tarball);
const kept = ['block', 'empty', 'large', `${'long/'.repeat(25)}program`].map(
  (name) => `package/kept/${name}`,
);

const pin = {
  registry: 'npm',
  requirement: 'tiny@1.0.0',
  sha256: createHash('sha256').update(content).digest('hex'),
  bytes: content.length,
  folder: 'tiny-1.0.0',
  space: 1e7,
  members: ['package/kept/'],
};

test("when a package is unpacked, then its files and their records are as Python's, with modes and times", async () => {
  const place = path.join(folder, 'place');
  const records = await untar(tarball, place, pin.members, pin.space);
  assert.deepEqual(filesBelow(place), kept);
  for (const name of kept) {
    const bytes = fs.readFileSync(path.join(expected, name));
    assert.deepEqual(fs.readFileSync(path.join(place, name)), bytes);
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    assert.deepEqual(records[name], [bytes.length, 500000000, sha256]);
    const { mode, mtimeMs } = fs.statSync(path.join(place, name));
    assert.deepEqual([mode & 0o100, mtimeMs], [name.endsWith('m') ? 0o100 : 0, 5e11]);
  }
});

test('when a package is too large, cut or leads out of its folder, then it is refused', async () => {
  const place = path.join(folder, 'refused');
  await assert.rejects(untar(tarball, place, pin.members, 1000), {
    message: /^Expected 2559000 bytes less in tiny\.tgz but received package\/kept\/large$/,
  });
  const cut = path.join(folder, 'cut.tgz');
  fs.writeFileSync(cut, content.subarray(0, 900));
  await assert.rejects(untar(cut, place, pin.members, pin.space), { message: /end of file/ });
  const leading = path.join(folder, 'leading.tgz');
  const python = writeTarball
    .replace('package/kept/empty', 'package/../../leading')
    .split('with tarfile.open(sys.argv[1]) as')[0] as string;
  execFileSync('python3', ['-c', python, leading]);
  await assert.rejects(untar(leading, place, ['package/'], pin.space), {
    message: 'Expected paths below a folder in leading.tgz but received package/../../leading',
  });
});

/** The address of a registry that has the package, with `bytes` as its content. */
async function serve(t: TestContext, bytes: Buffer): Promise<string> {
  const server = await listen((request, response) => {
    if (request.url === '/tiny.tgz') {
      return response.end(bytes);
    }
    const dist = { tarball: `${server.url}/tiny.tgz` };
    const versions = { '1.0.0': { name: 'tiny', version: '1.0.0', dist } };
    response.setHeader('content-type', 'application/json');
    return response.end(
      JSON.stringify({ name: 'tiny', 'dist-tags': { latest: '1.0.0' }, versions }),
    );
  });
  t.after(server.close);
  return server.url;
}

/** Lays the package down in an empty cache; returns what is printed, and the names in the cache. */
async function setUp(t: TestContext, env: NodeJS.ProcessEnv, pinned: object = pin) {
  const scripts = path.resolve(import.meta.dirname, '../../scripts');
  const program = `
    const { install } = await import('${scripts}/setup.mjs');
    const { wheelPart } = await import('${scripts}/parts.mjs');
    const part = wheelPart('Tiny', () => (${JSON.stringify(pinned)}));
    try { install(part, console.log); console.log(part.inspect().from); }
    catch ({ message }) { console.log(message); }`;
  const cache = temporaryFolder(t);
  const child = spawn(process.execPath, ['--input-type', 'module', '--eval', program], {
    env: { ...process.env, BOBBIN_CACHE: cache, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const [output, errors] = await Promise.all([text(child.stdout), text(child.stderr)]);
  if (child.exitCode === null) {
    await once(child, 'exit');
  }
  return { output, errors, cache, names: fs.readdirSync(cache) };
}

test('when a package is fetched, then npm asks the registry of its configuration, and doctor finds the files', async (t) => {
  const npm_config_registry = await serve(t, content);
  const { output, errors, cache, names } = await setUp(t, { npm_config_registry });
  assert.match(output, /^Tiny +downloaded 0 MB +0:\d\d\nnpm, in \/.*tiny-1\.0\.0\n$/, errors);
  assert.deepEqual(names, ['tiny-1.0.0']);
  assert.deepEqual(filesBelow(path.join(cache, 'tiny-1.0.0')), kept);
});

test('when a registry has another package, npm fails or is missing, then one sentence says so, and nothing is left', async (t) => {
  const npm_config_registry = await serve(t, content);
  const other = { ...pin, sha256: '0'.repeat(64) };
  const changed = await setUp(t, { npm_config_registry }, other);
  const said = `Tiny cannot be installed: Expected SHA-256 ${other.sha256} for tiny@1.0.0 but received ${pin.sha256}\n`;
  assert.equal(changed.output, said);
  const absent = { ...pin, requirement: 'tiny@2.0.0' };
  const failed = await setUp(t, { npm_config_registry }, absent);
  assert.match(failed.output, /^Tiny cannot be installed: `npm pack tiny@2\.0\.0 .*` failed/);
  assert.match(failed.errors, /No matching version found for tiny@2\.0\.0/);
  const without = await setUp(t, { PATH: '/nowhere' });
  assert.equal(
    without.output,
    'Tiny cannot be installed: Expected npm to download tiny@1.0.0 but received none; install npm, which comes with Node\n',
  );
  for (const { names } of [changed, failed, without]) {
    assert.deepEqual(names, []);
  }
});
