/** The neckline task: the shape of a top's upper edge on the chest and shoulders. */
import { type Figure, shoulderTip, torsoSide, upperBody } from './figure.js';
import { alongArm, arms, limb } from './limbs.js';
import { css, edged, type Fabric, fabric, type Sketch, seam } from './palette.js';
import { type Choice, leaning, type Picture, type TaskDrawing } from './picture.js';
import { both, closed, curve, lines, mirrored, type Point, path, symmetric } from './svg.js';
import { hiddenNeck } from './tops.js';

// Body height of the opening's lowest point, in label order, for the classes that differ in it.
const depths = [23, 25, 36, 19, 26.5, 26, 24, 23, 25.5, 0];
// Height in body units of the two arches over the bust.
const arches = [0, 0, 0, 0, 0, 0, 0, 0, 4.2, 0];

export const necklineDesign: TaskDrawing = {
  // Deep V and V, strapless and sweetheart.
  neighbours: [
    [2, 4],
    [1, 8],
  ],
  empty: [],
  draw: drawNeckline,
};

function drawNeckline(sketch: Sketch, figure: Figure, choice: Choice): Picture {
  const { random } = sketch;
  const cloth = fabric(sketch, [figure.skin]);
  const sleeve = random.pick([4, 9, 14]);
  const top = tops[choice.label] as Top;
  const content = arms(figure) + upperBody(figure) + top(figure, cloth, choice, sleeve);
  const picture = { top: 8, bottom: 46, content };
  return choice.label === 0 ? hiddenNeck(sketch, figure, picture, 26) : picture;
}

type Top = (figure: Figure, cloth: Fabric, choice: Choice, sleeve: number) => string;

/** One drawing for each class, in label order. The first class hides its neckline, which may have any shape. */
const tops: readonly Top[] = [
  opened((depth) => arc([4.9, 17.4], depth)),
  bare,
  opened((depth) => [
    [4.7, 17.3],
    [0, depth],
  ]),
  opened((depth) => [
    [9.4, 19.2],
    [0, depth + 0.4],
  ]),
  opened((depth) => [
    [4.7, 17.3],
    [0, depth],
  ]),
  opened((depth) => [
    [6.2, 17.8],
    [5.8, depth],
    [0, depth],
  ]),
  offShoulder,
  opened((depth) => arc([4.9, 17.4], depth)),
  bare,
  oneShoulder,
];

/** A top with shoulders whose opening runs through `edge`, right side from the shoulder to the middle. */
function opened(edge: (depth: number) => Point[]): Top {
  return (figure, cloth, choice, sleeve) => {
    const right = edge(leaning(depths, choice));
    const opening = [...right, ...right.slice(0, -1).reverse().map(mirrored)];
    const skin = path(`${lines([[4, 16.6], ...opening, [-4, 16.6]])}Z`, { fill: css(figure.skin) });
    return (
      sleeves(figure, cloth, sleeve) +
      path(
        symmetric([[4.4, 17], shoulderTip(figure), ...torsoSide(figure, 0.6), [10.4, 60]]),
        edged(cloth),
      ) +
      skin +
      path(lines(opening), seam(cloth, 0.7))
    );
  };
}

/** A top that begins at the bust: straight, or with two arches. */
function bare(figure: Figure, cloth: Fabric, choice: Choice): string {
  const arch = leaning(arches, choice);
  const depth = leaning(depths, choice) + 0.35 * arch;
  const side: Point = [9.6 * figure.build, 25];
  const edge: Point[] = [
    side,
    [7.6, 25 - 0.7 * arch],
    [4.6, 25 - arch],
    [1.8, 25 - 0.45 * arch],
    [0, depth],
  ];
  const flank = torsoSide(figure, 0.6);
  const half = closed(edge, [[0, 60]], [[10.4, 60], ...[...flank].reverse()]);
  return both(
    path(half, { fill: cloth.fill }) +
      path(curve(edge), seam(cloth, 0.7)) +
      path(curve(flank), seam(cloth, 0.4)),
  );
}

/** A band with a frill around both upper arms; the shoulders are bare. */
function offShoulder(figure: Figure, cloth: Fabric): string {
  const reach = 13.8 * figure.build;
  const band: Point[] = [
    [reach, 22.6],
    [8, 24.2],
    [0, 24.8],
    [-8, 24.2],
    [-reach, 22.6],
  ];
  const frill: Point[] = [
    [-reach - 0.6, 30],
    [-9, 30.4],
    [-4.5, 31.6],
    [0, 30.6],
    [4.5, 31.6],
    [9, 30.4],
    [reach + 0.6, 30],
  ];
  return (
    path(
      symmetric([[9.6 * figure.build, 25], ...torsoSide(figure, 0.6).slice(1), [10.4, 60]]),
      edged(cloth),
    ) +
    path(closed(band, frill), edged(cloth)) +
    path(curve(band), seam(cloth, 0.7))
  );
}

/** One strap, from the armpit on one side over the other shoulder. */
function oneShoulder(figure: Figure, cloth: Fabric): string {
  const side = torsoSide(figure, 0.6);
  const armpit: Point = [-9.6 * figure.build, 25.5];
  const edge: Point[] = [[5.4, 17.6], [3.2, 20.4], [-3, 24], armpit];
  const left = side.slice(1).map(mirrored);
  const right = [...side].reverse();
  const straight = [...left, [-10.4, 60], [10.4, 60], ...right, shoulderTip(figure)] as Point[];
  const outline = closed(edge, ...straight.map((point) => [point]));
  return path(outline, edged(cloth)) + path(curve(edge), seam(cloth, 0.7));
}

/** The right half of a round opening from `start` down to `depth` in the middle. */
function arc([x, y]: Point, depth: number): Point[] {
  return Array.from({ length: 7 }, (_, index) => {
    const angle = (index / 6) * (Math.PI / 2);
    return [x * Math.cos(angle), y + (depth - y) * Math.sin(angle)] as const;
  });
}

function sleeves(figure: Figure, cloth: Fabric, length: number): string {
  const [shoulder, end] = alongArm(figure, length) as [Point, Point];
  return both(path(limb([shoulder, end], [6 * figure.build, 5.9 * figure.build]), edged(cloth)));
}
