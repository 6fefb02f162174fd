/** npm for the tests: it installs what a lock file pins, and a registry that cannot be reached is told from a fault. */
import { spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { TestContext } from 'node:test';
import { packageRoot } from '../../../scripts/root.mjs';

/** npm cannot fetch packages, which says nothing about Bobbin. */
export class RegistryUnreachable extends Error {}

/** Codes of npm and of the system. */
const unreachable = /^(ENOTFOUND|EAI_AGAIN|ECONN\w+|ETIMEDOUT|ERR_SOCKET_TIMEOUT|E5\d\d)$/;

const quick = ['--fetch-retry-mintimeout=1000', '--fetch-retry-maxtimeout=5000'];
const quiet = ['--no-audit', '--no-fund', '--loglevel=error'];

/**
 * Runs npm in `folder`.
 * @throws RegistryUnreachable, or an Error with what npm wrote
 */
export function npm(folder: string, ...args: string[]): void {
  const words = [...args, ...quiet, ...quick];
  const { status, error, stderr } = spawnSync('npm', words, { cwd: folder, encoding: 'utf8' });
  if (status === 0) {
    return;
  }
  const code = stderr?.match(/^npm (?:error|ERR!) code (\S+)/m)?.[1] ?? '';
  if (unreachable.test(code)) {
    throw new RegistryUnreachable(`npm cannot reach its registry (${code})`);
  }
  throw new Error(`\`npm ${args[0]}\` failed in ${folder}: ${error?.message ?? stderr.trim()}`);
}

/** Throws RegistryUnreachable if npm cannot ask its registry for a package. */
export const reachRegistry = (): void => npm(packageRoot, 'view', '@tensorflow/tfjs', 'version');

/** Does `work`; a registry that cannot be reached skips the test. */
export async function skipIfUnreachable(t: TestContext, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!(error instanceof RegistryUnreachable)) {
      throw error;
    }
    t.skip(error.message);
  }
}

/**
 * Installs in `folder` what package.json and the lock file in `source` list, without the dependencies of development if `dev`
 * is false. What an earlier call installed is kept.
 * @returns the path of its `node_modules`
 */
export function installLocked(source: string, folder: string, { dev = true } = {}): string {
  const modules = path.join(folder, 'node_modules');
  const lock = readFileSync(path.join(source, 'package-lock.json'), 'utf8');
  const stampOf = (all: boolean) => `${all ? 'all' : 'without dev'}\n${lock}`;
  // npm ci removes it first.
  const stamp = path.join(modules, '.installed');
  const installed = existsSync(stamp) ? readFileSync(stamp, 'utf8') : '';
  if ([stampOf(true), stampOf(dev)].includes(installed)) {
    return modules;
  }
  console.error(`npm installs the packages of ${path.relative(packageRoot, source)} …`);
  mkdirSync(folder, { recursive: true });
  for (const name of ['package.json', 'package-lock.json']) {
    copyFileSync(path.join(source, name), path.join(folder, name));
  }
  const omitted = dev ? [] : ['--omit=dev'];
  npm(folder, 'ci', '--ignore-scripts', '--prefer-offline', ...omitted);
  writeFileSync(stamp, stampOf(dev));
  return modules;
}
