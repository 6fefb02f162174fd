/** Turns Bobbin's compiled files into CommonJS, which every Node and Jest can both require and import. */
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { build } from 'esbuild';
import { filesBelow } from '../../record.mjs';
import { packageRoot } from '../../root.mjs';

/** @import { Plugin } from 'esbuild' */

const dist = path.join(packageRoot, 'dist');

/**
 * Keeps each module a file of its own, so that it finds other files of the package from its place. Only `dist/set-up.js` contains
 * modules of `scripts`: they are ES modules, which Node before 20.19 cannot require.
 * @type {Plugin}
 */
const fileByFile = {
  name: 'file by file',
  setup({ onResolve }) {
    onResolve({ filter: /^\.\.?\// }, ({ path: name, resolveDir }) =>
      path.resolve(resolveDir, name).startsWith(dist) ? { path: name, external: true } : undefined,
    );
  },
};

/**
 * The modules of the checkout's `dist` as CommonJS. ES modules that import them get their exports by name, since Node finds these
 * names in what esbuild writes.
 * @param {string} outdir the folder from which source maps name sources
 * @param {string} address the file in this folder that exports `moduleUrl`, which takes the place of `import.meta.url`
 */
async function compile(outdir, address) {
  const { outputFiles } = await build({
    entryPoints: filesBelow(dist)
      .filter((name) => name.endsWith('.js'))
      .map((name) => path.join(dist, name)),
    outbase: dist,
    outdir,
    write: false,
    bundle: true,
    plugins: [fileByFile],
    packages: 'external',
    external: ['#tfjs-node/*'],
    format: 'cjs',
    platform: 'node',
    target: 'node20',
    sourcemap: true,
    inject: [path.join(import.meta.dirname, address)],
    define: { 'import.meta.url': 'moduleUrl' },
    allowOverwrite: true,
    logLevel: 'error',
  });
  return outputFiles.map(({ path: file, contents }) => ({
    name: path.relative(outdir, file),
    contents,
  }));
}

/**
 * @param {string} folder
 * @param {{name: string, contents: Uint8Array}[]} files
 */
function write(folder, files) {
  for (const { name, contents } of files) {
    const place = path.join(folder, name);
    mkdirSync(path.dirname(place), { recursive: true });
    writeFileSync(place, contents);
  }
}

/**
 * Writes the modules into `folder/dist`, where `folder` becomes the package.
 * @param {string} folder
 */
export const writeCommonJs = async (folder) =>
  // The package lies elsewhere, but sources have the same place beside it.
  write(path.join(folder, 'dist'), await compile(dist, 'module-url.js'));

/**
 * Writes the modules for the tests of this checkout: they find its other files as if they lay in `dist`.
 * @param {string} folder `build-typescript`
 */
export async function writeTestedCommonJs(folder) {
  const place = path.join(folder, 'dist');
  write(place, await compile(place, 'tested-module-url.js'));
  const imports = { '#tfjs-node/*': '@tensorflow/tfjs-node-gpu/dist/*' };
  writeFileSync(path.join(place, 'package.json'), JSON.stringify({ type: 'commonjs', imports }));
}
