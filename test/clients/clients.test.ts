/** The part of `npm run test:clients` that needs 91 MB of packages, under this version of Node. */
import assert from 'node:assert/strict';
import { symlinkSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { skipIfUnreachable } from '../support/packages/npm.js';
import { runNode, tfjsNodeProject } from '../support/tfjs-node-project.js';
import { judge } from './clients.js';
import type { Photo } from './photo.js';
import { runProgram } from './programs.js';
import { project, setUp } from './set-up.js';

const skip =
  !process.features.require_module &&
  'programs in CommonJS require the ES modules of the checkout from Node 20.19 or 22.12 on';

let photo: Promise<Photo> | undefined;
/** Sets the clients up, once. */
const prepare = () => {
  photo ??= setUp('small');
  return photo;
};

for (const client of ['nsfwjs', 'face-api']) {
  test(
    `when ${client} looks at a photo, then it gives tfjs’s answers and keeps no tensor`,
    {
      skip,
    },
    (t) =>
      skipIfUnreachable(t, async () => {
        const { numbers, faults } = await judge(client, await prepare());
        assert.ok(numbers > 0);
        assert.deepEqual(faults, []);
      }),
  );
}

for (const program of ['csv-regression', 'saved-model']) {
  test(`when ${program} runs on Bobbin, then it finds what it expects`, { skip }, (t) =>
    skipIfUnreachable(t, async () => {
      await prepare();
      await runProgram(program);
    }),
  );
}

test(
  "when Bobbin was left out and tfjs's WASM backend is installed, then it can be chosen and computes",
  {
    skip,
  },
  (t) =>
    skipIfUnreachable(t, async () => {
      await prepare();
      const withoutBobbin = tfjsNodeProject(t, { bobbin: false });
      const wasm = 'node_modules/@tensorflow/tfjs-backend-wasm';
      symlinkSync(path.join(project, wasm), path.join(withoutBobbin, wasm));
      const program = `const tf = require('@tensorflow/tfjs-node');
      tf.setBackend('wasm').then(() => {
        const product = tf.matMul(tf.ones([2, 3]), tf.ones([3, 2]));
        console.log(tf.getBackend(), product.arraySync());
      });`;
      const { stdout, stderr } = runNode(withoutBobbin, ['-e', program]);
      assert.equal(stdout, 'wasm [ [ 3, 3 ], [ 3, 3 ] ]\n', stderr);
      assert.match(
        stderr,
        /; `await tf\.setBackend\('wasm'\)` chooses the faster WASM backend\.\n$/,
      );
    }),
);
