/** Writes long files in pieces, whole or not at all. */
import { writeFile } from 'node:fs/promises';
import { replaceFile, textPieces, writing } from '../disk/index.js';

/** In pieces: a list of many classes or mistakes may be longer than a string can be. */
export async function writeLines(file: string, lines: Iterable<string>): Promise<void> {
  await replaceFile(file, (unfinished) =>
    writing(file, () => writeFile(unfinished, textPieces(lines), { flag: 'wx' })),
  );
}

/** JSON with one property a line, and one entry of a list a line. */
export function* jsonLines(value: object): Generator<string> {
  let before = '{\n';
  for (const [name, entry] of Object.entries(value)) {
    if (entry === undefined) {
      continue;
    }
    yield `${before}  ${JSON.stringify(name)}: `;
    yield* Array.isArray(entry) ? listLines(entry) : [JSON.stringify(entry)];
    before = ',\n';
  }
  yield '\n}\n';
}

function* listLines(list: readonly unknown[]): Generator<string> {
  let before = '[\n    ';
  for (const entry of list) {
    yield before + JSON.stringify(entry);
    before = ',\n    ';
  }
  yield list.length === 0 ? '[]' : '\n  ]';
}
