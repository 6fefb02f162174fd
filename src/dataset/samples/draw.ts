/** Draws some of many samples. */
import { sha256 } from '../../disk/index.js';
import { byCodeUnit } from '../code-unit.js';
import type { Samples } from '../types.js';

/** `count` of the samples in their order, drawn by `seed` and their contents; all where there are not more. */
export function drawSamples(samples: Samples, count: number, seed: number): Samples {
  if (samples.length <= count) {
    return samples;
  }
  const keys = samples.map(({ hash }, index) => ({ key: sha256(`${seed}/${hash}`), index }));
  keys.sort((a, b) => byCodeUnit(a.key, b.key) || a.index - b.index);
  const drawn = new Set(keys.slice(0, count).map(({ index }) => index));
  return samples.filter((_, index) => drawn.has(index));
}
