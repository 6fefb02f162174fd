/** The programs of README.md and of the pages in docs/, so that tests run what readers see; run by itself, prints one, shortened. */
import { readFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';

/**
 * The programs of a page.
 * @param {string} page its path in the repository
 * @param {string} language of their fences
 */
export function programsOf(page, language = 'js') {
  const text = readFileSync(new URL(`../../${page}`, import.meta.url), 'utf8');
  const fences = [...text.matchAll(/^```(\w+)\n([\s\S]*?)^```$/gm)];
  return fences.filter(([, found]) => found === language).map(([, , code = '']) => code);
}

/**
 * A program of a page.
 * @param {string} page its path in the repository
 * @param {number} number of the program, from 1
 * @param {string} language of its fence
 */
export function programOf(page, number, language = 'js') {
  const programs = programsOf(page, language);
  const program = programs[number - 1];
  if (program === undefined) {
    throw new Error(
      `Expected ${number} programs in ${language} for ${page} but received ${programs.length}`,
    );
  }
  return program;
}

/**
 * A program with fewer images and one epoch, so that tests can run it often.
 * @param {string} program
 */
export const shortened = (program) =>
  program.replace(/imagesPerTask: \d+/, 'imagesPerTask: 20').replace(/epochs: \d+/, 'epochs: 1');

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const [page = 'README.md', number = '1'] = process.argv.slice(2);
  process.stdout.write(shortened(programOf(page, Number(number))));
}
