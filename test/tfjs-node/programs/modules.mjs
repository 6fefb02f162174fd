/** The alias as an ES module: named exports, deep imports, and one engine with CommonJS. */
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import * as tf from '@tensorflow/tfjs-node';
import standard, { io, node, tensor, version } from '@tensorflow/tfjs-node';
import { nodeFileSystemRouter } from '@tensorflow/tfjs-node/dist/io/file_system.js';
import { nodeBackend } from '@tensorflow/tfjs-node/dist/nodejs_kernel_backend.js';
import { tf as own } from 'bobbin/tensorflow';

const require = createRequire(import.meta.url);
const required = require('@tensorflow/tfjs-node');
assert.equal(standard, required);
// Names that the runtime adds for a CommonJS module, which differ among Node's versions and Bun.
const added = ['__esModule', 'default', 'module.exports'];
assert.deepEqual(
  Object.keys(tf).filter((name) => !added.includes(name)),
  Object.keys(required).sort(),
);
assert.equal(tf.matMul, required.matMul);
// Random functions of Bobbin's own, which `jit` can trace.
const plain = require('@tensorflow/tfjs');
const replaced = Object.entries(own).filter(
  ([name, value]) => !added.includes(name) && value !== plain[name],
);
assert.ok(replaced.some(([name]) => name === 'randomNormal'));
for (const [name, value] of replaced) {
  assert.equal(required[name], value, name);
}
assert.equal(nodeBackend(), required.backend());
assert.equal(version['tfjs-node'], '4.22.1');
assert.equal(typeof node.decodeImage, 'function');
assert.equal(typeof io.fileSystem, 'function');
assert.ok(nodeFileSystemRouter('file://model'));
assert.deepEqual(tensor([1, 2]).square().arraySync(), [1, 4]);

// A program of tfjs-node loads no other part of Bobbin.
const others = Object.keys(require.cache).filter((file) =>
  /node_modules\/(@img|sharp|commander)\//.test(file),
);
assert.deepEqual(others, []);
