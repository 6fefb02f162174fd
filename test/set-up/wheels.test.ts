/** Wheels in the cache: damage is found and repaired, and unfinished downloads go. pip fetches small wheels from a folder. */
import assert from 'node:assert/strict';
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import * as fs from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { temporaryFolder } from '../support/folders.js';

const folder = temporaryFolder();
const cache = path.join(folder, 'cache');
const shop = path.join(folder, 'shop');
// The cache's folder is read from the environment when the scripts are imported.
Object.assign(process.env, { BOBBIN_CACHE: cache, PIP_FIND_LINKS: shop, PIP_NO_INDEX: '1' });
const { wheelPart } = await import('../../scripts/parts.mjs');
const { install } = await import('../../scripts/setup.mjs');
const { clearWorkplaces } = await import('../../scripts/workplace.mjs');

const makeWheel = `
import sys, zipfile
file, name = sys.argv[1:]
info = f'{name}-1.0.dist-info'
with zipfile.ZipFile(file, 'w') as wheel:
    wheel.writestr(f'{info}/METADATA', f'Metadata-Version: 2.1\\nName: {name}\\nVersion: 1.0\\n')
    wheel.writestr(f'{info}/WHEEL', 'Wheel-Version: 1.0\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n')
    wheel.writestr(f'{info}/RECORD', '')
    wheel.writestr(f'{name}/library.so', 'library')
    wheel.writestr(f'{name}/weights/data.bin', 'weights')
    wheel.writestr(f'{name}/unused.txt', 'unused')
`;

/** A wheel that pip finds in `shop`, as pins.mjs would list it. */
function wheel(name: string) {
  fs.mkdirSync(shop, { recursive: true });
  const file = path.join(shop, `${name}-1.0-py3-none-any.whl`);
  execFileSync('python3', ['-c', makeWheel, file, name]);
  return {
    requirement: `${name}==1.0`,
    sha256: createHash('sha256').update(fs.readFileSync(file)).digest('hex'),
    bytes: fs.statSync(file).size,
    python: '3',
    platforms: ['any'],
    folder: `${name}-1.0`,
    space: 1e6,
    members: [`${name}/library`, `${name}/weights/`],
    links: { [`${name}/link.so`]: 'library.so' },
  };
}

const quietly = () => {};
const entries = () => fs.readdirSync(cache).sort();

const pinned = wheel('tiny');
const part = wheelPart('Tiny', () => pinned);
const place = path.join(cache, 'tiny-1.0');
const at = (name: string) => path.join(place, 'tiny', name);
const data = at('weights/data.bin');
const record = path.join(place, '.bobbin-record.json');

/** Runs `damage` on a part that is in order, and puts that back; returns what doctor says meanwhile. */
function faultAfter(damage: () => void) {
  const saved = path.join(temporaryFolder(), 'saved');
  const copy = { recursive: true, preserveTimestamps: true, verbatimSymlinks: true };
  fs.cpSync(place, saved, copy);
  damage();
  const { ok, fault, remedy } = part.inspect();
  assert.equal(ok, fault === undefined);
  assert.match(remedy ?? '', /run `npx bobbin setup`/);
  fs.rmSync(place, { recursive: true, force: true });
  fs.cpSync(saved, place, copy);
  return fault;
}

test('when a file of a part is gone, cut or changed, then doctor says which', () => {
  assert.equal(part.inspect().fault, `missing: ${place}`);
  install(part, quietly);
  assert.equal(part.inspect().ok, true);
  assert.deepEqual(entries(), ['tiny-1.0']);
  assert.deepEqual(fs.readdirSync(at('.')).sort(), ['library.so', 'link.so', 'weights']);

  const damages: [string | undefined, () => void][] = [
    [`gone: ${data}`, () => fs.rmSync(data)],
    [`cut: ${data} has 3 of 7 bytes`, () => fs.truncateSync(data, 3)],
    [`changed: ${data}`, () => fs.writeFileSync(data, 'Weights')],
    [`changed: ${data} has 8 of 7 bytes`, () => fs.appendFileSync(data, '!')],
    [`gone: ${at('link.so')}`, () => fs.rmSync(at('link.so'))],
    [`missing: ${place}`, () => fs.rmSync(place, { recursive: true })],
    [`gone: ${at('library.so')}`, () => fs.rmSync(at('.'), { recursive: true })],
    [`laid down by an older set-up: ${place}`, () => fs.rmSync(record)],
    [`changed: ${record}`, () => fs.writeFileSync(record, '')],
    [`changed: ${record}`, () => fs.writeFileSync(record, 'null')],
    [`changed: ${record}`, () => fs.writeFileSync(record, '{"inputs":"","files":{"a":0}}')],
    // Another time, but the same content.
    [undefined, () => fs.utimesSync(data, 1e9, 1e9)],
  ];
  for (const [fault, damage] of damages) {
    assert.equal(faultAfter(damage), fault);
  }
});

test('when a part is damaged or its pins are newer, then set-up fetches that part again, and no other', () => {
  const other = wheel('other');
  const untouched = wheelPart('Other', () => other);
  install(untouched, quietly);
  const before = fs.statSync(path.join(cache, 'other-1.0')).ino;

  fs.writeFileSync(data, 'Weights');
  install(part, quietly);
  assert.equal(part.inspect().ok, true);
  assert.equal(fs.readFileSync(data, 'utf8'), 'weights');

  const newer = wheelPart('Tiny', () => ({ ...pinned, members: ['tiny/'] }));
  assert.equal(newer.inspect().fault, `older than what it is made from: ${place}`);
  install(newer, quietly);
  assert.equal(fs.existsSync(at('unused.txt')), true);

  install(untouched, quietly);
  assert.equal(fs.statSync(path.join(cache, 'other-1.0')).ino, before);
  assert.deepEqual(entries(), ['other-1.0', 'tiny-1.0']);
});

test('when a download is cut or another file, then the error names the part, and nothing is left', () => {
  const half = wheel('half');
  fs.truncateSync(path.join(shop, 'half-1.0-py3-none-any.whl'), 200);
  const before = entries();
  assert.throws(
    () =>
      install(
        wheelPart('Half', () => half),
        quietly,
      ),
    /^Error: Half cannot be installed: `python3 -m pip download .* failed \(exit status 1\)/,
  );
  assert.deepEqual(entries(), before);
});

test('when there is too little space, then set-up names the folder and what it needs before it downloads', () => {
  const large = { ...wheel('large'), space: 1e18 };
  const message = new RegExp(
    `^Large cannot be installed: Expected 1000000000000 MB of free space for ${cache}/large-1.0 but received `,
  );
  assert.throws(
    () =>
      install(
        wheelPart('Large', () => large),
        quietly,
      ),
    { message },
  );
});

test('when the disk runs full during a download, then set-up says so in a sentence, and leaves nothing', (t) => {
  const [full, programs] = [path.join(folder, 'full'), temporaryFolder(t)];
  fs.mkdirSync(full);
  const PATH = `${programs}:${process.env.PATH}`;
  const env = { ...process.env, PATH, BOBBIN_CACHE: path.join(full, 'cache') };
  const inMount = (command: string[]) => {
    const mount = `mount -t tmpfs -o size=20m none ${full} && "$@" && ls ${full}/cache`;
    const args = ['--mount', 'sh', '-c', mount, 'sh', ...command];
    return spawnSync('unshare', args, { env, encoding: 'utf8' });
  };
  if (inMount(['mkdir', `${full}/cache`]).status !== 0) {
    return t.skip('needs root, and the right to mount');
  }
  const scripts = path.resolve(import.meta.dirname, '../../scripts');
  const program = `
    const { wheelPart } = await import('${scripts}/parts.mjs');
    const { install } = await import('${scripts}/setup.mjs');
    const part = wheelPart('Tiny', () => (${JSON.stringify({ ...pinned, space: 18e6 })}));
    try { install(part, () => {}); } catch (error) { console.log(error.message); }`;
  /** What set-up says when its download fails after others have written so many MiB to a disk of 20. */
  const messageAfter = (others: number) => {
    // The first argument tells a question after the version from a download.
    const fill = `#!/bin/sh\n[ "$1" = -c ] && exit 0\nhead -c ${others}M /dev/zero >${full}/others\nexit 1\n`;
    fs.writeFileSync(path.join(programs, 'python3'), fill, { mode: 0o755 });
    return inMount([process.execPath, '--input-type', 'module', '--eval', program]).stdout;
  };
  const space = `Expected 18 MB of free space for ${path.join(full, 'cache/tiny-1.0')} but received`;
  const failed =
    /^Tiny cannot be installed: `python3 .*` failed \(exit status 1\); its output is above\./;
  assert.equal(messageAfter(21), `Tiny cannot be installed: ${space} 0 MB\n`);
  const both = messageAfter(6);
  assert.match(both, failed);
  assert.ok(both.endsWith(`is above. ${space} 14 MB\n`), both);
  assert.match(messageAfter(1), new RegExp(`${failed.source}\n$`));
});

test("when set-up is killed, then the next call removes its download, and never a running process's", async () => {
  fs.mkdirSync(cache, { recursive: true });
  const slow = wheel('slow');
  const programs = temporaryFolder();
  fs.writeFileSync(path.join(programs, 'python3'), '#!/bin/sh\nexec sleep 60\n', { mode: 0o755 });
  const wheels = path.resolve(import.meta.dirname, '../../scripts/wheels.mjs');
  const program = `import { fetchWheel } from ${JSON.stringify(wheels)}; fetchWheel(${JSON.stringify(slow)})`;
  const child = spawn(process.execPath, ['--input-type', 'module', '--eval', program], {
    env: { ...process.env, PATH: `${programs}:${process.env.PATH}` },
    detached: true,
  });
  const downloads = () => entries().filter((name) => name.startsWith('fetch-'));
  const signal = AbortSignal.timeout(20_000);
  while (downloads().length === 0) {
    assert.equal(child.exitCode, null);
    await sleep(20, undefined, { signal });
  }
  clearWorkplaces(cache);
  assert.equal(downloads().length, 1);

  process.kill(-Number(child.pid), 'SIGKILL');
  await new Promise((resolve) => child.once('exit', resolve));
  assert.equal(downloads().length, 1);
  clearWorkplaces(cache);
  assert.deepEqual(downloads(), []);
});

test('when two set-ups fetch one part at once, then both end well and it is there', async () => {
  const twice = wheel('twice');
  const setup = path.resolve(import.meta.dirname, '../../scripts');
  const program = `
    const { install } = await import('${setup}/setup.mjs');
    const { wheelPart } = await import('${setup}/parts.mjs');
    install(wheelPart('Twice', () => (${JSON.stringify(twice)})));`;
  const run = () =>
    new Promise((resolve) =>
      spawn(process.execPath, ['--input-type', 'module', '--eval', program]).once('exit', resolve),
    );
  assert.deepEqual(await Promise.all([run(), run()]), [0, 0]);
  assert.equal(wheelPart('Twice', () => twice).inspect().ok, true);
  assert.deepEqual(
    entries().filter((name) => name.startsWith('fetch-')),
    [],
  );
});

test('when a set-up with other pins replaces a part at once, then one sentence says so, and its folder stays', () => {
  const scripts = path.resolve(import.meta.dirname, '../../scripts');
  const replaced = wheel('replaced');
  // What is in place never has the pins that are asked for.
  const program = `
    const { install } = await import('${scripts}/setup.mjs');
    const { wheelPart } = await import('${scripts}/parts.mjs');
    let reads = 0;
    const wheel = { ...${JSON.stringify(replaced)}, get members() { return ['replaced/', String(reads++)]; } };
    install(wheelPart('Replaced', () => wheel), () => {});`;
  const args = ['--input-type', 'module', '--eval', program];
  const { status, stderr } = spawnSync(process.execPath, args, {
    encoding: 'utf8',
    timeout: 20_000,
  });
  assert.equal(status, 1);
  const place = path.join(cache, 'replaced-1.0');
  assert.ok(
    stderr.includes(
      `Replaced still fails after its set-up (older than what it is made from: ${place}): `,
    ),
    stderr,
  );
  assert.ok(fs.existsSync(path.join(place, 'replaced/library.so')));
});

test('when a file or the cache is closed to a user, then the fault names it, and set-up who can mend it', (t) => {
  const user = ['--reuid=65534', '--regid=65534', '--clear-groups'];
  const scripts = path.resolve(import.meta.dirname, '../../scripts');
  const asUser = (code: string) =>
    spawnSync('setpriv', [...user, process.execPath, '--input-type', 'module', '--eval', code], {
      encoding: 'utf8',
    });
  if (asUser(`await import('${scripts}/pins.mjs')`).status !== 0) {
    return t.skip('needs root, setpriv and a checkout that all users can read');
  }
  install(part, quietly);
  fs.chmodSync(folder, 0o755);
  fs.chmodSync(data, 0o600);
  const { stdout: ofFile } = asUser(`
    const { wheelPart } = await import('${scripts}/parts.mjs');
    console.log(wheelPart('Tiny', () => (${JSON.stringify(pinned)})).inspect().fault);`);
  assert.equal(ofFile, `not readable by user 65534: ${data}\n`);

  fs.chmodSync(cache, 0o700);
  const { stdout, stderr } = asUser(`
    const { wheelPart } = await import('${scripts}/parts.mjs');
    const { install } = await import('${scripts}/setup.mjs');
    const part = wheelPart('Tiny', () => (${JSON.stringify(pinned)}));
    const { fault, remedy } = part.inspect();
    console.log(fault + '\\n' + remedy);
    try { install(part); } catch (error) { console.log(error.message); }`);
  const [fault, remedy, , , error] = stdout.split('\n');
  assert.equal(
    fault,
    `not readable by user 65534: ${record}, since ${cache} is closed to others`,
    stderr,
  );
  assert.match(remedy ?? '', /BOBBIN_CACHE=/);
  assert.match(
    error ?? '',
    /Expected a folder that user 65534 can write but received .*closed to it/,
  );
});
