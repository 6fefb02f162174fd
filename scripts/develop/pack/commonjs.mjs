/** Turns the package's compiled files into CommonJS, which every Node and Jest can both require and import. */
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
 * Writes the modules of the checkout's `dist` as CommonJS into that of `folder`. ES modules that import them get their exports by
 * name, since Node finds these names in what esbuild writes.
 * @param {string} folder the package
 */
export async function writeCommonJs(folder) {
  const { outputFiles } = await build({
    entryPoints: filesBelow(dist)
      .filter((name) => name.endsWith('.js'))
      .map((name) => path.join(dist, name)),
    outbase: dist,
    // The source maps name sources from this place, which is the same in the package.
    outdir: dist,
    write: false,
    bundle: true,
    plugins: [fileByFile],
    packages: 'external',
    external: ['#tfjs-node/*'],
    format: 'cjs',
    platform: 'node',
    target: 'node20',
    sourcemap: true,
    inject: [path.join(import.meta.dirname, 'module-url.js')],
    define: { 'import.meta.url': 'moduleUrl' },
    allowOverwrite: true,
    logLevel: 'error',
  });
  for (const { path: file, contents } of outputFiles) {
    const place = path.join(folder, 'dist', path.relative(dist, file));
    mkdirSync(path.dirname(place), { recursive: true });
    writeFileSync(place, contents);
  }
}
