/** The alias package where Bobbin cannot compute: without the package, and without the addon. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runNode, tfjsNodeProject } from '../support/tfjs-node-project.js';

const fallback =
  /^@bobbin\/tfjs-node: tfjs's slow CPU backend computes, since the package bobbin is not installed here \(.+\); install @tensorflow\/tfjs-backend-wasm 4\.22\.0 for a faster one\.\n$/;

test('when the package bobbin was left out, then one sentence says so and tfjs computes', (t) => {
  const { status, stderr } = runNode(tfjsNodeProject(t, { bobbin: false }), ['portable.cjs']);
  assert.equal(status, 0, stderr);
  assert.match(stderr, fallback);
});

test('when the addon is not set up, then the first use says what to do, and no slower backend is used instead', (t) => {
  const program = `const tf = require('@tensorflow/tfjs-node');
    try { tf.ones([2]).add(1); } catch (error) { console.log(error.message); }
    console.log(tf.getBackend());`;
  const env = { BOBBIN_ADDON: '/nowhere/bobbin.node' };
  const { stdout } = runNode(tfjsNodeProject(t), ['-e', program], env);
  assert.match(stdout, /^Bobbin's native addon could not be loaded .*\.\ntensorflow\n$/);
});
