/** TensorFlow for GPUs finds the CUDA libraries of set-up, with a stub of the driver that reports a GPU. */
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import path from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { tensorflowWheel } from '../../scripts/gpu.mjs';
import { wheels } from '../../scripts/pins.mjs';
import { temporaryFolder } from '../support/folders.js';
import { compiled, loader } from '../support/run-bobbin.js';

const here = path.dirname(fileURLToPath(import.meta.url));
/** The libraries that TensorFlow opens before it uses a GPU; if one is missing it uses no GPU. */
const libraries =
  'cudart.so.12 cublas.so.12 cublasLt.so.12 cudnn.so.9 cufft.so.11 cusolver.so.11 cusparse.so.12';

test('when the driver reports a GPU then TensorFlow opens every CUDA library that it needs', (t) => {
  if (tensorflowWheel() !== wheels.tensorflowGpu) {
    return t.skip('set-up brought TensorFlow for the CPU');
  }
  const folder = temporaryFolder(t);
  const source = path.join(here, 'stub', 'driver.c');
  for (const name of ['libcuda.so.1', 'libnvidia-ml.so.1']) {
    execFileSync('cc', ['-shared', '-fPIC', source, '-o', path.join(folder, name)]);
  }

  // It fails later, at the first call that needs a real driver.
  const tensorflow = compiled('src/tensorflow/index.ts');
  const program = `import(${JSON.stringify(tensorflow)}).then(({ devices }) => devices())`;
  const log = { TF_CPP_MIN_LOG_LEVEL: '0', TF_CPP_MAX_VLOG_LEVEL: '1' };
  const { stderr } = spawnSync(process.execPath, [...loader, '--eval', program], {
    env: { ...process.env, ...log, LD_LIBRARY_PATH: folder },
    encoding: 'utf8',
    maxBuffer: 2 ** 28,
  });
  const opened = [...stderr.matchAll(/Successfully opened dynamic library lib(\S+)/g)];
  const names = new Set(opened.map(([, name]) => name));
  for (const name of libraries.split(' ')) {
    assert.ok(names.has(name), name);
  }
  assert.doesNotMatch(stderr, /Could not load dynamic library/);
  assert.match(stderr, /Adding visible gpu devices: 0/);
});
