/** Runs tfjs-core's own specification suite against Bobbin's backend; exits 1 unless all but the left-out pass. */
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import Jasmine from 'jasmine';
import { leftOut } from './left-out.mjs';

/** tfjs-node's binding runs 3,883 on the same TensorFlow, and fails 2. */
const leastRun = 4187;
const slowest = 20_000;

const folder = path.dirname(fileURLToPath(import.meta.url));
// Next to the sources, so that the addon is found from here as from there.
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
  // The backend's own copy of tfjs-core: both share one engine through a global.
  external: ['@tensorflow/tfjs', '@tensorflow/tfjs-node-gpu/*', 'jasmine-core/*'],
  banner: {
    js: "import { createRequire as require_ } from 'node:module'; const require = require_(import.meta.url);",
  },
  logLevel: 'error',
});

const counts = { passed: 0, failed: 0, excluded: 0, pending: 0 };
const failures = [];
const jasmine = new Jasmine({ projectBaseDir: folder });
jasmine.loadConfig({ random: false });
jasmine.jasmine.DEFAULT_TIMEOUT_INTERVAL = slowest;
const unused = new Set(leftOut);
jasmine.env.configure({
  specFilter(spec) {
    const names = leftOut.filter((name) => spec.getFullName().includes(name));
    for (const name of names) unused.delete(name);
    return names.length === 0;
  },
});
jasmine.clearReporters();
jasmine.addReporter({
  specDone(result) {
    counts[result.status] += 1;
    if (result.status === 'failed') failures.push(result);
  },
});

const suite = await import(pathToFileURL(bundle).href);
await suite.declareSpecifications();

jasmine.exitOnCompletion = false;
await jasmine.execute();

for (const { fullName, failedExpectations } of failures) {
  console.log(`failed: ${fullName}`);
  for (const { message } of failedExpectations) console.log(`  ${message.split('\n')[0]}`);
}
const run = counts.passed + counts.failed;
console.log(
  `${counts.passed} passed, ${counts.failed} failed, ${counts.excluded + counts.pending} skipped`,
);
if (run < leastRun) console.log(`Expected at least ${leastRun} specifications to run`);
for (const name of unused) console.log(`Expected a specification to leave out: ${name}`);
process.exitCode = counts.failed > 0 || run < leastRun || unused.size > 0 ? 1 : 0;
