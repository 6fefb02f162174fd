/** The test files of this package, by their kind. */
import fs from 'node:fs';
import path from 'node:path';
import { packageRoot } from '../root.mjs';

/** @import { TestFile } from './choose-tests.mjs' */

/**
 * The text of a file of this package.
 * @param {string} file
 */
export const sourceOf = (file) => fs.readFileSync(path.join(packageRoot, file), 'utf8');

/**
 * Files below `test` whose path ends as given.
 * @param {RegExp} ending
 */
const filesThatEnd = (ending) =>
  fs
    .readdirSync(path.join(packageRoot, 'test'), { recursive: true, encoding: 'utf8' })
    .map((name) => path.join('test', name))
    .filter((name) => ending.test(name))
    .sort();

/**
 * The names in a source's `TEST("…")`, which may be split into several literals.
 * @param {string} file
 */
const titlesIn = (file) =>
  [...sourceOf(file).matchAll(/\bTEST\(\s*("[^;]*?")\s*\)\s*{/g)].map(([, literals = '']) =>
    literals.replace(/"\s*"/g, '').slice(1, -1),
  );

/** @returns {TestFile[]} */
export const nativeTestFiles = () =>
  filesThatEnd(/_test\.cc$/)
    .filter((file) => !file.startsWith('test/native/stub/'))
    .map((file) => ({ path: file, titles: titlesIn(file) }));

/** @returns {TestFile[]} */
export const typescriptTestFiles = () =>
  filesThatEnd(/\.test\.ts$/).map((file) => ({ path: file, titles: [] }));
