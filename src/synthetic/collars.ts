/** The collar task: leaves, flat collars and bands on a closed shirt. */
import { type Figure, upperBody } from './figure.js';
import { arms } from './limbs.js';
import {
  colourApartFrom,
  css,
  edged,
  type Fabric,
  fabric,
  type Sketch,
  seam,
  shaded,
} from './palette.js';
import { type Choice, leaning, type Picture, type TaskDrawing } from './picture.js';
import { both, closed, lines, type Point, path, segment, symmetric } from './svg.js';
import { closedTop, hiddenNeck } from './tops.js';

export const collarDesign: TaskDrawing = {
  // Peter Pan and Puritan.
  neighbours: [[2, 3]],
  empty: [],
  draw: drawCollar,
};

function drawCollar(sketch: Sketch, figure: Figure, choice: Choice): Picture {
  const { random } = sketch;
  const cloth = fabric(sketch, [figure.skin]);
  const trim = collarCloth(sketch, figure, cloth);
  const shirt =
    arms(figure) + upperBody(figure) + closedTop(figure, cloth, random.pick([9, 14, 28]));
  const placket = random.chance(0.6) ? buttons(trim, 21) : '';
  const picture = { top: 8, bottom: 38, content: shirt + placket };
  if (choice.label === 0) {
    return hiddenNeck(sketch, figure, picture, 27);
  }
  return { ...picture, content: picture.content + collar(trim, choice) };
}

function collar(trim: Fabric, choice: Choice): string {
  if (choice.label === 1) {
    return shirtCollar(trim);
  }
  return choice.label === 4 ? ribCollar(trim) : flatCollar(trim, choice);
}

/** Two pointed leaves on a stand. */
function shirtCollar(trim: Fabric): string {
  const stand = path(
    symmetric([
      [3.3, 14.4],
      [3.9, 16.4],
      [0.4, 19.6],
    ]),
    edged(trim),
  );
  const leaf = lines([
    [0, 19.4],
    [4, 14.2],
    [5.6, 15.4],
    [8, 20.2],
    [4.4, 25.6],
  ]);
  return stand + both(path(`${leaf}Z`, edged(trim)));
}

// Right leaf of a Peter Pan collar, small and round, and of a Puritan collar, wide over the shoulder and pointed.
const peterPan: readonly Point[] = [
  [0, 18.8],
  [0.9, 22.4],
  [4, 24.4],
  [7.2, 22.6],
  [7.6, 19],
  [4.4, 15.6],
];
const puritan: readonly Point[] = [
  [0, 19],
  [2.4, 27.5],
  [5.4, 32],
  [10.6, 28.4],
  [13, 22.2],
  [4.4, 15.6],
];

function flatCollar(trim: Fabric, choice: Choice): string {
  const share = leaning([0, 0, 0, 1, 0], choice);
  const leaf = peterPan.map(([x, y], index): Point => {
    const [toX, toY] = puritan[index] as Point;
    return [x + (toX - x) * share, y + (toY - y) * share];
  });
  const shape = path(
    closed(leaf, [
      [4.4, 15.6],
      [3, 17.6],
      [0, 18.9],
    ]),
    edged(trim),
  );
  return `${both(shape)}<circle cx="0" cy="20.2" r=".7" fill="${trim.edge}"/>`;
}

/** A knitted band around the neckline. */
function ribCollar(trim: Fabric): string {
  const halfway = (reach: number, low: number): Point[] =>
    Array.from({ length: 15 }, (_, index) => {
      const angle = (index / 14) * Math.PI;
      return [reach * Math.cos(angle), 15.8 + low * Math.sin(angle)];
    });
  const inner = halfway(3.3, 2.6);
  const outer = halfway(6.4, 6.4);
  const ribs = inner.map((point, index) => lines([point, outer[index] as Point]));
  const band = closed(outer, [...inner].reverse());
  return path(band, edged(trim, 0.6)) + path(ribs.join(''), seam(trim, 0.45));
}

/** The collar's own cloth: white, the garment's a little lighter, or another colour. */
function collarCloth(sketch: Sketch, figure: Figure, cloth: Fabric): Fabric {
  const kind = sketch.random.below(3);
  if (kind === 0) {
    return { ...cloth, fill: css(shaded(cloth.colour, 0.2)) };
  }
  const colour =
    kind === 1
      ? ([246, 244, 240] as const)
      : colourApartFrom(sketch.random, [cloth.colour, figure.skin]);
  return { fill: css(colour), colour, edge: css(shaded(colour, -0.5)) };
}

function buttons(trim: Fabric, from: number): string {
  const column = Array.from(
    { length: 6 },
    (_, index) => `<circle cx="0" cy="${from + index * 5}" r=".55" fill="${trim.edge}"/>`,
  );
  const placket = segment(-1.3, 19, -1.3, 60) + segment(1.3, 19, 1.3, 60);
  return path(placket, seam(trim, 0.3)) + column.join('');
}
