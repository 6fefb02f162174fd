/** Chooses the tests that the arguments of `npm test` name. */

/**
 * A test file by its path in the package. Each of its `titles` names a test that can be run alone.
 * @typedef {{path: string, titles: string[]}} TestFile
 */

/**
 * Whether `name` is a part of the path or of a title.
 * @param {TestFile} file
 * @param {string} name
 */
const fits = ({ path, titles }, name) => [path, ...titles].some((label) => label.includes(name));

/**
 * The files that any of `names` fits, and the names that fit any of `files`. Without names, all files.
 * @param {TestFile[]} files
 * @param {string[]} names
 */
export function chooseTests(files, names) {
  const chosen = files.filter(
    (file) => names.length === 0 || names.some((name) => fits(file, name)),
  );
  return {
    paths: chosen.map(({ path }) => path),
    names: names.filter((name) => files.some((file) => fits(file, name))),
  };
}

/**
 * Checks that each name fits a test.
 * @param {TestFile[]} files
 * @param {string[]} names
 * @throws {Error} when a name fits none: it lists the nearest paths and titles
 */
export function checkNames(files, names) {
  const labels = [...new Set(files.flatMap(({ path, titles }) => [path, ...titles]))];
  const complaints = names
    .filter((name) => !files.some((file) => fits(file, name)))
    .map((name) =>
      [
        `Expected a part of a test's path, or of a C++ test's name, but received "${name}"; the nearest are:`,
        ...nearest(name, labels),
      ].join('\n  '),
    );
  if (complaints.length > 0) {
    throw new Error(complaints.join('\n'));
  }
}

/**
 * The three labels whose words are most like those of `name`.
 * @param {string} name
 * @param {string[]} labels
 */
function nearest(name, labels) {
  const rated = labels.map((label) => ({ label, distance: distanceBetween(name, label) }));
  rated.sort((a, b) => a.distance - b.distance || a.label.length - b.label.length);
  return rated.slice(0, 3).map(({ label }) => label);
}

/** @param {string} text */
const wordsOf = (text) => text.toLowerCase().match(/[a-z0-9]+/g) ?? [];

/**
 * The edits that turn each word of `name` into its nearest word of `label`, in all.
 * @param {string} name
 * @param {string} label
 */
function distanceBetween(name, label) {
  const words = wordsOf(label);
  const nearestWords = wordsOf(name).map((word) =>
    Math.min(...words.map((one) => edits(word, one))),
  );
  return nearestWords.reduce((total, distance) => total + distance, 0);
}

/**
 * The insertions, removals and replacements of letters that turn `from` into `to`: Levenshtein's distance.
 * @param {string} from
 * @param {string} to
 */
function edits(from, to) {
  let row = [...to, ''].map((_, i) => i);
  for (const [i, letter] of [...from].entries()) {
    const next = [i + 1];
    for (const [j, other] of [...to].entries()) {
      const [left = 0, above = 0, corner = 0] = [next[j], row[j + 1], row[j]];
      next.push(Math.min(left + 1, above + 1, corner + (letter === other ? 0 : 1)));
    }
    row = next;
  }
  return row.at(-1) ?? 0;
}
