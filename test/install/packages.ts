/** The packages of this checkout as tarballs, and the tools that install them. */
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, realpathSync } from 'node:fs';
import path from 'node:path';
import { installLocked } from '../support/packages/npm.js';

const root = path.resolve(import.meta.dirname, '../..');

/** Files in `folder` whose names end in `.tgz`. */
const tarballsIn = (folder: string) =>
  readdirSync(folder)
    .filter((name) => name.endsWith('.tgz'))
    .map((name) => path.join(folder, name));

/** Packs every package into `folder`, unless `BOBBIN_PACKAGES` names a folder of tarballs; returns their paths. */
export function packages(folder: string): string[] {
  const { BOBBIN_PACKAGES } = process.env;
  if (BOBBIN_PACKAGES) {
    return tarballsIn(path.resolve(BOBBIN_PACKAGES));
  }
  const script = path.join(root, 'scripts/develop/pack.mjs');
  execFileSync(process.execPath, [script, '--out', folder], { stdio: ['ignore', 2, 2] });
  return tarballsIn(folder);
}

/** Installs what `package.json` here lists, in a folder that git ignores; returns the path of its `node_modules`. */
export const installTools = (): string =>
  installLocked(import.meta.dirname, path.join(root, 'build-install'));

/** A package that is installed somewhere: its folder and its `package.json`. */
export interface Installed {
  folder: string;
  manifest: {
    name: string;
    version: string;
    license?: string;
    scripts?: Record<string, string>;
  };
}

const packageFile = /(^|\/node_modules\/)(@[^/]+\/)?[^/@.][^/]*\/package\.json$/;

/** Every package below a project's `node_modules`; one with several links counts once. */
export function installedIn(project: string): Installed[] {
  const top = path.join(project, 'node_modules');
  const names = readdirSync(top, { recursive: true, encoding: 'utf8' });
  const files = names.filter((name) => packageFile.test(name));
  const folders = files.map((name) => realpathSync(path.join(top, path.dirname(name))));
  return [...new Set(folders)].map((folder) => ({
    folder,
    manifest: JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8')),
  }));
}

/** The packages that run a program when they are installed, as `name@version`: by a script, or by npm's rule for node-gyp. */
export const withInstallScript = (all: Installed[]): string[] =>
  all
    .filter(
      ({ folder, manifest: { scripts = {} } }) =>
        ['preinstall', 'install', 'postinstall'].some((name) => name in scripts) ||
        existsSync(path.join(folder, 'binding.gyp')),
    )
    .map(({ manifest }) => `${manifest.name}@${manifest.version}`);
