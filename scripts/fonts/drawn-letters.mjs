/** Prints as JSON which kinds of letters the pictures of reports can have, by drawing one of each. */
import sharp from 'sharp';

const letters = { Latin: 'A', Chinese: '帽', Japanese: 'の', Korean: '한', emoji: '👕' };

/** A letter for private use, which no font has. A box with as many digits takes its place, or nothing where there is no font. */
const absentFor = (/** @type {string} */ letter) =>
  (letter.codePointAt(0) ?? 0) > 0xffff ? '\u{f0123}' : '\ue123';

/**
 * Width, height and place of what is drawn.
 * @param {string} letter
 */
async function shapeOf(letter) {
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="200" height="120"><rect width="200" height="120" fill="white"/><text x="20" y="90" font-size="64" font-family="sans-serif">${letter}</text></svg>`;
  const drawn = await sharp(Buffer.from(svg)).png().toBuffer();
  const { info } = await sharp(drawn).trim().toBuffer({ resolveWithObject: true });
  return [info.width, info.height, info.trimOffsetLeft, info.trimOffsetTop].join(' ');
}

/** @type {Record<string, boolean>} */
const drawn = {};
for (const [kind, letter] of Object.entries(letters)) {
  drawn[kind] = (await shapeOf(letter)) !== (await shapeOf(absentFor(letter)));
}
console.log(JSON.stringify(drawn));
