/** `npm test`: every TypeScript test in its own process, then tfjs-core's specifications, eager and jitted; one closing line. */
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { packageRoot } from '../root.mjs';

const names = fs
  .readdirSync(path.join(packageRoot, 'test'), { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.test.ts'))
  .map((name) => path.join('test', name))
  .sort();

/** @type {[string, string[]][]} */
const stages = [
  ['unit and integration tests', ['--import', 'tsx', '--test', '--test-concurrency=1', ...names]],
  ["tfjs-core's specification suite", ['test/specification/run.mjs']],
  ["tfjs-core's specification suite, jitted", ['test/specification/run.mjs', '--jit']],
];

let failed = false;
for (const [title, args] of stages) {
  console.log(`\n== ${title}`);
  const { status } = spawnSync(process.execPath, args, { cwd: packageRoot, stdio: 'inherit' });
  failed ||= status !== 0;
}
console.log(failed ? '\nnpm test: failed' : '\nnpm test: passed');
process.exitCode = failed ? 1 : 0;
