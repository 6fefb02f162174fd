/** The packed tarball: its form, its types, and its use in somebody else's empty project. */
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { before, test } from 'node:test';
import { publint } from 'publint';
import { pack } from '../../scripts/develop/pack/main.mjs';
import { readManifest } from '../../scripts/develop/pack/staging.mjs';
import { installedIn, withInstallScript } from '../install/packages.js';
import { temporaryFolder } from '../support/folders.js';
import { addonTarball, notPacked } from '../support/packages/packed-addon.js';
import { inTerminal } from '../support/terminal.js';
import { programOf, shortened } from './programs.mjs';
import { allResolutions, compile, writePrograms } from './typescript.js';

const root = path.resolve(import.meta.dirname, '../..');
const tsc = path.join(root, 'node_modules/typescript/bin/tsc');
const project = temporaryFolder();
const program = path.join(project, 'train.mjs');
let tarball = '';

const { dependencies } = readManifest(root);
const buildTools = ['cmake-js', 'node-addon-api'].map((name) => `${name}@${dependencies[name]}`);

/** Whether the prebuilt addon is installed. Without it, set-up builds the addon. */
const isPrebuilt = notPacked() === false;

const run = (command: string, args: string[], cwd = project) =>
  execFileSync(command, args, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] });

/** Installs the tarball in the project, and writes the first program of README.md there. */
before(async () => {
  tarball = await pack(project);
  writeFileSync(path.join(project, 'package.json'), '{"name":"someone","private":true}');
  const quietly = ['--ignore-scripts', '--no-audit', '--no-fund', '--silent'];
  const addon = isPrebuilt ? [addonTarball] : buildTools;
  run('npm', ['install', ...quietly, tarball, ...addon]);
  writeFileSync(program, shortened(programOf('README.md', 1)));
});

test('when the package is packed, then publint has nothing to say about it', async () => {
  const { buffer } = new Uint8Array(readFileSync(tarball));
  const { messages } = await publint({ pack: { tarball: buffer }, strict: true });
  assert.deepEqual(messages, []);
});

test('when the package is installed, then no script of it or of its packages runs, except the greeting of core-js', () => {
  const scripts = withInstallScript(installedIn(project));
  assert.deepEqual(
    scripts.map((name) => name.replace(/@[^@]*$/, '')),
    ['core-js'],
  );
});

test('when the packed files of tfjs-node require a package, then bobbin depends on it', () => {
  const installed = path.join(project, 'node_modules/bobbin');
  const read = (folder: string) =>
    JSON.parse(readFileSync(path.join(installed, folder, 'package.json'), 'utf8'));
  const needed = Object.keys(read('bundled/tfjs-node').dependencies);
  const tfjs = ['@tensorflow/tfjs', '@tensorflow/tfjs-core'];
  assert.deepEqual(needed, [...tfjs, 'google-protobuf', 'progress']);
  const { dependencies } = read('');
  assert.deepEqual(
    needed.filter((name) => !(name in dependencies)),
    [],
  );
  assert.ok(!existsSync(path.join(project, 'node_modules/@tensorflow/tfjs-node-gpu')));
});

test('when the programs of README.md are compiled as strict TypeScript, then no fault is found under any resolution', () => {
  writePrograms(project);
  for (const resolution of allResolutions) {
    assert.equal(compile(project, tsc, resolution), '', resolution);
  }
});

test('when TypeScript checks all declarations of the package, then it finds no fault in them', () => {
  const dist = path.join(project, 'node_modules/bobbin/dist');
  const declarations = readdirSync(dist, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.d.ts'))
    .map((name) => path.join(dist, name));
  const { stdout } = spawnSync(
    process.execPath,
    [
      ...[tsc, '--ignoreConfig', '--noEmit', '--strict', '--skipLibCheck', 'false'],
      ...['--module', 'nodenext', '--target', 'es2022', '--types', 'node'],
      ...['--typeRoots', path.join(root, 'node_modules/@types'), ...declarations],
    ],
    { cwd: project, encoding: 'utf8' },
  );
  // tfjs's own declarations have faults.
  const ours = stdout.split('\n').filter((line) => line.startsWith('node_modules/bobbin/'));
  assert.ok(declarations.length > 100, `${declarations.length} declarations`);
  assert.deepEqual(ours, []);
});

test('when the packed tarball is installed in an empty project, then its first command sets it up, and the program of README.md trains', () => {
  const garments = ['--tasks', 'lapel_design_labels', '--images-per-task', '20'];
  run('npx', ['bobbin', 'synthesize', '--out', 'garments', ...garments]);
  const { CI: _, ...env } = process.env;
  const first = inTerminal(['npx', 'bobbin', 'bench', 'garments', '--seconds', '1'], {
    cwd: project,
    env,
    question: '[Y/n]',
    answer: '\r',
  });
  assert.match(first.output, /set-up: complete[\s\S]*images/);
  assert.equal(first.code, 0, first.output);
  const doctor = run('npx', ['bobbin', 'doctor']);
  assert.match(doctor, isPrebuilt ? /Node-API 9, prebuilt, from/ : /Node-API 9, from/);
  const output = run(process.execPath, [program]);
  assert.match(output, /^accuracy [01](\.\d+)?$/m);
  assert.match(
    output,
    /^\/.*\.jpg (Invisible|Notched|Collarless|Shawl Collar|Plus Size Shawl) [01](\.\d+)?$/m,
  );
});

test('when ES modules cannot be required, then require and import give one copy of Bobbin, with one backend', () => {
  const compute = `
    const { jit, tf } = require('bobbin');
    const stage = require('bobbin/tensorflow');
    console.log(String(jit((x) => tf.mul(x, 2))(stage.tf.tensor([3])).dataSync()));
    Promise.all([import('bobbin'), import('bobbin/tensorflow')]).then((imported) =>
      console.log([stage, ...imported].every((copy) => copy.jit === jit)));`;
  for (const option of [[], ['--no-experimental-require-module']]) {
    assert.equal(run(process.execPath, [...option, '-e', compute]), '6\ntrue\n');
  }
});

test('when the packed modules are imported, then they have the exports of those in the checkout', () => {
  /** The exports of each module, without the two names that Node adds to CommonJS. */
  const namesIn = (...modules: string[]) => {
    const imports = modules.map((module) => `import('${module}')`).join();
    const program = `Promise.all([${imports}]).then((all) => console.log(JSON.stringify(all.map(Object.keys))))`;
    const all: string[][] = JSON.parse(run(process.execPath, ['-e', program]));
    return all.map((names) =>
      names.filter((name) => name !== 'default' && name !== 'module.exports'),
    );
  };
  const dist = path.join(root, 'dist');
  assert.deepEqual(
    namesIn('bobbin', 'bobbin/tensorflow'),
    namesIn(path.join(dist, 'index.js'), path.join(dist, 'tensorflow/index.js')),
  );
});
