/**
 * Runs tfjs-node's own specifications through @bobbin/tfjs-node; exits 1 unless all but the left-out pass.
 *
 * They have a process of their own, because tfjs-core's set `IS_TEST`, in which the engine counts the data of each kernel. It
 * would take for a leak what `fusedMatMul` keeps for its gradient beside its result: tfjs-node's Reshape gives a new data id.
 */
import fs from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { build } from 'esbuild';
import { addonFile } from '../../scripts/addon-place.mjs';
import { packageRoot } from '../../scripts/root.mjs';
import { aliasFolder, installAlias, specificationFolder } from './alias.mjs';
import { conclude, prepareJasmine } from './harness.mjs';
import { leftOutOfTfjsNode } from './left-out.mjs';

/** @import { Plugin } from 'esbuild' */

const leastRun = 159;

/** The npm package has its compiled specifications beside the code that they test. */
const original = path.join(packageRoot, 'node_modules', '@tensorflow', 'tfjs-node-gpu');
const specifications = fs
  .readdirSync(path.join(original, 'dist'), { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('_test.js'));
const fixtures = path.join(packageRoot, 'test', 'fixtures', 'tfjs-node');
const bundle = path.join(specificationFolder, 'tfjs-node.cjs');

/**
 * The code that a specification imports by a relative path comes from the alias.
 * @type {Plugin}
 */
const throughAlias = {
  name: 'through-alias',
  setup({ onResolve }) {
    onResolve({ filter: /^\.\.?\// }, ({ path: imported, importer, resolveDir }) =>
      importer.endsWith('_test.js')
        ? {
            path: path.join(aliasFolder, path.relative(original, path.join(resolveDir, imported))),
            external: true,
          }
        : undefined,
    );
  },
};

/**
 * Modules that the specifications expect of their repository: where the binding is, and a temporary folder.
 * @type {Record<string, string>}
 */
const substitutes = {
  '@mapbox/node-pre-gyp': `exports.find = () => ${JSON.stringify(addonFile())};`,
  tmp: "exports.dirSync = () => ({ name: require('fs').mkdtempSync(require('os').tmpdir() + '/') });",
};

/** @type {Plugin} */
const withSubstitutes = {
  name: 'with-substitutes',
  setup({ onResolve, onLoad }) {
    const filter = new RegExp(`^(${Object.keys(substitutes).join('|')})$`);
    onResolve({ filter }, ({ path: name }) => ({ path: name, namespace: 'substitute' }));
    onLoad({ filter, namespace: 'substitute' }, ({ path: name }) => ({
      contents: substitutes[name],
    }));
  },
};

installAlias();
await build({
  stdin: {
    contents: specifications.map((file) => `require('./${file}');`).join('\n'),
    resolveDir: path.join(original, 'dist'),
  },
  outfile: bundle,
  bundle: true,
  format: 'cjs',
  platform: 'node',
  ignoreAnnotations: true,
  external: ['@tensorflow/tfjs', 'jasmine-core/*', 'node-fetch', 'rimraf'],
  plugins: [throughAlias, withSubstitutes],
  logLevel: 'error',
});

const run = prepareJasmine({ leftOut: leftOutOfTfjsNode, leastRun });
// The specifications run in their package's folder, which has files for them in its repository, but not on npm.
fs.symlinkSync(fixtures, path.join(aliasFolder, 'test_objects'));
process.chdir(aliasFolder);
createRequire(bundle)(bundle);
conclude(await run());
