/** The package `bobbin`: this checkout's build, with tfjs-node bundled. */
import fs from 'node:fs';
import path from 'node:path';
import { packageRoot } from '../../root.mjs';
import { assemble, tfjsNode } from './assemble.mjs';
import { emptyStage, packStage, readManifest, writeManifest } from './staging.mjs';

/** The package with the addon, prebuilt for the machines that Bobbin supports. */
const addonPackage = '@bobbin/linux-x64';

/** What of the checkout is packed. */
const contents = [
  'dist',
  'native',
  'scripts',
  'docs',
  'CMakeLists.txt',
  'binding.gyp',
  'CHANGELOG.md',
  'LICENSE',
  'README.md',
  'SECURITY.md',
];

/** Not needed by users: the tools of the checkout, and the records of its build. */
const leftOut = [
  'dist/build',
  'dist/.bobbin-record.json',
  'scripts/develop',
  'scripts/tsconfig.json',
];

/**
 * @param {string} out
 * @returns {Promise<string>} the path of the tarball
 */
export async function pack(out) {
  const folder = emptyStage('bobbin');
  for (const name of contents) {
    fs.cpSync(path.join(packageRoot, name), path.join(folder, name), {
      recursive: true,
      filter: (from) => !leftOut.includes(path.relative(packageRoot, from)),
    });
  }
  bundleTfjsNode(path.join(folder, 'node_modules', tfjsNode));
  const { private: _, scripts, devDependencies, ...manifest } = readManifest(packageRoot);
  writeManifest(folder, {
    ...manifest,
    optionalDependencies: { [addonPackage]: manifest.version },
    bundleDependencies: [tfjsNode],
  });
  return packStage(folder, out);
}

/** @param {string} folder */
function bundleTfjsNode(folder) {
  const { name, version, license, repository } = readManifest(
    path.join(packageRoot, 'node_modules', tfjsNode),
  );
  const dependencies = assemble(folder);
  writeManifest(folder, {
    name,
    version,
    description: `Compiled files of ${name} ${version}, unchanged. Changed: this package.json, by Bobbin; left out: the entry, tests, sources and install script.`,
    license,
    repository,
    dependencies,
  });
}
