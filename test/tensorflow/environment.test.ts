/** The environment variables that TensorFlow reads when it is loaded, and what it prints. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { addonFile } from '../../scripts/addon-place.mjs';
import { compiled, loader } from '../support/run-bobbin.js';

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

/** What an error of TensorFlow's log looks like, which this value of a variable causes. */
const wrong = { variable: { TF_CPU_ALLOCATOR_USE_BFC: 'maybe' }, line: /^E\d{4} .*USE_BFC/m };

test('when a worker thread loads TensorFlow first, then it has read what Bobbin sets, and prints nothing', () => {
  const { printed, values } = startInWorker({});
  assert.deepEqual({ printed, values }, { printed: '', values: '2 1' });
});

test('when the user has set variables of TensorFlow, then they stay, and it prints the messages of that level', () => {
  const all = startInWorker({ TF_CPP_MIN_LOG_LEVEL: '0' });
  assert.equal(all.values, '0 1');
  assert.match(all.printed, /^I\d{4} .*oneDNN custom operations are on/m);
  assert.match(all.printed, /^I\d{4} .*cpu_feature_guard/m);
  assert.doesNotMatch(all.printed, /InitializeLog/);
  const { printed, values } = startInWorker({
    TF_CPP_MIN_LOG_LEVEL: '0',
    TF_ENABLE_ONEDNN_OPTS: '0',
  });
  assert.equal(values, '0 0');
  assert.doesNotMatch(printed, /oneDNN custom operations are on/);
});

test('when something is wrong, then TensorFlow prints that alone, also where it ends the process, unless the user hides errors', () => {
  const { printed } = startInWorker(wrong.variable);
  assert.match(printed, wrong.line);
  assert.equal(printed.trim().split('\n').length, 1);
  assert.equal(startInWorker({ ...wrong.variable, TF_CPP_MIN_LOG_LEVEL: '3' }).printed, '');
  const fatal = startInWorker({ TF_XLA_FLAGS: '--unknown=1', TF_CPP_MIN_LOG_LEVEL: '3' });
  assert.match(fatal.printed, /^F\d{4} .*Unknown flag in TF_XLA_FLAGS/m);
});

test('when a program imports bobbin and computes, then nothing but its own words are on stderr; a failing op throws', () => {
  const program = `
    const { tf } = await import(${JSON.stringify(compiled('src/index.ts'))});
    console.error(tf.matMul(tf.ones([1, 2]), tf.ones([2, 1])).dataSync()[0]);
    try { tf.matMul(tf.ones([2, 3]), tf.ones([2, 3])).dataSync(); } catch ({ message }) { console.error(message); }`;
  const node = [...loader, '--input-type', 'module', '--eval', program];
  const { TF_CPP_MIN_LOG_LEVEL, ...env } = process.env;
  const { stderr } = spawnSync(process.execPath, node, { env, encoding: 'utf8' });
  assert.match(stderr, /^2\nBatchMatMulV2: Matrix size-incompatible.*\n$/);
});
