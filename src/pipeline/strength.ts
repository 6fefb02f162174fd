/** Weaker augmentation: the same options at a share of their strength. */
import type { Augmentation } from './augmentation.js';

/** Options that are 0 when they are off. The others say where or how, not how much. */
const amounts = [
  'brightness',
  'contrast',
  'saturation',
  'hue',
  'noise',
  'grayscale',
  'randAugmentMagnitude',
  'rotation',
  'blur',
  'perspective',
  'erase',
  'mixup',
  'cutmix',
] as const satisfies readonly (keyof Augmentation)[];

/**
 * `augmentation` with all amounts and probabilities but those of mirroring times `strength`, 0…1, and with the smallest area of a
 * random-resized window so much nearer to the largest. Progressive learning scales them so (Tan & Le 2021,
 * https://arxiv.org/abs/2104.00298).
 */
export function atStrength(augmentation: Augmentation, strength: number): Augmentation {
  if (strength === 1) {
    return augmentation;
  }
  const weaker = { ...augmentation };
  for (const name of amounts) {
    weaker[name] *= strength;
  }
  weaker.randAugmentMagnitude = Math.round(weaker.randAugmentMagnitude);
  const [least, most] = augmentation.area as [number, number];
  weaker.area = [most - (most - least) * strength, most];
  return weaker;
}
