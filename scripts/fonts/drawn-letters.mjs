/** Prints as JSON which kinds of letters the machine's fonts have for pictures, beside the Latin ones that come with Bobbin. */
import sharp from 'sharp';

/** U+FE0E asks for an outline, as pictures do. */
const letters = { Chinese: '帽', Japanese: 'の', Korean: '한', emoji: '👕\ufe0e' };
const size = 64;

/** A letter that no font has, since it is for private use. The renderer draws a box with digits for it, or nothing without fonts. */
const absentFor = (/** @type {string} */ letter) =>
  (letter.codePointAt(0) ?? 0) > 0xffff ? '\u{f0123}' : '\ue123';

/**
 * What is drawn of a letter: its size in pixels, and where it lies.
 * @param {string} letter
 */
async function shapeOf(letter) {
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="200" height="120"><rect width="200" height="120" fill="white"/><text x="20" y="90" font-size="${size}" font-family="sans-serif">${letter}</text></svg>`;
  const picture = sharp(Buffer.from(svg)).trim().raw();
  const { info } = await picture.toBuffer({ resolveWithObject: true });
  const { width, height, trimOffsetLeft, trimOffsetTop } = info;
  return { height, place: [width, height, trimOffsetLeft, trimOffsetTop].join(' ') };
}

const drawn = await Promise.all(
  Object.entries(letters).map(async ([kind, letter]) => {
    const [own, box] = await Promise.all([shapeOf(letter), shapeOf(absentFor(letter))]);
    // Of an emoji in a font with coloured ones, only a low fragment is drawn.
    return [kind, own.place !== box.place && own.height > size / 2];
  }),
);
console.log(JSON.stringify(Object.fromEntries(drawn)));
