/** A second copy of tfjs-core, or of the backend, in a program that uses the alias package. */
import assert from 'node:assert/strict';
import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { type TestContext, test } from 'node:test';
import { buildSync } from 'esbuild';
import { runNode, tfjsNodeProject } from '../support/tfjs-node-project.js';

/** A project with another version of tfjs below `other`. */
function projectWithCopies(t: TestContext, options = {}): string {
  const project = tfjsNodeProject(t, options);
  const parts = ['core', 'backend-cpu', 'backend-webgl', 'converter', 'data', 'layers'];
  for (const name of ['', ...parts.map((part) => `-${part}`)]) {
    const from = path.join(project, `node_modules/@tensorflow/tfjs${name}`);
    const to = path.join(project, `other/node_modules/@tensorflow/tfjs${name}`);
    const manifest = JSON.parse(readFileSync(path.join(from, 'package.json'), 'utf8'));
    mkdirSync(path.join(to, 'dist'), { recursive: true });
    cpSync(path.join(from, manifest.main), path.join(to, manifest.main));
    writeFileSync(
      path.join(to, 'package.json'),
      JSON.stringify({ ...manifest, version: '4.20.0' }),
    );
  }
  return project;
}

const older = './other/node_modules/@tensorflow/tfjs';
const copies = (first: string, second: string) =>
  new RegExp(
    `^Bobbin: Expected one copy of tfjs-core but received two, ${first} and ${second}; .+\\.\\n$`,
  );
const inFolder = (version: string) => `${version} in \\S+/tfjs-core`;

/** Loads both copies in the order of the given requests, computes, and returns what stderr says. */
function loadBoth(project: string, ...order: string[]): string {
  const program = `const [a, b] = ${JSON.stringify(order)}.map((name) => require(name));
    console.log(a.engine() === b.engine(), a.round(b.tensor1d([16777217], 'int32')).dataSync()[0]);`;
  const { stdout, stderr } = runNode(project, ['-e', program]);
  assert.equal(stdout, 'true 16777217\n', stderr);
  return stderr;
}

test('when another version of tfjs is loaded first, then one sentence names both', (t) => {
  assert.match(
    loadBoth(projectWithCopies(t), older, '@tensorflow/tfjs-node'),
    copies(inFolder('4.20.0'), inFolder('4.22.0')),
  );
});

test('when another version of tfjs is loaded later, then one sentence names both', (t) => {
  assert.match(
    loadBoth(projectWithCopies(t), '@tensorflow/tfjs-node', older),
    copies(inFolder('4.22.0'), inFolder('4.20.0')),
  );
});

test('when two versions meet where the package bobbin was left out, then one sentence names both there, too', (t) => {
  const project = projectWithCopies(t, { bobbin: false });
  const [sentence = '', ...others] = loadBoth(project, '@tensorflow/tfjs-node', older).split(/^/m);
  assert.match(others.pop() ?? sentence, copies(inFolder('4.22.0'), inFolder('4.20.0')));
  assert.match(sentence, /^@bobbin\/tfjs-node: tfjs's slow CPU backend computes/);
  assert.deepEqual(others, []);
});

test('when a bundle contains another copy, then the sentence names the bundle', (t) => {
  const project = tfjsNodeProject(t);
  buildSync({
    stdin: { contents: "module.exports = require('@tensorflow/tfjs');", resolveDir: project },
    outfile: path.join(project, 'bundle.js'),
    bundle: true,
    platform: 'node',
    logLevel: 'error',
  });
  assert.match(
    loadBoth(project, '@tensorflow/tfjs-node', './bundle'),
    copies(inFolder('4.22.0'), '\\S+/bundle\\.js'),
  );
});

for (const [title, program, first] of [
  [
    'another version of bobbin',
    "Object.assign(() => {}, { source: 'file:///other/bobbin/backend.js' })",
    'file:///other/bobbin/backend.js',
  ],
  ['tfjs-node itself', '() => {}', 'tfjs-node'],
] as const) {
  test(`when ${title} has registered its backend, then one sentence names both`, (t) => {
    const { stdout } = runNode(tfjsNodeProject(t), [
      '-e',
      `require('@tensorflow/tfjs').registerBackend('tensorflow', ${program});
      try { require('@tensorflow/tfjs-node'); } catch (error) { console.log(error.message); }`,
    ]);
    const start = `Expected one version of bobbin, and no tfjs-node beside it, for the process but received ["${first}","file:///`;
    assert.equal(stdout.slice(0, start.length), start);
  });
}

/** What `console.warn` prints when a program with one copy, or both, calls `body`. */
function warnings(t: TestContext, body: string, ...others: string[]): string[] {
  const project = others.length === 0 ? tfjsNodeProject(t) : projectWithCopies(t);
  const program = `const [tf] = ${JSON.stringify(['@tensorflow/tfjs-node', ...others])}.map((name) => require(name));\n${body}`;
  writeFileSync(path.join(project, 'own.cjs'), program);
  const { status, stderr } = runNode(project, ['own.cjs']);
  assert.equal(status, 0, stderr);
  return stderr.split('\n').filter((line) => line !== '');
}

const registerAgain = `tf.registerBackend('cpu', () => {});
  tf.registerKernel({ kernelName: 'Add', backendName: 'cpu', kernelFunc() {} });
  tf.env().setPlatform('node', tf.env().platform);`;
const ownLines = [
  /^cpu backend was already registered/,
  /^The kernel 'Add' for backend 'cpu' is already/,
  /^Platform node has already been set/,
];

for (const [title, others, limit] of [
  ['one copy', [], 10],
  ['two copies', [older], 10],
  ['one copy and no stack traces', [], 0],
] as const) {
  test(`when a program with ${title} registers or sets something again, then it gets tfjs’s own lines`, (t) => {
    const lines = warnings(t, `Error.stackTraceLimit = ${limit}; ${registerAgain}`, ...others);
    const own = lines.slice(others.length);
    assert.deepEqual(
      own.map((line, index) => ownLines[index]?.test(line)),
      [true, true, true],
      lines.join('\n'),
    );
  });
}

test('when a program warns of a value that is no text, then it is printed', (t) => {
  const lines = warnings(t, 'console.warn(Object.create(null)); console.warn();');
  assert.deepEqual(lines, ['[Object: null prototype] {}']);
});
