/** `npm run test:gpu` and `npm run bench:gpu`: builds what they need, then runs it on GPU 0. docs/gpu.md explains the output. */
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { buildCudaLibrary, cudaFolder, hasCudaLibrary } from '../cuda-library.mjs';
import { findDriver } from '../gpu.mjs';
import { packageRoot } from '../root.mjs';
import { ask, runScript, work } from '../run.mjs';

/** The exit status of tests that were skipped, by automake's convention: nothing was tested. */
const nothingRan = 77;

/** Flags that make node run TypeScript. */
const typescript = ['--import', 'tsx'];

/**
 * Runs a command, shows its output and returns its exit status.
 * @param {string} title
 * @param {string} command
 * @param {string[]} args
 */
function run(title, command, args) {
  console.log(`\n== ${title}`);
  const { status, error } = spawnSync(command, args, { cwd: packageRoot, stdio: 'inherit' });
  if (error !== undefined) {
    console.error(`${command}: ${error.message}`);
  }
  return status ?? 1;
}

/**
 * Runs the kernels under each checker: one test alone, since a checker makes kernels many times slower.
 * @param {string} tests
 */
function sanitized(tests) {
  if (ask('compute-sanitizer', ['--version']) === undefined) {
    console.log('\ncompute-sanitizer is not on PATH: kernels were not run under it');
    return [];
  }
  return ['memcheck', 'racecheck', 'initcheck'].map((tool) =>
    run(`kernels under ${tool}`, 'compute-sanitizer', [
      ...['--tool', tool, '--error-exitcode', '1', tests, 'when random batches'],
    ]),
  );
}

function test() {
  const tests = path.join(cudaFolder, 'bobbin_cuda_tests');
  const native = run('kernels, decoders and loaders in C++', tests, []);
  if (native === nothingRan) {
    return nothingRan;
  }
  const names = fs
    .readdirSync(path.join(packageRoot, 'test', 'gpu'))
    .filter((name) => name.endsWith('.test.ts'))
    .map((name) => path.join('test', 'gpu', name));
  const args = [...typescript, '--test', '--test-concurrency=1', ...names];
  const statuses = [native, ...sanitized(tests), run('TypeScript', process.execPath, args)];
  const failed = statuses.some((status) => status !== 0);
  console.log(failed ? '\nnpm run test:gpu: failed' : '\nnpm run test:gpu: passed');
  return failed ? 1 : 0;
}

/** @param {string[]} words */
const bench = (words) =>
  run('benchmark', process.execPath, [...typescript, 'bench/main.ts', 'gpu', ...words]);

/** @type {Record<string, string>} */
const targets = { test: 'bobbin_cuda_tests', bench: 'bobbin_cuda_bench' };

/** @param {string} target */
function build(target) {
  work(process.execPath, [path.join(packageRoot, 'scripts', 'setup.mjs')], { cwd: packageRoot });
  if (!hasCudaLibrary()) {
    buildCudaLibrary();
  }
  work('cmake', ['--build', cudaFolder, '--parallel', '--target', target]);
}

/**
 * @param {string} what
 * @param {string[]} words
 */
function main(what, words) {
  const target = targets[what];
  if (target === undefined) {
    throw new Error(`Expected ${Object.keys(targets).join(' or ')} but received "${what}"`);
  }
  if (findDriver() === undefined) {
    console.log('No GPU was tested: this machine has no NVIDIA driver (libcuda.so.1).');
    return nothingRan;
  }
  const built = words.includes('--built');
  if (!built) {
    build(target);
  }
  return what === 'test' ? test() : bench(words.filter((word) => word !== '--built'));
}

runScript('run-on-gpu', () => main(process.argv[2] ?? '', process.argv.slice(3)));
