/** `bobbin/tensorflow` as one CommonJS file, for module systems that cannot require an ES module, such as Jest's. */
import path from 'node:path';
import { build } from 'esbuild';

/** Modules find the package's files from their own place, so the file lies as deep as they do. */
export const commonJsFile = 'dist/tensorflow.cjs';

/**
 * The exports of the package with it. Node, Deno and Bun can require an ES module, which Node and Deno state by `module-sync`:
 * they get the ES module always, so that a program has one copy of the backend.
 * @param {{types: string, default: string}} esModule
 */
export const withCommonJs = ({ types, default: file }) => ({
  types,
  'module-sync': file,
  import: file,
  bun: file,
  default: `./${commonJsFile}`,
});

/**
 * @param {string} folder the package, with its `dist`
 */
export async function writeCommonJs(folder) {
  await build({
    entryPoints: [path.join(folder, 'dist/tensorflow/index.js')],
    outfile: path.join(folder, commonJsFile),
    bundle: true,
    format: 'cjs',
    platform: 'node',
    target: 'node20',
    packages: 'external',
    external: ['#tfjs-node/*'],
    define: { 'import.meta.url': 'moduleUrl' },
    banner: { js: "const moduleUrl = require('node:url').pathToFileURL(__filename).href;" },
    logLevel: 'error',
  });
}
