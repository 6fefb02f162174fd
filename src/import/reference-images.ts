/** The images that an exporter and Bobbin make alike, so that a file carries results but no images. */

/**
 * Noise of −1 to 1: number i is the hash of i (the last step of MurmurHash3, 32 bits), as `scripts/export-timm.py` computes it.
 *
 * @param shape of the images
 */
export function referenceImages(shape: readonly number[]): Float32Array {
  const count = shape.reduce((product, side) => product * side, 1);
  return Float32Array.from({ length: count }, (_, index) => hash(index + 1) / 2 ** 31 - 1);
}

function hash(value: number): number {
  let bits = Math.imul(value ^ (value >>> 16), 0x85ebca6b);
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35);
  return (bits ^ (bits >>> 16)) >>> 0;
}
