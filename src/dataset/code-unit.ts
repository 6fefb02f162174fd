/** The one order of names: by UTF-16 code unit, the same under every locale and file system. */

/** Compares two names for `Array.prototype.sort`. */
export function byCodeUnit(a: string, b: string): number {
  if (a === b) {
    return 0;
  }
  return a < b ? -1 : 1;
}
