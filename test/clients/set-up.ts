/** Lays down the clients' project in a folder that git ignores: their packages, a photo, and Bobbin in the place of tfjs-node. */
import { spawnSync } from 'node:child_process';
import { cpSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { stage } from '../../scripts/develop/pack/tfjs-node.mjs';
import { packageRoot } from '../../scripts/root.mjs';
import { ifPresent } from '../../src/disk/index.js';
import { type Photo, preparePhoto } from './photo.js';

/** Which packages: `small` is two clients, `all` adds the others and four versions of Node. */
export type Extent = 'small' | 'all';

/** npm cannot fetch packages, which says nothing about Bobbin. */
export class RegistryUnreachable extends Error {}

/** Below this checkout, so that the clients and Bobbin find the same copy of tfjs. */
export const project = path.join(packageRoot, 'build-clients');

const packages = path.join(project, 'node_modules');

/**
 * Sets the project up. Packages that an earlier call installed are kept.
 *
 * @returns the photo that all clients get
 * @throws RegistryUnreachable, or an Error of one sentence
 */
export async function setUp(extent: Extent): Promise<Photo> {
  const tests = path.join(packageRoot, 'test');
  copyFolder(path.join(tests, 'clients/project'), project);
  copyFolder(path.join(tests, 'fixtures/saved-model'), path.join(project, 'saved-model'));
  await installPackages(extent);
  const tfjsNode = path.join(packages, '@tensorflow/tfjs-node');
  rmSync(tfjsNode, { recursive: true, force: true });
  stage(tfjsNode);
  const bobbin = path.join(packages, 'bobbin');
  rmSync(bobbin, { force: true });
  symlinkSync(packageRoot, bobbin);
  const source = path.join(packages, '@vladmandic/face-api/demo/sample6.jpg');
  return preparePhoto(source, path.join(project, 'photo.rgb'));
}

const copyFolder = (from: string, to: string) => cpSync(from, to, { recursive: true });

async function installPackages(extent: Extent): Promise<void> {
  const lock = readFileSync(path.join(project, 'package-lock.json'), 'utf8');
  const stamp = path.join(packages, '.installed');
  const installed = await ifPresent(readFile(stamp, 'utf8'));
  if (installed === `all\n${lock}` || installed === `${extent}\n${lock}`) {
    return;
  }
  const size = extent === 'all' ? '900 MB' : '65 MB';
  console.error(`clients: npm installs their packages (${size} on disk) …`);
  npmInstall(extent === 'all' ? [] : ['--omit=dev']);
  writeFileSync(stamp, `${extent}\n${lock}`);
}

/** Codes of npm and of the system for a registry that cannot be reached. */
const unreachable = /^(ENOTFOUND|EAI_AGAIN|ECONN\w+|ETIMEDOUT|ERR_SOCKET_TIMEOUT|E5\d\d)$/;

/** Installs exactly what the lock file of the project says. */
function npmInstall(flags: string[]): void {
  const quick = [
    '--prefer-offline',
    '--fetch-retry-mintimeout=1000',
    '--fetch-retry-maxtimeout=5000',
  ];
  const args = ['ci', '--no-audit', '--no-fund', '--loglevel=error', ...quick, ...flags];
  const { status, error, stderr } = spawnSync('npm', args, { cwd: project, encoding: 'utf8' });
  if (status === 0) {
    return;
  }
  const code = stderr?.match(/^npm (?:error|ERR!) code (\S+)/m)?.[1] ?? '';
  if (unreachable.test(code)) {
    throw new RegistryUnreachable(`npm cannot reach its registry for the clients (${code})`);
  }
  throw new Error(`\`npm ci\` failed in ${project}: ${error?.message ?? stderr.trim()}`);
}
