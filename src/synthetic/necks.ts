/** The neck task: tubes, frills and folds that rise around the neck. */

import type { Random } from '../random.js';
import { type Figure, upperBody } from './figure.js';
import { arms } from './limbs.js';
import { edged, type Fabric, fabric, type Sketch, seam } from './palette.js';
import { type Choice, leaning, type Picture, type TaskDrawing } from './picture.js';
import { closed, curve, lines, type Point, path, segment, symmetric } from './svg.js';
import { closedTop, hiddenNeck } from './tops.js';

export const neckDesign: TaskDrawing = {
  // Turtle neck and low turtle neck.
  neighbours: [[1, 3]],
  empty: [],
  draw: drawNeck,
};

function drawNeck(sketch: Sketch, figure: Figure, choice: Choice): Picture {
  const { random } = sketch;
  const cloth = fabric(sketch, [figure.skin]);
  const top = arms(figure) + upperBody(figure) + closedTop(figure, cloth, random.pick([9, 28]));
  const picture = { top: 6, bottom: 36, content: top };
  if (choice.label === 0) {
    return hiddenNeck(sketch, figure, picture, 27);
  }
  return { ...picture, content: top + neck(random, cloth, choice) };
}

function neck(random: Random, cloth: Fabric, choice: Choice): string {
  if (choice.label === 2) {
    return ruffle(cloth, random.between(1, 1.6));
  }
  return choice.label === 4 ? draped(cloth, random.between(26, 30)) : tube(cloth, choice);
}

/** A close tube around the neck; the high one is folded over. */
function tube(cloth: Fabric, choice: Choice): string {
  const upper = leaning([0, 11.8, 0, 15.6], choice);
  const wide = leaning([0, 5, 0, 3.9], choice);
  const outline = symmetric([
    [wide - 0.3, upper],
    [wide, (upper + 19) / 2],
    [wide + 0.6, 18.6],
    [wide - 1.2, 20],
  ]);
  const fold = curve([
    [-wide - 0.2, 15.8],
    [0, 17],
    [wide + 0.2, 15.8],
  ]);
  const ribs = [-0.75, -0.5, -0.25, 0, 0.25, 0.5, 0.75].map((share) =>
    segment(share * wide, upper + 0.4, share * (wide + 0.3), 19.2),
  );
  return (
    path(outline, edged(cloth, 0.6)) +
    path(ribs.join(''), seam(cloth, 0.25)) +
    (upper < 14 ? path(fold, seam(cloth, 0.7)) : '')
  );
}

/** A frilled stand: its edge waves, its pleats spread. */
function ruffle(cloth: Fabric, depth: number): string {
  const count = 6;
  const edge = (y: number, reach: number, amplitude: number) =>
    Array.from({ length: count * 2 + 1 }, (_, index): Point => {
      const x = (index / count - 1) * reach;
      return [x, y + (index % 2 === 0 ? amplitude : -amplitude) + 1.2 * (1 - (x / reach) ** 2)];
    });
  const upper = edge(13.6, 5.6, 1);
  const lower = edge(20, 9, depth);
  const pleats = upper.map((point, index) => lines([point, lower[index] as Point]));
  const frill = closed(upper, [...lower].reverse());
  return path(frill, edged(cloth, 0.6)) + path(pleats.join(''), seam(cloth, 0.35));
}

/** Loose cloth that hangs in folds from shoulder to shoulder. */
function draped(cloth: Fabric, depth: number): string {
  const hang = (share: number): Point[] => {
    const reach = 4.6 + 4.6 * share;
    const low = 19.4 + (depth - 19.4) * share;
    return [
      [-reach, 17 + share],
      [-reach * 0.62, (17.4 + low) / 2 + 1],
      [0, low],
      [reach * 0.62, (17.4 + low) / 2 + 1],
      [reach, 17 + share],
    ];
  };
  const outline = closed(hang(1), [...hang(0)].reverse());
  const folds = [0.25, 0.5, 0.75].map((share) => curve(hang(share)));
  const opening = path(closed(hang(0)), { fill: 'rgb(0,0,0)', 'fill-opacity': 0.35 });
  return opening + path(outline, edged(cloth, 0.7)) + path(folds.join(''), seam(cloth, 0.7));
}
