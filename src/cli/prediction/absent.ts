/** The error for images that do not exist, with what was probably meant. */
import { existsSync } from 'node:fs';
import { imagePattern, shellWord } from '../../dataset/index.js';
import { nearPath } from '../../disk/index.js';
import { expected } from '../../errors.js';
import { count } from '../../plural.js';

/** @param absent those of the command line's `words` that do not exist, one or more */
export async function absentError(
  words: readonly string[],
  absent: readonly string[],
): Promise<Error> {
  const [first = ''] = absent;
  const meant = joinedPath(words, first) ?? (await nearPath(first));
  const remedies = [
    ...(absent.length > 1 ? [`${count(absent.length, 'path')} do not exist`] : []),
    ...(imagePattern.test(first)
      ? ['With --keep-going, such images get a row without a prediction']
      : []),
    ...(meant === undefined ? [] : [`Did you mean ${shellWord(meant)}?`]),
  ];
  return expected('an existing image or folder', 'images', first, remedies.join('. '));
}

/** A path without quotes is searched in so many words before and after the absent one. */
const mostParts = 5;

/** The path of which `word` is a part, if it was typed without quotes around its spaces. */
function joinedPath(words: readonly string[], word: string): string | undefined {
  const at = words.indexOf(word);
  for (let start = at; start >= Math.max(0, at - mostParts); start--) {
    for (
      let end = Math.max(at, start + 1);
      end <= Math.min(words.length - 1, at + mostParts);
      end++
    ) {
      const path = words.slice(start, end + 1).join(' ');
      if (existsSync(path)) {
        return path;
      }
    }
  }
  return undefined;
}
