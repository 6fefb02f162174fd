/** The package `bobbin`: this checkout's build, with what it uses of tfjs-node. */
import fs from 'node:fs';
import path from 'node:path';
import { prebuiltPackage } from '../../prebuilt.mjs';
import { packageRoot } from '../../root.mjs';
import { assemble, npmFolder, tfjsNode } from './assemble.mjs';
import { writeCommonJs } from './commonjs.mjs';
import { packStage, readManifest, writeManifest } from './staging.mjs';

/** The folder of what Bobbin uses of tfjs-node. Not `bundleDependencies`: yarn ignores them, and runs tfjs-node's install script. */
const bundle = 'bundled/tfjs-node';

/** What of the checkout is packed. */
const contents = [
  'dist',
  'native',
  'scripts',
  'docs',
  'CMakeLists.txt',
  'CHANGELOG.md',
  'LICENSE',
  'README.md',
  'README.zh.md',
  'SECURITY.md',
];

/** Not needed by users: the tools of the checkout, and the records of its build. */
const leftOut = [
  'dist/build',
  'dist/.bobbin-record.json',
  'scripts/develop',
  'scripts/tsconfig.json',
];

/** What builds the addon: users of the prebuilt one need not install it. */
const buildTools = ['cmake-js', 'node-addon-api'];

/**
 * What only `serve` needs: 50 packages, of which one refuses Node 20 where yarn 1 installs it (cookie 2, by light-my-request). So
 * those who serve install them.
 */
const serverPackages = ['fastify', '@fastify/multipart'];

const optional = [...buildTools, ...serverPackages];

/**
 * @param {string} out
 * @returns {Promise<string>} the path of the tarball
 */
export const pack = (out) => packStage(out, fill);

/** @param {string} folder */
async function fill(folder) {
  for (const name of contents) {
    fs.cpSync(path.join(packageRoot, name), path.join(folder, name), {
      recursive: true,
      filter: (from) => !leftOut.includes(path.relative(packageRoot, from)),
    });
  }
  await writeCommonJs(folder);
  bundleTfjsNode(path.join(folder, bundle));
  writeManifest(folder, userManifest(readManifest(packageRoot)));
}

/**
 * The package.json for users.
 * @param {Record<string, any>} checkout the checkout's
 */
function userManifest({ private: _, scripts, devDependencies, dependencies, ...rest }) {
  const names = Object.keys(dependencies);
  /** @param {(name: string) => boolean} chosen */
  const pick = (chosen) =>
    Object.fromEntries(names.filter(chosen).map((name) => [name, dependencies[name]]));
  return {
    ...rest,
    type: 'commonjs',
    // Bobbin's own licence, and that of tfjs-node's files.
    license: `${rest.license} AND Apache-2.0`,
    imports: { '#tfjs-node/*': `./${bundle}/dist/*` },
    dependencies: pick((name) => name !== tfjsNode && !optional.includes(name)),
    optionalDependencies: { [prebuiltPackage]: rest.version },
    peerDependencies: pick((name) => optional.includes(name)),
    peerDependenciesMeta: Object.fromEntries(optional.map((name) => [name, { optional: true }])),
  };
}

/** @param {string} folder */
function bundleTfjsNode(folder) {
  const { name, version, license, repository } = readManifest(npmFolder(tfjsNode));
  const dependencies = assemble(folder);
  const description = `Compiled files of ${name} ${version}, unchanged. Changed by Bobbin: this package.json; left out: the entry, tests, sources and scripts.`;
  writeManifest(folder, { name, version, description, license, repository, dependencies });
}
