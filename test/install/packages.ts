/** The packages of this checkout as tarballs, and the tools that install them. */
import { execFileSync } from 'node:child_process';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
} from 'node:fs';
import path from 'node:path';

const root = path.resolve(import.meta.dirname, '../..');
const tools = path.join(root, 'build-install');
const lists = ['package.json', 'package-lock.json'];

/** Files below `folder` whose names end in `.tgz`. */
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
export function installTools(): string {
  const installed = path.join(tools, 'node_modules');
  // npm ci removes this file first, and writes it last.
  const isWhole = existsSync(path.join(installed, '.package-lock.json'));
  if (!isWhole || !lists.every(isCurrent)) {
    mkdirSync(tools, { recursive: true });
    for (const name of lists) {
      copyFileSync(path.join(import.meta.dirname, name), path.join(tools, name));
    }
    const quietly = ['--ignore-scripts', '--no-audit', '--no-fund', '--silent'];
    execFileSync('npm', ['ci', ...quietly], { cwd: tools, stdio: ['ignore', 2, 2] });
  }
  return installed;
}

const isCurrent = (name: string) =>
  readFileSync(path.join(import.meta.dirname, name)).equals(readFileSync(path.join(tools, name)));

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

/** Every package below a project's `node_modules`, those that npm bundles included; one with several links counts once. */
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
