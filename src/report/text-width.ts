/** How wide a text is, in columns: a letter takes one, a character of Chinese, Japanese or Korean and an emoji two. */

const characters = new Intl.Segmenter(undefined, { granularity: 'grapheme' });
const wide =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Emoji_Presentation}\u3000-\u303e\uff01-\uff60]|\ufe0f/u;

const widthOf = (character: string): number => (wide.test(character) ? 2 : 1);

/** The number of columns that `text`, without line breaks, takes on a terminal. */
export function columnsOf(text: string): number {
  let columns = 0;
  for (const { segment } of characters.segment(text)) {
    columns += widthOf(segment);
  }
  return columns;
}

/** `text` shortened in its middle to at most `columns`: both ends of a path are informative. */
export function shorten(text: string, columns: number): string {
  if (columnsOf(text) <= columns) {
    return text;
  }
  const all = Array.from(characters.segment(text), ({ segment }) => segment);
  const head = fitting(all, Math.ceil((columns - 1) / 2));
  const tail = fitting(all.reverse(), Math.floor((columns - 1) / 2));
  return `${head.join('')}…${tail.reverse().join('')}`;
}

/** The first of `all` that fit into `columns`. */
function fitting(all: readonly string[], columns: number): string[] {
  let left = columns;
  const end = all.findIndex((character) => {
    left -= widthOf(character);
    return left < 0;
  });
  return all.slice(0, end < 0 ? all.length : end);
}
