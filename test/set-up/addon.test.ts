/** The addon and TensorFlow's libraries, damaged or out of reach: the true cause, in a copy of this package's built files. */
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import path from 'node:path';
import { before, test } from 'node:test';
import { loadFault } from '../../scripts/addon.mjs';
import { wayOut } from '../../scripts/finding.mjs';
import { readRecord, writeRecord } from '../../scripts/record.mjs';
import { temporaryFolder } from '../support/folders.js';

const root = path.resolve(import.meta.dirname, '../..');
const folder = temporaryFolder();
const cache = path.join(folder, 'cache');
const home = path.join(folder, 'home');
const copy = path.join(folder, 'package');
const addon = path.join(copy, 'native-build/Release/bobbin.node');
const library = path.join(cache, 'tensorflow-cpu-2.21.0/tensorflow/libtensorflow_cc.so.2');

before(() => {
  for (const name of ['scripts', 'src', 'package.json', 'native-build/Release/bobbin.node']) {
    fs.cpSync(path.join(root, name), path.join(copy, name), { recursive: true });
  }
  fs.symlinkSync(path.join(root, 'node_modules'), path.join(copy, 'node_modules'));
  fs.mkdirSync(path.dirname(library), { recursive: true });
  fs.writeFileSync(library, 'library');
  // A change of as many bytes within the same second is not seen.
  fs.utimesSync(library, 1e9, 1e9);
  fs.chmodSync(folder, 0o755);
  writeRecord(cache, 'inputs');
  const [entry] = Object.values(readRecord(cache)?.files ?? {});
  assert.ok(entry);
  const build = path.join(copy, 'native-build');
  writeRecord(build, 'inputs', ['Release/bobbin.node'], { [library]: entry });
});

const user = ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups'];

const loadAddon = `
  const { native } = await import('./src/native.ts');
  try { native(); console.log('loaded'); } catch ({ message }) { console.log(message); }`;

/** What a process of the copied package prints; `prefix` starts it. */
function run(program: string, prefix: string[] = []) {
  const node = [process.execPath, '--import', 'tsx', '--input-type', 'module', '--eval', program];
  const [command = '', ...args] = [...prefix, ...node];
  const env = { ...process.env, BOBBIN_CACHE: cache, HOME: home };
  const { stdout, stderr, signal } = spawnSync(command, args, { cwd: copy, env, encoding: 'utf8' });
  assert.equal(signal, null);
  return stdout.trim() || stderr;
}

test('when the addon or a library is as set-up laid it down, then the addon loads', () => {
  assert.equal(run(loadAddon), 'loaded');
});

test('when the addon or a library is cut, changed or gone, then the fault says which', async () => {
  const { addonFault } = await import(path.join(copy, 'scripts/addon.mjs'));
  assert.equal(addonFault(), undefined);
  const damages: [string, string, () => void][] = [
    [`cut: ${library} has 3 of 7 bytes`, library, () => fs.truncateSync(library, 3)],
    [`changed: ${library}`, library, () => fs.writeFileSync(library, 'Library')],
    [`gone: ${library}`, library, () => fs.rmSync(library)],
    [`cut: ${addon} has 5000 of `, addon, () => fs.truncateSync(addon, 5000)],
    [`missing: ${addon}`, addon, () => fs.rmSync(addon)],
  ];
  for (const [fault, file, damage] of damages) {
    const saved = path.join(folder, 'saved');
    fs.cpSync(file, saved, { preserveTimestamps: true });
    damage();
    assert.ok(addonFault().startsWith(fault), addonFault());
    fs.cpSync(saved, file, { preserveTimestamps: true });
  }
});

test('when an addon does not load, or ends the process that loads it, then the fault says why', () => {
  const built = path.join(folder, 'library.node');
  const compile = (code: string) => {
    const flags = ['-shared', '-fPIC', '-Wl,-z,lazy', '-x', 'c', '-', '-o', built];
    execFileSync('cc', flags, { input: code });
  };
  const start = (code: string) =>
    `__attribute__((constructor)) static void start(void) { ${code} }`;
  const faults: [string, string][] = [
    ['', `does not load: Module did not self-register: '${built}'.`],
    [
      `void absent(void); ${start('absent();')}`,
      `does not load: ${process.execPath}: symbol lookup error: ${built}: undefined symbol: absent`,
    ],
    [start('__builtin_trap();'), `crashes when it is loaded (SIGILL): ${built}`],
  ];
  for (const [code, fault] of faults) {
    compile(code);
    assert.equal(loadFault(built), fault);
  }
  assert.equal(loadFault(path.join(root, 'native-build/Release/bobbin.node')), undefined);
});

test('when a library is cut, then loading ends in a sentence with the way out, and not in a crash', () => {
  fs.truncateSync(library, 3);
  assert.equal(
    run(loadAddon),
    `Bobbin's native addon could not be loaded: cut: ${library} has 3 of 7 bytes. To mend it, run \`npx bobbin setup\`; \`npx bobbin doctor\` shows every part.`,
  );
  fs.writeFileSync(library, 'library');
});

test('when the library for CUDA is cut, then there is no CUDA device, and the reason says why', () => {
  const build = path.join(copy, 'cuda-build');
  const cuda = path.join(build, 'bobbin_cuda.so');
  fs.mkdirSync(build);
  fs.writeFileSync(cuda, 'library');
  writeRecord(build, 'inputs');
  fs.truncateSync(cuda, 3);
  const program = `
    const { cudaStatus } = await import('./src/pipeline/cuda.ts');
    console.log(cudaStatus().available, cudaStatus().reason);`;
  const printed = run(program);
  assert.ok(printed.startsWith(`false cut: ${cuda} has 3 of 7 bytes; run `), printed);
});

test('when another user than the one of set-up loads the addon, then the error names the closed folder and the way out', (t) => {
  const read = `fs.readdirSync(${JSON.stringify(path.join(root, 'node_modules'))})`;
  if (spawnSync('setpriv', [...user.slice(1), process.execPath, '--eval', read]).status !== 0) {
    return t.skip('needs root, setpriv and a checkout that all users can read');
  }
  fs.chmodSync(cache, 0o700);
  const message = run(loadAddon, user);
  fs.chmodSync(cache, 0o755);
  const closed = `not readable by user 65534: ${library}, since ${cache} is closed to others`;
  assert.ok(message.includes(closed), message);
  assert.match(message, /`BOBBIN_CACHE=\/opt\/bobbin npx bobbin setup`/);
});

test('when the dynamic loader gives a reason, then the way out follows from it', () => {
  const noexec = '/opt/bobbin.node: failed to map segment from shared object';
  assert.match(wayOut(noexec), /noexec/);
  const missing = 'libjpeg.so.62: cannot open shared object file: No such file or directory';
  assert.match(wayOut(missing), /^install the system's libjpeg\.so\.62, or run `npx bobbin setup`/);
});

test('when there is no home folder, then the cache is below the root, and an empty variable counts as none', () => {
  const cacheOf = (env: NodeJS.ProcessEnv) => {
    const program = `import(${JSON.stringify(path.join(copy, 'scripts/pins.mjs'))}).then((pins) => console.log(pins.cacheFolder))`;
    const options = { env, cwd: copy, encoding: 'utf8' } as const;
    return spawnSync(process.execPath, ['--eval', program], options).stdout.trim();
  };
  const { PATH } = process.env;
  assert.equal(cacheOf({ PATH, HOME: '', BOBBIN_CACHE: '', XDG_CACHE_HOME: '' }), '/.cache/bobbin');
  assert.equal(cacheOf({ PATH, BOBBIN_CACHE: 'mine' }), path.join(fs.realpathSync(copy), 'mine'));
  assert.equal(cacheOf({ PATH, XDG_CACHE_HOME: '/caches' }), '/caches/bobbin');
});
