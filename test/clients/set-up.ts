/** Lays down the clients' project in a folder that git ignores: their packages, a photo, and Bobbin in the place of tfjs-node. */
import { cpSync } from 'node:fs';
import path from 'node:path';
import { packageRoot } from '../../scripts/root.mjs';
import { layAlias } from '../support/packages/alias.mjs';
import { installLocked } from '../support/packages/npm.js';
import { type Photo, preparePhoto } from './photo.js';

/** Which packages: `small` is two clients and tfjs’s WASM backend, `all` adds the others and four versions of Node. */
export type Extent = 'small' | 'all';

/** Below this checkout, so that the clients and Bobbin find the same copy of tfjs. */
export const project = path.join(packageRoot, 'build-clients');

/**
 * Sets the project up. Packages that an earlier call installed are kept.
 *
 * @returns the photo that all clients get
 * @throws RegistryUnreachable, or an Error of one sentence
 */
export async function setUp(extent: Extent): Promise<Photo> {
  const tests = path.join(packageRoot, 'test');
  const source = path.join(tests, 'clients/project');
  copyFolder(source, project);
  copyFolder(path.join(tests, 'fixtures/saved-model'), path.join(project, 'saved-model'));
  const packages = installLocked(source, project, { dev: extent === 'all' });
  layAlias(packages);
  const photo = path.join(packages, '@vladmandic/face-api/demo/sample6.jpg');
  return preparePhoto(photo, path.join(project, 'photo.rgb'));
}

const copyFolder = (from: string, to: string) => cpSync(from, to, { recursive: true });
