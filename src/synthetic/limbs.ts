/** Arms and legs: their lines, outlines and skin. */
import { type Figure, heights, skinPaint } from './figure.js';
import { type Colour, css, shaded } from './palette.js';
import { both, closed, curve, ellipse, lines, type Point, path } from './svg.js';

/** Lengths along an arm from its shoulder. */
export const armLengths = { elbow: 15, wrist: 29, fingertips: 35 } as const;

/** Points along the right arm from the shoulder to `length`. */
export function alongArm(figure: Figure, length: number): Point[] {
  const start: Point = [9.9 * figure.build, 20.8];
  const upper = Math.min(length, armLengths.elbow);
  const elbow = step(start, figure.upperArm, upper);
  if (length <= armLengths.elbow) {
    return [start, elbow];
  }
  return [start, elbow, step(elbow, figure.lowerArm, length - armLengths.elbow)];
}

/** Both arms with hands, bare. */
export function arms(figure: Figure): string {
  const points = alongArm(figure, armLengths.wrist);
  const wrist = points[2] as Point;
  const skin = css(figure.skin);
  const outline = limb(points, [4.4 * figure.build, 3.6 * figure.build, 2.5]);
  const knuckles = step(wrist, figure.lowerArm, 3);
  const hand = path(ellipse(knuckles, 1.6, 3.2), { fill: skin });
  const thumb = path(
    lines([step(wrist, figure.lowerArm, 1), step(wrist, figure.lowerArm - 35, 4.2)]),
    {
      stroke: skin,
      'stroke-width': 1.1,
      'stroke-linecap': 'round',
    },
  );
  return both(path(outline, skinPaint(figure)) + hand + thumb);
}

/** Both legs from the hips to the feet, bare or in stockings, and shoes. */
export function legs({ build }: Figure, colour: Colour, shoes: Colour): string {
  const outline = limb(
    [
      [4.9 * build, 46],
      [4.6, 62],
      [4.4, heights.knee],
      [4.4, 81],
      [4.2, heights.ankle],
      [4.2, 97],
    ],
    [9.4 * build, 7.6, 5.2, 5.4, 3, 3],
  );
  const shoe = curve([
    [2.4, 95.6],
    [3, 99.6],
    [5.4, 100.4],
    [6.8, 99.4],
    [5.9, 95.8],
  ]);
  const paint = { fill: css(colour), stroke: css(shaded(colour, -0.25)), 'stroke-width': 0.3 };
  return both(path(outline, paint) + path(`${shoe}Z`, { fill: css(shoes) }));
}

/** A closed outline around the line through `points`; `widths` has its width at each point. */
export function limb(points: readonly Point[], widths: readonly number[]): string {
  const sides = points.map((point, index) => {
    const before = points[index - 1] ?? point;
    const after = points[index + 1] ?? point;
    const length = Math.hypot(after[0] - before[0], after[1] - before[1]) || 1;
    const reach = (widths[index] ?? 0) / 2 / length;
    const across: Point = [(after[1] - before[1]) * reach, (before[0] - after[0]) * reach];
    return { point, across };
  });
  const outer = sides.map(
    ({ point, across }): Point => [point[0] + across[0], point[1] + across[1]],
  );
  const inner = sides.map(
    ({ point, across }): Point => [point[0] - across[0], point[1] - across[1]],
  );
  return closed(outer, inner.reverse());
}

function step([x, y]: Point, degrees: number, length: number): Point {
  const radians = (degrees * Math.PI) / 180;
  return [x + Math.sin(radians) * length, y + Math.cos(radians) * length];
}
