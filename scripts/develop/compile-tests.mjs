/**
 * Compiles the tests once for `npm test`: compiled one by one, each test file would compile Bobbin's sources for itself. They use
 * Bobbin as users do, as CommonJS, which Node also loads faster than ES modules, for each test file and command.
 */
import fs from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { build, transform } from 'esbuild';
import { packageRoot } from '../root.mjs';
import { writeTestedCommonJs } from './pack/commonjs.mjs';

/** Where the compiled tests go, below the root; it has the folders of the sources. */
const folder = 'build-typescript';

/** Tests and what they import, beside `src`. */
const sources = /^(test|bench|scripts)\/.*\.ts$/;

/** @param {string} file */
const fromRoot = (file) => path.relative(packageRoot, file).split(path.sep).join('/');

/**
 * What is imported in place of `file`: of TypeScript the compiled file, everything else is as it is.
 * @param {string} file an absolute path, with `.js` where the source has `.ts`
 */
function compiledOf(file) {
  const name = fromRoot(file).replace(/\.ts$/, '.js');
  if (name.startsWith('src/')) {
    // Set-up compiled it. What threads run stays an ES module.
    const built = name.replace('src', 'dist');
    return path.join(packageRoot, name.endsWith('.mjs') ? '' : folder, built);
  }
  const isSource =
    sources.test(name.replace(/\.js$/, '.ts')) && !fs.existsSync(path.join(packageRoot, name));
  return isSource ? path.join(packageRoot, folder, name) : file;
}

/** @type {import('esbuild').Plugin} */
const oneByOne = {
  name: 'one by one',
  setup({ onLoad, onResolve }) {
    onResolve({ filter: /^\./ }, ({ path: name, importer, kind }) =>
      kind === 'entry-point'
        ? undefined
        : {
            path: pathToFileURL(compiledOf(path.resolve(path.dirname(importer), name))).href,
            external: true,
          },
    );
    onLoad({ filter: /\.ts$/ }, async ({ path: file }) => {
      // Tests find their fixtures beside the source.
      const define = {
        'import.meta.dirname': JSON.stringify(path.dirname(file)),
        'import.meta.filename': JSON.stringify(file),
        'import.meta.url': JSON.stringify(pathToFileURL(file).href),
      };
      const { code } = await transform(fs.readFileSync(file, 'utf8'), {
        loader: 'ts',
        define,
        sourcemap: 'inline',
        sourcefile: file,
      });
      return { contents: code, loader: 'js' };
    });
  },
};

/**
 * Compiles all tests, and what they import of the checkout.
 * @param {readonly string[]} files test files, from the root
 * @returns {Promise<string[]>} the compiled files, in the same order
 */
export async function compileTests(files) {
  const out = path.join(packageRoot, folder);
  fs.rmSync(out, { recursive: true, force: true });
  const all = ['test', 'bench', 'scripts'].flatMap((name) =>
    fs
      .readdirSync(path.join(packageRoot, name), { recursive: true, encoding: 'utf8' })
      .map((file) => `${name}/${file}`)
      .filter(
        (file) => sources.test(file) && !file.includes('node_modules/') && !file.endsWith('.d.ts'),
      ),
  );
  await writeTestedCommonJs(out);
  await build({
    entryPoints: all.map((file) => path.join(packageRoot, file)),
    outdir: out,
    outbase: packageRoot,
    bundle: true,
    packages: 'external',
    platform: 'node',
    format: 'esm',
    target: 'node20',
    sourcemap: 'inline',
    sourcesContent: false,
    logLevel: 'warning',
    plugins: [oneByOne],
  });
  return files.map((file) => path.join(folder, file.replace(/\.ts$/, '.js')));
}
