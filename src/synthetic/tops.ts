/** Parts of the collar, lapel, neck and neckline tasks: a plain top, and a hidden neck. */
import { type Figure, hairCurtain, shoulderTip, torsoSide } from './figure.js';
import { alongArm, limb } from './limbs.js';
import { css, edged, type Fabric, type Sketch, seam } from './palette.js';
import type { Picture } from './picture.js';
import { both, curve, path, symmetric } from './svg.js';

/** A top closed up to the neck, with sleeves `sleeve` long. */
export function closedTop(figure: Figure, cloth: Fabric, sleeve: number): string {
  const arm = alongArm(figure, sleeve);
  const widths = arm.length === 2 ? [6, 5.9] : [6, 5.4, 4.4];
  const sleeveOutline = limb(
    arm,
    widths.map((width) => width * figure.build),
  );
  const flank = [...torsoSide(figure, 0.6), [11, 70] as const];
  const body = symmetric([[3.4, 16.2], [5, 17.2], shoulderTip(figure), ...flank]);
  const opening = curve([
    [-3.4, 16.2],
    [0, 18.8],
    [3.4, 16.2],
  ]);
  return (
    both(path(sleeveOutline, edged(cloth))) +
    path(body, edged(cloth)) +
    path(opening, { ...seam(cloth, 0.4), fill: css(figure.skin) })
  );
}

/**
 * A picture of a garment with a hidden neck: either the frame begins below it, at body height `below`, or hair covers
 * it.
 */
export function hiddenNeck(
  { random }: Sketch,
  figure: Figure,
  picture: Picture,
  below: number,
): Picture {
  const { top, bottom, content } = picture;
  if (random.chance(0.5)) {
    return { top: below, bottom: below + bottom - top, content };
  }
  return { top, bottom, content: content + hairCurtain(figure) };
}
