/** Asks TensorFlow in Python and ONNX Runtime what exported networks compute. */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { findPython, lockFile, pythonVersion } from '../../../bench/environments.mjs';
import { cacheFolder } from '../../../scripts/pins.mjs';

/** What one output of a network gives for a batch of images. */
export interface Answer {
  /** [images, classes]. */
  probabilities: number[][];
  classes: string[];
}

const environment = path.join(cacheFolder, 'bench/exports');
const python = path.join(environment, 'bin/python');
/** The lock of the packages that are there. */
const installed = path.join(environment, 'installed.txt');

/** Why the packages cannot be had; undefined if they are there. Installs them on the first call. */
export function missingPackages(): string | undefined {
  const lock = readFileSync(lockFile('exports'), 'utf8');
  if (existsSync(installed) && readFileSync(installed, 'utf8') === lock) {
    return undefined;
  }
  const base = findPython();
  if (base === undefined) {
    return `needs Python ${pythonVersion}`;
  }
  rmSync(environment, { recursive: true, force: true });
  const flags = ['--quiet', '--no-deps', '--no-compile', '--require-hashes'];
  const isInstalled =
    succeeds(base, ['-m', 'venv', environment]) &&
    succeeds(python, ['-m', 'pip', 'install', ...flags, '--requirement', lockFile('exports')]);
  if (!isInstalled) {
    return 'needs the packages of bench/requirements/exports.txt, which pip could not install';
  }
  writeFileSync(installed, lock);
  return undefined;
}

const succeeds = (program: string, args: string[]): boolean =>
  spawnSync(program, args, { stdio: ['ignore', 'ignore', 'inherit'] }).status === 0;

/** The outputs, by their names, of the network in each folder for the images in its levels.bin. */
export const computedByPython = (folders: readonly string[]): Record<string, Answer>[] =>
  JSON.parse(printedByPython([path.join(import.meta.dirname, 'compute.py'), ...folders]));

/** What Python prints. */
export function printedByPython(args: readonly string[], cwd?: string): string {
  const { status, stdout, stderr } = spawnSync(python, args, {
    encoding: 'utf8',
    maxBuffer: 2 ** 28,
    cwd,
    env: { ...process.env, TF_CPP_MIN_LOG_LEVEL: '2', CUDA_VISIBLE_DEVICES: '' },
  });
  if (status !== 0) {
    throw new Error(stderr);
  }
  return stdout;
}
