/** The columns that text takes on a terminal, and text that is shortened, broken or printed to fit them. */

const graphemes = new Intl.Segmenter();

/** Letters that take two columns: Chinese, Japanese, Korean and emoji (UAX #11, "wide"). */
const wide =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Emoji_Presentation}\u3000-\u303f\uff01-\uff60\uffe0-\uffe6]|\ufe0f/u;

/** The columns of one grapheme, which may consist of several code points. */
const columnsOf = (grapheme: string) => (wide.test(grapheme) ? 2 : 1);

const split = (text: string) => Array.from(graphemes.segment(text), ({ segment }) => segment);

/** The columns that `text`, of one line, takes. */
export const displayWidth = (text: string): number =>
  split(text).reduce((sum, grapheme) => sum + columnsOf(grapheme), 0);

/** `text` in at most `columns` columns: if it is longer, `…` takes the place of its middle. */
export function shorten(text: string, columns: number): string {
  if (displayWidth(text) <= columns) {
    return text;
  }
  const letters = split(text);
  const room = columns - 1;
  const end = fitting([...letters].reverse(), Math.ceil(room / 2)).reverse();
  const start = fitting(letters, Math.floor(room / 2));
  return [...start, '…', ...end].join('');
}

/** The first of `letters` that fit in `columns`. */
function fitting(letters: readonly string[], columns: number): string[] {
  let taken = 0;
  const end = letters.findIndex((letter) => {
    taken += columnsOf(letter);
    return taken > columns;
  });
  return letters.slice(0, end);
}

/**
 * `text` with its lines broken between words so that each takes at most `columns`. What would not be the same when copied stays
 * whole, even if it is longer: words, such as paths, and commands in backquotes.
 */
export const wrap = (text: string, columns: number): string =>
  text
    .split('\n')
    .flatMap((line) => (displayWidth(line) <= columns ? line : wrapLine(line, columns)))
    .join('\n');

/** The pieces of a long line. All but the first are indented by two columns more than it. */
function wrapLine(line: string, columns: number): string[] {
  const [indent = ''] = line.match(/^ */) ?? [];
  const [first = '', ...words] = line.trimStart().match(/ *(`[^`]*`|[^ ])+/g) ?? [];
  const lines: string[] = [];
  let current = indent + first;
  for (const word of words) {
    if (displayWidth(current + word) > columns) {
      lines.push(current);
      current = `${indent}  ${word.trimStart()}`;
    } else {
      current += word;
    }
  }
  return [...lines, current];
}

/** Writes lines to `stream`: on a terminal they are broken between words, elsewhere they stay as they are. */
export function print(text: string, stream: NodeJS.WriteStream = process.stdout): void {
  // A terminal whose size is not known has 0 columns.
  const columns = (stream.isTTY && stream.columns) || Number.POSITIVE_INFINITY;
  stream.write(`${wrap(text, columns)}\n`);
}

/** `text` with its control characters as `\xHH`: they would move a terminal's cursor or change its colours. */
export const printable = (text: string): string =>
  text.replace(/\p{Cc}/gu, (sign) => `\\x${sign.charCodeAt(0).toString(16).padStart(2, '0')}`);
