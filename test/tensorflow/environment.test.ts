/** The environment variables that TensorFlow reads when it is loaded. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { addonFile } from '../../scripts/addon-place.mjs';

/** Starts TensorFlow in a worker thread, whose `process.env` is a copy; what TensorFlow printed, and the variables as the process has them. */
function startInWorker(variables: Record<string, string>) {
  const start = `require(${JSON.stringify(addonFile())}).devices();`;
  const program = `
    new (require('node:worker_threads').Worker)(${JSON.stringify(start)}, { eval: true }).on('exit', () => {
      const { TF_CPP_MIN_LOG_LEVEL, TF_ENABLE_ONEDNN_OPTS } = process.env;
      console.log(TF_CPP_MIN_LOG_LEVEL, TF_ENABLE_ONEDNN_OPTS);
    });`;
  const { PATH, LD_LIBRARY_PATH } = process.env;
  const env = { PATH, LD_LIBRARY_PATH, ...variables };
  const { stdout, stderr } = spawnSync(process.execPath, ['-e', program], {
    env,
    encoding: 'utf8',
  });
  return { printed: stderr, values: stdout.trim() };
}

test('when a worker thread loads TensorFlow first, then it has read what Bobbin sets', () => {
  const { printed, values } = startInWorker({});
  assert.equal(values, '2 1');
  assert.match(printed, /oneDNN custom operations are on/);
  assert.doesNotMatch(printed, /cpu_feature_guard/);
});

test('when the user has set variables of TensorFlow, then they stay', () => {
  const { printed, values } = startInWorker({
    TF_CPP_MIN_LOG_LEVEL: '0',
    TF_ENABLE_ONEDNN_OPTS: '0',
  });
  assert.equal(values, '0 0');
  assert.doesNotMatch(printed, /oneDNN custom operations are on/);
  assert.match(printed, /cpu_feature_guard/);
});
