/**
 * Runs tfjs-core's own specification suite against Bobbin's backend; exits 1 unless all but the left-out pass.
 * With `--jit` each kernel runs in a jitted function and must give its eager results.
 */
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';
// @ts-expect-error: jasmine 3 has no types of its own.
import Jasmine from 'jasmine';
import { leftOut, leftOutOfJit, mayBeRefused } from './left-out.mjs';

const jits = process.argv.includes('--jit');
/** tfjs-node's binding runs 3,883 on the same TensorFlow, and fails 2. */
const leastRun = jits ? 4175 : 4187;
const leastJitted = 157;
const slowest = 20_000;

const folder = path.dirname(fileURLToPath(import.meta.url));
// Beside the sources, so that the addon has the same relative path.
const bundle = path.resolve(folder, '../../build-specification/suite.mjs');

/** tfjs-core's ES modules import each other without file names, which Node does not resolve. */
await build({
  entryPoints: [path.join(folder, 'suite.ts')],
  outfile: bundle,
  bundle: true,
  format: 'esm',
  platform: 'node',
  ignoreAnnotations: true,
  mainFields: ['module', 'main'],
  // The backend has its own copy of tfjs-core: both share one engine through a global.
  external: ['@tensorflow/tfjs', '#tfjs-node/*', 'jasmine-core/*'],
  banner: {
    js: "import { createRequire as require_ } from 'node:module'; const require = require_(import.meta.url);",
  },
  logLevel: 'error',
});

/**
 * @typedef {'passed' | 'failed' | 'excluded' | 'pending'} Status
 * @typedef {{status: Status, fullName: string, failedExpectations: {message: string}[]}} Result
 */

/** @type {Record<Status, number>} */
const counts = { passed: 0, failed: 0, excluded: 0, pending: 0 };
/** @type {Result[]} */
const failures = [];
const jasmine = new Jasmine({ projectBaseDir: folder });
jasmine.loadConfig({ random: false });
jasmine.jasmine.DEFAULT_TIMEOUT_INTERVAL = slowest;
const leavesOut = jits ? [...leftOut, ...leftOutOfJit] : leftOut;
const unused = new Set(leavesOut);
jasmine.env.configure({
  /** @param {{getFullName(): string}} spec */
  specFilter(spec) {
    const names = leavesOut.filter((name) => spec.getFullName().includes(name));
    for (const name of names) {
      unused.delete(name);
    }
    return names.length === 0;
  },
});

const suite = await import(pathToFileURL(bundle).href);
const findings = jits ? suite.jitKernels(mayBeRefused) : undefined;
// The warning that a kernel is traced for many shapes: each specification has its own.
if (jits) {
  process.removeAllListeners('warning');
}
let callsBefore = 0;
let jittedSpecifications = 0;

jasmine.clearReporters();
jasmine.addReporter({
  /** @param {Result} result */
  specDone(result) {
    const calls = findings?.calls ?? 0;
    if (calls > callsBefore) {
      jittedSpecifications += 1;
    }
    callsBefore = calls;
    counts[result.status] += 1;
    if (result.status === 'failed') {
      failures.push(result);
    }
  },
});

await suite.declareSpecifications();

jasmine.exitOnCompletion = false;
await jasmine.execute();

for (const { fullName, failedExpectations } of failures) {
  console.log(`failed: ${fullName}`);
  for (const { message } of failedExpectations) {
    console.log(`  ${message.split('\n')[0]}`);
  }
}
const run = counts.passed + counts.failed;
console.log(
  `${counts.passed} passed, ${counts.failed} failed, ${counts.excluded + counts.pending} skipped`,
);
/** @type {string[]} */
const complaints = [];
if (run < leastRun) {
  complaints.push(`Expected at least ${leastRun} specifications to run`);
}
for (const name of unused) {
  complaints.push(`Expected a specification to leave out: ${name}`);
}
if (findings !== undefined) {
  const { calls, jitted, refused, differences } = findings;
  console.log(
    `jitted: ${jitted.size} kernels, called ${calls} times in ${jittedSpecifications} specifications`,
  );
  complaints.push(
    ...differences.map(
      (/** @type {string} */ text) => `Expected what the kernel gives eagerly: ${text}`,
    ),
  );
  if (jitted.size < leastJitted) {
    complaints.push(`Expected at least ${leastJitted} jitted kernels`);
  }
  for (const name of mayBeRefused) {
    if (!refused.has(name)) {
      complaints.push(`Expected a kernel that jit refuses: ${name}`);
    }
  }
}
for (const complaint of complaints) {
  console.log(complaint);
}
process.exitCode = counts.failed > 0 || complaints.length > 0 ? 1 : 0;
