/** `npm run check`: format, lint and types of TypeScript, scripts and C++. `npm run format` mends what it can instead. */
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { parts } from '../parts.mjs';
import { packageRoot } from '../root.mjs';
import { ask, runScript } from '../run.mjs';
import { install } from '../setup.mjs';
import { clangTool } from './clang-tools.mjs';

/**
 * A program of an npm package.
 * @param {string} name
 */
const npmProgram = (name) => path.join(packageRoot, 'node_modules', '.bin', name);

/** C, C++ and CUDA sources that git knows or would add. */
function nativeFiles() {
  const kinds = ['c', 'cc', 'h', 'cu', 'cuh'].map((kind) => `*.${kind}`);
  const args = ['ls-files', '--cached', '--others', '--exclude-standard', '--deduplicate'];
  const files = ask('git', [...args, '--', ...kinds], { cwd: packageRoot });
  if (files === undefined) {
    throw new Error('Expected a checkout with git, which lists the C++ files');
  }
  return files.split('\n').filter((file) => fs.existsSync(path.join(packageRoot, file)));
}

/**
 * Runs a checker and shows its output; returns whether it has no complaint.
 * @param {string} title
 * @param {string} program
 * @param {string[]} args
 */
function passes(title, program, args) {
  console.log(`== ${title}`);
  const { status } = spawnSync(program, args, { cwd: packageRoot, stdio: 'inherit' });
  return status === 0;
}

/** @param {boolean} writes */
function main(writes) {
  for (const part of parts.filter(({ name }) => name === 'npm packages')) {
    install(part);
  }
  const results = [
    passes('Biome', npmProgram('biome'), ['check', ...(writes ? ['--write'] : []), '.']),
    passes('clang-format', clangTool('clang-format'), [
      ...(writes ? ['-i'] : ['--dry-run', '--Werror']),
      ...nativeFiles(),
    ]),
    ...(writes
      ? []
      : [
          passes('types', npmProgram('tsc'), ['--noEmit']),
          passes('types of the exported page', npmProgram('tsc'), [
            '-p',
            'src/export/web/page',
            '--noEmit',
          ]),
        ]),
  ];
  return results.every(Boolean) ? 0 : 1;
}

runScript('check', () => main(process.argv.includes('--write')));
