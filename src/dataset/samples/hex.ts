/** SHA-256 hashes between lower-case hex and bytes. */

/** Bytes of a SHA-256. */
export const hashBytes = 32;

/** The value of each digit by its character code; 255 for any other character. */
const digits = new Uint8Array(128).fill(255);
for (let value = 0; value < 16; value++) {
  digits[value.toString(16).charCodeAt(0)] = value;
}

/** Writes the bytes of `hash` at `offset`. False if it is not 64 lower-case hexadecimal digits. */
export function writeHash(hash: string, bytes: Uint8Array, offset: number): boolean {
  if (typeof hash !== 'string' || hash.length !== 2 * hashBytes) {
    return false;
  }
  let faults = 0;
  for (let at = 0; at < hashBytes; at++) {
    const high = digits[hash.charCodeAt(2 * at)] ?? 255;
    const low = digits[hash.charCodeAt(2 * at + 1)] ?? 255;
    faults |= high | low;
    bytes[offset + at] = (high << 4) | low;
  }
  return faults < 16;
}
