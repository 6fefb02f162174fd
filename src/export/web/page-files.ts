/** Writes the page of an export, with what it needs of tfjs: it loads nothing from elsewhere. */
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { makeFolder, readRegular, writePart } from '../../disk/index.js';
import { indexHtml, type PageFacts } from './index-html.js';
import { styleCss } from './style-css.js';

/** The modules of the page: JavaScript for browsers, so they stay as they are. */
const modules = ['answers', 'backends', 'classify', 'page', 'pixels'];

/** The files of tfjs's packages, by their names in the folder `tfjs`. */
const tfjsFiles = {
  'tf.min.js': '@tensorflow/tfjs/dist/tf.es2017.min.js',
  'tf-backend-wasm.min.js': '@tensorflow/tfjs-backend-wasm/dist/tf-backend-wasm.es2017.min.js',
  'tf-backend-webgpu.min.js':
    '@tensorflow/tfjs-backend-webgpu/dist/tf-backend-webgpu.es2017.min.js',
  // The backend takes the best that the browser runs.
  'tfjs-backend-wasm.wasm': '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm.wasm',
  'tfjs-backend-wasm-simd.wasm': '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-simd.wasm',
  'tfjs-backend-wasm-threaded-simd.wasm':
    '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-threaded-simd.wasm',
};

export async function writePageFiles(folder: string, facts: PageFacts): Promise<void> {
  const { resolve } = createRequire(import.meta.url);
  await writePart(path.join(folder, 'index.html'), indexHtml(facts));
  await writePart(path.join(folder, 'style.css'), styleCss);
  for (const name of modules) {
    const source = await readRegular(fileURLToPath(new URL(`./page/${name}.mjs`, import.meta.url)));
    await writePart(path.join(folder, `${name}.js`), forServers(source.toString()));
  }
  await makeFolder(path.join(folder, 'tfjs'));
  for (const [name, file] of Object.entries(tfjsFiles)) {
    await writePart(path.join(folder, 'tfjs', name), await readRegular(resolve(file)));
  }
}

/** Imports files by the ending .js: many web servers do not know .mjs. */
const forServers = (source: string): string =>
  source
    .replace(/(from '\.\/\w+)\.mjs'/g, "$1.js'")
    .replace(/\n\/\/# sourceMappingURL=.*\n?$/, '\n');
