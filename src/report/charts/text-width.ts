/** How wide text is drawn, so that charts leave room for it, cut it or break it. */
import { displayWidth, shorten } from '../../width.js';
import { letters } from './theme.js';

/** Characters of Open Sans with their advance, in heights of letters; others are about as wide as `b`. */
const advances: [RegExp, number][] = [
  [/[ijl.,:;'!IJ` ]/u, 0.29],
  [/[frt()[\]{}/\\"_?-]/u, 0.4],
  [/[cksvxyzFLST]/u, 0.53],
  [/[wDGHNOQU%&]/u, 0.79],
  [/[mMW@…—]/u, 0.94],
];
const ordinary = 0.61;
/** Of semi-bold letters, beside regular ones. */
const boldness = 1.05;

export interface Letters {
  size?: number;
  bold?: boolean;
}

/** About how many units wide `text` is drawn; rather too wide than too narrow. */
export function textWidth(text: string, { size = letters.text, bold = false }: Letters = {}) {
  const columns = Array.from(text, (letter) => {
    const own = advances.find(([kind]) => kind.test(letter))?.[1] ?? ordinary;
    // Letters of two columns are far up; asking for the columns of all others takes too long.
    return letter > '\u2e7f' && displayWidth(letter) === 2 ? 1.05 : own;
  });
  return columns.reduce((sum, width) => sum + width, 0) * size * (bold ? boldness : 1);
}

/** `text` as it fits in `room` units: of what is wider, `…` takes the place of the middle. */
export function fitted(text: string, room: number, style: Letters = {}): string {
  if (textWidth(text, style) <= room) {
    return text;
  }
  let [fits, tooWide] = [1, displayWidth(text)];
  while (tooWide - fits > 1) {
    const columns = Math.floor((fits + tooWide) / 2);
    if (textWidth(shorten(text, columns), style) <= room) {
      fits = columns;
    } else {
      tooWide = columns;
    }
  }
  return shorten(text, fits);
}

/** `text` in lines of at most `room` units, broken between words; of a word that is wider, `…` takes the place of the middle. */
export function brokenLines(text: string, room: number, style: Letters = {}): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(/\s+/u).filter((each) => each !== '')) {
    const longer = line === '' ? word : `${line} ${word}`;
    if (line !== '' && textWidth(longer, style) > room) {
      lines.push(line);
      line = fitted(word, room, style);
    } else {
      line = fitted(longer, room, style);
    }
  }
  return line === '' ? lines : [...lines, line];
}
