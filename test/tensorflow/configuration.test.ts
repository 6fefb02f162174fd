/** Compares the ConfigProto with TensorFlow's writer; it may be set only before TensorFlow starts. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { resolveOptions } from '../../src/options.js';
import { configProto } from '../../src/tensorflow/configuration.js';
import { configure, devices, runtimeOptions, tf, useThreads } from '../../src/tensorflow/index.js';

/** Written by test/fixtures/make_tensorflow.py. */
const golden: Record<string, string> = JSON.parse(
  readFileSync(new URL('../fixtures/config-protos.json', import.meta.url), 'utf8'),
);
const threads = { intraOpThreads: 300, interOpThreads: 2 };
const chosen = {
  plain: threads,
  off: { ...threads, gpu: 'off' },
  limited: { gpuDevice: 3, gpuAllowGrowth: false, gpuMemoryLimitMB: 4096 },
} as const;

for (const [name, options] of Object.entries(chosen)) {
  test(`when options are ${name}, then the ConfigProto has TensorFlow's bytes`, () => {
    const proto = configProto(resolveOptions(runtimeOptions, options));
    assert.equal(Buffer.from(proto).toString('hex'), golden[name]);
  });
}

test('when an option is out of its range, then configure names the range', () => {
  assert.throws(() => configure({ intraOpThreads: -1 }), /intraOpThreads but received -1/);
  assert.throws(
    () => configure({ intraOpThread: 2 } as never),
    /for a key of configure but received "intraOpThread"\. Did you mean intraOpThreads\?$/,
  );
});

test('when TensorFlow has started, then its devices are listed and configure is refused', () => {
  assert.equal(tf.getBackend(), 'tensorflow');
  configure({ intraOpThreads: 1 });
  const cpu = devices().find(({ type }) => type === 'CPU');
  assert.equal(cpu?.name, '/job:localhost/replica:0/task:0/device:CPU:0');
  assert.ok((cpu?.memoryBytes ?? 0) > 0);
  assert.throws(() => configure({ intraOpThreads: 2 }), /TensorFlow has already started/);
  useThreads(1, 'computeThreads');
  assert.throws(
    () => useThreads(2, 'computeThreads'),
    /^InvalidInputError: Expected 1 for computeThreads but received 2\. TensorFlow of this process has started/,
  );
});
