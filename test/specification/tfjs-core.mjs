/**
 * Runs tfjs-core's own specifications through @bobbin/tfjs-node; exits 1 unless all but the left-out pass.
 * With `--jit` each kernel runs in a jitted function and must give its eager results.
 */
import { createRequire } from 'node:module';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { installAlias, specificationFolder } from './alias.mjs';
import { conclude, prepareJasmine } from './harness.mjs';
import { leftOutOfJit, leftOutOfTfjsCore, mayBeRefused } from './left-out.mjs';

/** @import { Plugin } from 'esbuild' */

const jits = process.argv.includes('--jit');
/** tfjs-node's binding runs 3,883 on the same TensorFlow, and fails 2. */
const leastRun = jits ? 4175 : 4187;
const leastJitted = 157;

const bundle = path.join(specificationFolder, 'tfjs-core.mjs');

/**
 * The alias loads `bobbin/tensorflow`. A second copy of it would register a second backend.
 * @type {Plugin}
 */
const oneBackend = {
  name: 'one-backend',
  setup({ onResolve }) {
    onResolve({ filter: /\/src\/tensorflow\/index\.js$/ }, () => ({
      path: 'bobbin/tensorflow',
      external: true,
    }));
  },
};

installAlias();
/** tfjs-core's ES modules import each other without file names, which Node does not resolve. */
await build({
  entryPoints: [path.join(import.meta.dirname, 'suite.ts')],
  outfile: bundle,
  bundle: true,
  format: 'esm',
  platform: 'node',
  ignoreAnnotations: true,
  mainFields: ['module', 'main'],
  // The backend has its own copy of tfjs-core: both share one engine through a global.
  external: ['@tensorflow/tfjs', 'jasmine-core/*'],
  plugins: [oneBackend],
  banner: {
    js: "import { createRequire as require_ } from 'node:module'; const require = require_(import.meta.url);",
  },
  logLevel: 'error',
});

createRequire(bundle)('@tensorflow/tfjs-node');
let specificationEnds = () => {};
const run = prepareJasmine({
  leftOut: jits ? [...leftOutOfTfjsCore, ...leftOutOfJit] : leftOutOfTfjsCore,
  leastRun,
  specDone: () => specificationEnds(),
});
const suite = await import(pathToFileURL(bundle).href);
if (jits) {
  await runJitted();
} else {
  await suite.declareSpecifications();
  conclude(await run());
}

async function runJitted() {
  const findings = suite.jitKernels(mayBeRefused);
  // The warning that a kernel is traced for many shapes: each specification has its own.
  process.removeAllListeners('warning');
  let callsBefore = 0;
  let specifications = 0;
  specificationEnds = () => {
    specifications += findings.calls > callsBefore ? 1 : 0;
    callsBefore = findings.calls;
  };
  await suite.declareSpecifications();
  const complaints = await run();
  const { calls, jitted, refused, differences } = findings;
  console.log(
    `jitted: ${jitted.size} kernels, called ${calls} times in ${specifications} specifications`,
  );
  complaints.push(
    ...differences.map(
      (/** @type {string} */ text) => `Expected what the kernel gives eagerly: ${text}`,
    ),
    ...(jitted.size < leastJitted ? [`Expected at least ${leastJitted} jitted kernels`] : []),
    ...mayBeRefused
      .filter((name) => !refused.has(name))
      .map((name) => `Expected a kernel that jit refuses: ${name}`),
  );
  conclude(complaints);
}
