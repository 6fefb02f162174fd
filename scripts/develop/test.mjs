/** `npm test [-- NAME…]`: runs all tests, or those that a NAME fits, kind by kind; the last line says whether all passed. */
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { packageRoot } from '../root.mjs';
import { runScript } from '../run.mjs';
import { checkNames, chooseTests } from './choose-tests.mjs';
import { compileTests } from './compile-tests.mjs';
import { buildNativeTests, nativeTests } from './native-tests.mjs';
import { nativeTestFiles, typescriptTestFiles } from './test-files.mjs';

/** @import { TestFile } from './choose-tests.mjs' */

/**
 * `run` gets the chosen paths, and the given names that fit this kind; it returns whether the tests passed.
 * @typedef {{title: string, files: TestFile[], run: (paths: string[], names: string[]) => boolean | Promise<boolean>}} Kind
 */

/**
 * @param {string} command
 * @param {string[]} args
 */
function passes(command, args) {
  const { status } = spawnSync(command, args, { cwd: packageRoot, stdio: 'inherit' });
  return status === 0;
}

/** @param {string[]} args */
const nodePasses = (args) => passes(process.execPath, args);

const tfjsCore = path.join('test', 'specification', 'tfjs-core.mjs');
const tfjsNode = path.join('test', 'specification', 'tfjs-node.mjs');

/**
 * The longest comes last, so that the summary of node's test runner is near the end of the output.
 * @type {Kind[]}
 */
const kinds = [
  {
    title: 'C++ tests',
    files: nativeTestFiles(),
    run(_, names) {
      buildNativeTests();
      return passes(nativeTests, names);
    },
  },
  {
    title: "tfjs-node's specification suite",
    files: [{ path: tfjsNode, titles: [] }],
    run: () => nodePasses([tfjsNode]),
  },
  {
    title: "tfjs-core's specification suite",
    files: [{ path: tfjsCore, titles: [] }],
    run: () => nodePasses([tfjsCore]),
  },
  {
    title: "tfjs-core's specification suite, jitted",
    files: [{ path: tfjsCore, titles: [] }],
    run: () => nodePasses([tfjsCore, '--jit']),
  },
  {
    title: 'TypeScript tests',
    files: typescriptTestFiles(),
    async run(paths) {
      const compiled = await compileTests(paths);
      const flags = ['--enable-source-maps', '--test', '--test-concurrency=1'];
      return nodePasses([...flags, ...compiled]);
    },
  },
];

/** @param {string[]} names */
async function main(names) {
  checkNames(
    kinds.flatMap(({ files }) => files),
    names,
  );
  let failed = false;
  for (const { title, files, run } of kinds) {
    const chosen = chooseTests(files, names);
    if (chosen.paths.length > 0) {
      console.log(`\n== ${title}`);
      failed = !(await run(chosen.paths, chosen.names)) || failed;
    }
  }
  console.log(failed ? '\nnpm test: failed' : '\nnpm test: passed');
  return failed ? 1 : 0;
}

runScript('npm test', () => main(process.argv.slice(2)));
