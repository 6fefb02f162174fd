/** The alias package where Bobbin cannot compute: without the package, without the addon, and beside a second copy of tfjs. */
import assert from 'node:assert/strict';
import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { type TestContext, test } from 'node:test';
import { writeFiles } from '../support/folders.js';
import { runNode, tfjsNodeProject } from '../support/tfjs-node-project.js';

const fallback =
  /^@bobbin\/tfjs-node: tfjs's slow CPU backend computes, since the package bobbin is not installed here \(.+\); install @tensorflow\/tfjs-backend-wasm 4\.22\.0 for a faster one\.\n$/;

test('when the package bobbin was left out, then one sentence says so and tfjs computes', (t) => {
  const { status, stderr } = runNode(tfjsNodeProject(t, { bobbin: false }), ['portable.cjs']);
  assert.equal(status, 0, stderr);
  assert.match(stderr, fallback);
});

test("when tfjs's WASM backend is installed where Bobbin is not, then it can be chosen", async (t) => {
  const project = tfjsNodeProject(t, { bobbin: false });
  await writeFiles(project, {
    'node_modules/@tensorflow/tfjs-backend-wasm/index.js':
      "require('@tensorflow/tfjs-core').registerBackend('wasm', () => {});",
  });
  const program = `const tf = require('@tensorflow/tfjs-node');
    console.log(tf.getBackend(), tf.findBackendFactory('wasm') !== null);`;
  const { stdout, stderr } = runNode(project, ['-e', program]);
  assert.equal(stdout, 'cpu true\n');
  assert.match(stderr, /; `await tf\.setBackend\('wasm'\)` chooses the faster WASM backend\.\n$/);
});

test('when the addon is not set up, then the first use says what to do, and nothing slower computes', (t) => {
  const program = `const tf = require('@tensorflow/tfjs-node');
    try { tf.ones([2]).add(1); } catch (error) { console.log(error.message); }
    console.log(tf.getBackend());`;
  const env = { BOBBIN_ADDON: '/nowhere/bobbin.node' };
  const { stdout } = runNode(tfjsNodeProject(t), ['-e', program], env);
  assert.match(stdout, /^Bobbin's native addon could not be loaded .*\.\ntensorflow\n$/);
});

test('when Node is older than the ones that can require an ES module, then one sentence names the versions', (t) => {
  const program = `delete process.features.require_module;
    try { require('@tensorflow/tfjs-node'); } catch (error) { console.log(error.message); }`;
  const { stdout } = runNode(tfjsNodeProject(t), ['-e', program]);
  assert.equal(
    stdout,
    `@bobbin/tfjs-node: Expected Node 20.19, 22.12 or a newer one but received ${process.version}.\n`,
  );
});

/** Another version of tfjs below `other` of the project. */
function addOlderTfjs(project: string): void {
  for (const name of [
    '',
    '-core',
    '-backend-cpu',
    '-backend-webgl',
    '-converter',
    '-data',
    '-layers',
  ]) {
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
}

/** Loads both copies in the order of the given requests, computes, and returns what stderr says. */
function loadBoth(t: TestContext, ...order: string[]): string {
  const project = tfjsNodeProject(t);
  addOlderTfjs(project);
  const program = `const [a, b] = ${JSON.stringify(order)}.map((name) => require(name));
    console.log(a.engine() === b.engine(), a.getBackend(), a.round(b.tensor1d([16777217], 'int32')).dataSync()[0]);`;
  const { stdout, stderr } = runNode(project, ['-e', program]);
  assert.equal(stdout, 'true tensorflow 16777217\n', stderr);
  return stderr;
}

const older = './other/node_modules/@tensorflow/tfjs';
const copies = (first: string, second: string) =>
  new RegExp(
    `^Bobbin: Expected one copy of tfjs-core but received two, ${first} in \\S+/tfjs-core and ${second} in \\S+/tfjs-core; .+\\.\\n$`,
  );

test('when another version of tfjs is loaded first, then one sentence names both', (t) => {
  assert.match(loadBoth(t, older, '@tensorflow/tfjs-node'), copies('4.20.0', '4.22.0'));
});

test('when another version of tfjs is loaded later, then one sentence names both', (t) => {
  assert.match(loadBoth(t, '@tensorflow/tfjs-node', older), copies('4.22.0', '4.20.0'));
});
