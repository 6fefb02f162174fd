/** The addon that the package `@bobbin/linux-x64` brings, in an installed package whose addon is this checkout's. */
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import * as fs from 'node:fs';
import path from 'node:path';
import { beforeEach, test } from 'node:test';
import { writeRecord } from '../../scripts/record.mjs';
import { temporaryFolder, writeFiles } from '../support/folders.js';

const root = path.resolve(import.meta.dirname, '../..');
const built = path.join(root, 'native-build/Release/bobbin.node');
const folder = temporaryFolder();
const copy = path.join(folder, 'package');
const prebuilt = path.join(copy, 'node_modules/@bobbin/linux-x64');
const cache = path.join(folder, 'cache');
const wheel = path.join(cache, 'tensorflow-cpu-2.21.0');

/** In the place of CMake: it writes an addon that loads. */
const builder = `
  const fs = require('node:fs');
  fs.mkdirSync('native-build/Release', { recursive: true });
  fs.copyFileSync('${built}', 'native-build/Release/bobbin.node');`;

/** What a program prints that uses the scripts of the installed package. */
function run(program: string, environment: NodeJS.ProcessEnv = {}) {
  const parts = `
    const { parts } = await import('./scripts/parts.mjs');
    const { addonFault } = await import('./scripts/addon.mjs');
    const { addonFile, isSetUp } = await import('./scripts/addon-place.mjs');
    const { nativeHash } = await import('./scripts/inputs.mjs');
    const part = parts.find((part) => part.name === 'native addon');
    const install = () => part.inspect().ok || part.install(console.log);
    ${program}`;
  const env = { ...process.env, BOBBIN_CACHE: cache, BOBBIN_GPU: 'no', ...environment };
  const node = ['--input-type', 'module', '--eval', parts];
  const { stdout, stderr } = spawnSync(process.execPath, node, {
    cwd: copy,
    env,
    encoding: 'utf8',
  });
  return stdout.trim() || stderr;
}

const nativeHash = () => run('console.log(nativeHash())');

/** Where set-up lays the package's addon. */
function place() {
  const packed = fs.readFileSync(path.join(prebuilt, 'bobbin.node'));
  const hash = createHash('sha256').update(packed).digest('hex');
  return path.join(wheel, 'tensorflow', `bobbin-${hash.slice(0, 12)}.node`);
}

beforeEach(async () => {
  fs.rmSync(folder, { recursive: true, force: true });
  fs.cpSync(path.join(root, 'scripts'), path.join(copy, 'scripts'), { recursive: true });
  await writeFiles(copy, {
    'CMakeLists.txt': '',
    'native/addon.cc': '',
    'node_modules/cmake-js/bin/cmake-js': builder,
  });
  await writeFiles(wheel, { 'tensorflow/libtensorflow_cc.so.2': 'library' });
  writeRecord(wheel, 'inputs');
  const manifest = { version: '0.1.0', nativeHash: nativeHash() };
  await writeFiles(prebuilt, { 'package.json': JSON.stringify(manifest) });
  fs.copyFileSync(built, path.join(prebuilt, 'bobbin.node'));
});

test('when the package fits, then its addon lies beside the libraries, loads, and needs no compiler', () => {
  const printed = run(`
    install();
    const tools = parts.filter(({ inspect }) => inspect().remedy?.startsWith('not needed'));
    console.log(JSON.stringify([part.inspect().ok, part.inspect().version, addonFile()]));
    console.log(tools.map(({ name }) => name).join());`);
  assert.deepEqual(printed.split('\n'), [
    JSON.stringify([true, 'Node-API 9, prebuilt', place()]),
    'cmake-js,C++20 compiler (GCC from 12 on),CMake,make,libjpeg-turbo',
  ]);
  assert.deepEqual(fs.readdirSync(path.dirname(place())).sort(), [
    path.basename(place()),
    'libtensorflow_cc.so.2',
  ]);
});

test('when a GPU is chosen, then the addon lies beside the libraries for it, and its kernels need the compiler', async () => {
  const gpuWheel = path.join(cache, 'tensorflow-2.21.0');
  await writeFiles(gpuWheel, { 'tensorflow/libtensorflow_cc.so.2': 'library' });
  const program = `
    install();
    const [compiler] = parts.filter(({ name }) => name.startsWith('C++20'));
    console.log(addonFile(), compiler.inspect().ok);`;
  const file = place().replace(wheel, gpuWheel);
  assert.equal(run(program, { BOBBIN_GPU: 'yes' }), `${file} true`);
});

test('when the addon in the cache is cut, changed or gone, then the fault says which, and set-up mends it', () => {
  run('install()');
  const faults: [string, () => void][] = [
    [`cut: ${place()} has 5000 of `, () => fs.truncateSync(place(), 5000)],
    [`changed: ${place()}`, () => fs.appendFileSync(place(), '\n')],
    [`missing: ${place()}`, () => fs.rmSync(place())],
  ];
  for (const [fault, damage] of faults) {
    damage();
    const printed = run('console.log(addonFault()); install(); console.log(addonFault())');
    assert.ok(printed.startsWith(fault) && printed.endsWith('\nundefined'), printed);
  }
});

test('when two releases in one cache differ by a byte, then neither harms the other', () => {
  run('install()');
  const [first, content] = [place(), fs.readFileSync(place())];
  fs.appendFileSync(path.join(prebuilt, 'bobbin.node'), '\n');
  fs.renameSync(path.join(copy, 'native-build'), path.join(folder, 'other-build'));
  assert.equal(run('install(); console.log(addonFile())'), place());
  assert.notEqual(place(), first);
  assert.deepEqual(fs.readFileSync(first), content);
});

test('when no package fits, or a build is asked for, then set-up says why and builds', () => {
  const reasons: [string, NodeJS.ProcessEnv, () => void][] = [
    ['BOBBIN_BUILD=yes asks for it', { BOBBIN_BUILD: 'yes' }, () => {}],
    [
      '@bobbin/linux-x64 0.1.0 was compiled from other sources',
      {},
      () => fs.appendFileSync(path.join(copy, 'native/addon.cc'), '\n'),
    ],
    [
      'the package @bobbin/linux-x64 is not installed',
      {},
      () => fs.rmSync(prebuilt, { recursive: true }),
    ],
  ];
  for (const [reason, environment, change] of reasons) {
    change();
    const printed = run('install(); console.log(addonFile(), part.inspect().ok)', environment);
    assert.deepEqual(printed.split('\n'), [
      'The native addon is built here:',
      `  ${reason}`,
      `${path.join(copy, 'native-build/Release/bobbin.node')} true`,
    ]);
    fs.rmSync(path.join(copy, 'native-build'), { recursive: true });
  }
});

test('when the prebuilt addon does not load, then set-up says why and builds', () => {
  fs.truncateSync(path.join(prebuilt, 'bobbin.node'), 5000);
  const printed = run('install(); console.log(addonFile())').split('\n');
  assert.match(
    printed[1] ?? '',
    /^ {2}the prebuilt one (does not load: .*bobbin-\w{12}\.node|crashes)/,
  );
  assert.deepEqual(printed.slice(2), [path.join(copy, 'native-build/Release/bobbin.node')]);
});

test('when a library of the system is missing, then set-up says so and builds nothing', () => {
  const library = path.join(folder, 'libabsent.so');
  const compile = (file: string, ...args: string[]) =>
    execFileSync('cc', [
      '-shared',
      '-fPIC',
      '-Wl,--no-as-needed',
      '-x',
      'c',
      '/dev/null',
      ...args,
      '-o',
      file,
    ]);
  compile(library);
  compile(path.join(prebuilt, 'bobbin.node'), '-x', 'none', `-L${folder}`, '-labsent');
  fs.rmSync(library);
  const printed = run(`
    try { install(); } catch ({ message }) { console.log(message); }
    console.log(isSetUp(), part.inspect().fault);`);
  assert.deepEqual(printed.split('\n'), [
    "the prebuilt one does not load: libabsent.so: cannot open shared object file: No such file or directory; install the system's libabsent.so, or run `npx bobbin setup`",
    'false missing',
  ]);
});

test('when the build tools of npm are missing, then set-up says so before it fetches anything', () => {
  fs.rmSync(path.join(copy, 'node_modules'), { recursive: true });
  const peerDependencies = { 'cmake-js': '8.0.0', 'node-addon-api': '8.9.2' };
  fs.writeFileSync(path.join(copy, 'package.json'), JSON.stringify({ peerDependencies }));
  const printed = run(`
    const names = parts.map(({ name }) => name);
    const tools = parts.find(({ name }) => name === 'cmake-js');
    console.log(names.indexOf('cmake-js') < names.indexOf('CMake'), tools.inspect().remedy);
    try { install(); } catch ({ message }) { console.log(message); }`);
  const command = '`npm install cmake-js@8.0.0 node-addon-api@8.9.2`';
  assert.deepEqual(printed.split('\n'), [
    `true ${command} (the package @bobbin/linux-x64 is not installed)`,
    `Building it needs ${command} first.`,
  ]);
});

test('when a build is asked for after the prebuilt addon was taken, then it replaces that', () => {
  run('install()');
  const printed = run('console.log(part.inspect().fault); install(); console.log(addonFile())', {
    BOBBIN_BUILD: 'yes',
  });
  assert.match(printed, /^prebuilt, but BOBBIN_BUILD=yes asks for a build\n/);
  assert.ok(printed.endsWith(path.join(copy, 'native-build/Release/bobbin.node')), printed);
});
