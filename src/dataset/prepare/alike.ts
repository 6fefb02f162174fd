/** Finds names that only look alike: they differ in letter case, in spaces, or in how Unicode writes the same letters. */
import { count } from '../../plural.js';

/** The same text for all names that look alike (Unicode Standard Annex 15, form KC), without case, spaces and invisible signs. */
export function looksOf(name: string): string {
  const visible = name.normalize('NFKC').replace(/[\p{Cf}\p{Cc}]/gu, '');
  return visible.replace(/\s+/g, ' ').trim().toLowerCase();
}

/** A warning where some of `names` look alike, or none; `what` is what they name, in the plural. */
export function alike(what: string, names: readonly string[]): string[] {
  const first = new Map<string, string>();
  const pairs: string[] = [];
  for (const name of names) {
    const looks = looksOf(name);
    const earlier = first.get(looks);
    if (earlier === undefined) {
      first.set(looks, name);
    } else {
      pairs.push(`${spelled(earlier)} and ${spelled(name)}`);
    }
  }
  const remedy = 'give those that are the same one name';
  return pairs.length === 0
    ? []
    : [
        `${count(pairs.length, `pair of ${what} looks alike,`, `pairs of ${what} look alike, the first`)} ${pairs[0]}: ${remedy}.`,
      ];
}

/** A name in quotes, with combining marks, invisible signs and unusual spaces as their codes. */
export function spelled(name: string): string {
  const codes = name.replace(
    /[\u0300-\u036F\p{Cf}\p{Cc}]|(?! )\p{Z}/gu,
    (sign) => `\\u{${sign.codePointAt(0)?.toString(16)}}`,
  );
  return `"${codes}"`;
}
