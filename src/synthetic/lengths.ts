/** The four length tasks: where a coat, skirt, trouser leg or sleeve ends on the body. */
import { type Figure, shoulderTip, torsoSide, upperBody } from './figure.js';
import { alongArm, arms, legs, limb } from './limbs.js';
import { colourApartFrom, css, edged, type Fabric, fabric, type Sketch, seam } from './palette.js';
import { type Choice, leaning, type Picture, type TaskDrawing } from './picture.js';
import { at, both, closed, curve, type Point, path, segment, symmetric } from './svg.js';

// Body height of the hem for each class, in label order; the first class, Invisible, has none.
const coatHems = [0, 36, 46, 54.5, 63, 73, 84, 95];
const skirtHems = [0, 57, 70, 81, 91, 99.5];
const trouserHems = [0, 56, 67, 78, 88, 97];
// Length along the arm: 0 is sleeveless, and a sleeve beyond the fingertips hides the hand.
const sleeveEnds = [0, 0, 4, 9.5, 15, 21, 26.5, 31.5, 37];

export const coatLength: TaskDrawing = {
  neighbours: chain(1, 7),
  empty: [],
  draw: drawCoat,
};

export const skirtLength: TaskDrawing = {
  neighbours: chain(1, 5),
  empty: [],
  draw: (sketch, figure, choice) => drawLower(sketch, figure, choice, skirtHems, skirt),
};

export const pantLength: TaskDrawing = {
  neighbours: chain(1, 5),
  empty: [],
  draw: (sketch, figure, choice) => drawLower(sketch, figure, choice, trouserHems, trousers),
};

export const sleeveLength: TaskDrawing = {
  neighbours: chain(2, 8),
  // As in the organisers' data, every picture shows a sleeve.
  empty: [0],
  draw: drawSleeves,
};

/** Pairs of each class from `first` to `last` and its next class. */
function chain(first: number, last: number): [number, number][] {
  return Array.from({ length: last - first }, (_, index) => [first + index, first + index + 1]);
}

function drawCoat(sketch: Sketch, figure: Figure, choice: Choice): Picture {
  const { random } = sketch;
  const lower = colourApartFrom(random, [figure.skin]);
  const cloth = fabric(sketch, [lower, figure.skin]);
  const hem = choice.label === 0 ? 84 : leaning(coatHems, choice);
  const trouserHem = random.between(88, 97);
  const under: Fabric = { fill: css(lower), colour: lower, edge: css(lower) };
  const content =
    upperBody(figure) +
    legs(figure, figure.skin, colourApartFrom(random, [lower])) +
    trousers(sketch, figure, under, trouserHem) +
    arms(figure) +
    sleeves(figure, cloth, random.between(27, 31)) +
    coat(sketch, figure, cloth, hem);
  // A coat whose hem is out of the picture has no visible length.
  return choice.label === 0 ? { top: 4, bottom: 46, content } : { top: 11, bottom: 108, content };
}

function coat({ random }: Sketch, figure: Figure, cloth: Fabric, hem: number): string {
  const flare = random.between(0.02, 0.12);
  const sides = torsoSide(figure, random.between(1, 2)).filter(([, y]) => y < hem - 1);
  const hip = 10.5 * figure.build;
  const end = Math.max((sides.at(-1)?.[0] ?? hip) + 0.4, hip + (hem - 48) * flare);
  const body = symmetric([[4, 17], shoulderTip(figure), ...sides, [end, hem]]);
  const buttons = Array.from({ length: 8 }, (_, index) => 28 + index * 6)
    .filter((y) => y < Math.min(hem - 3, 60))
    .map((y) => `<circle cx="1.4" cy="${y}" r=".6" fill="${cloth.edge}"/>`);
  const lapel = closed([[1.5, 15.6]], [[5.2, 17]], [[4.6, 22]], [[0.1, 27]]);
  return (
    path(body, edged(cloth)) +
    path(segment(0, 26, 0, hem), seam(cloth, 0.5)) +
    path(segment(-end, hem - 0.8, end, hem - 0.8), seam(cloth, 0.5)) +
    both(path(lapel, edged(cloth))) +
    buttons.join('')
  );
}

function drawLower(
  sketch: Sketch,
  figure: Figure,
  choice: Choice,
  hems: readonly number[],
  garment: (sketch: Sketch, figure: Figure, cloth: Fabric, hem: number) => string,
): Picture {
  const { random } = sketch;
  const top = fabric(sketch, [figure.skin]);
  const cloth = fabric(sketch, [figure.skin, top.colour]);
  const hem = choice.label === 0 ? (hems[3] as number) : leaning(hems, choice);
  const blouse = symmetric([
    [4, 17],
    shoulderTip(figure),
    ...torsoSide(figure, 0.6).slice(0, 4),
    [8.2 * figure.build, 42],
  ]);
  const content =
    upperBody(figure) +
    legs(figure, figure.skin, colourApartFrom(random, [figure.skin, cloth.colour])) +
    arms(figure) +
    sleeves(figure, top, random.pick([9, 21, 28])) +
    path(blouse, edged(top)) +
    garment(sketch, figure, cloth, hem);
  return choice.label === 0 ? { top: 6, bottom: 50, content } : { top: 30, bottom: 108, content };
}

function skirt({ random }: Sketch, { build }: Figure, cloth: Fabric, hem: number): string {
  const flare = random.between(-0.02, 0.22);
  const waist = 7.3 * build;
  const hip = 10.4 * build;
  const end = hip + (hem - 48) * flare;
  const sag = random.between(0.3, 1.2);
  const side: Point[] = [
    [waist, 37.6],
    [hip, 48],
    [end, hem],
  ];
  const left = side.map(([x, y]): Point => [-x, y]).reverse();
  const hemline = `Q${at([0, hem + 2 * sag])} ${at([-end, hem])}`;
  const outline = `${curve(side)}${hemline}L${curve(left).slice(1)}Z`;
  const folds = Array.from({ length: random.below(6) }, () => {
    const share = random.between(-0.85, 0.85);
    return segment(share * hip, random.between(44, 52), share * end, hem);
  });
  return (
    path(outline, edged(cloth)) +
    path(folds.join(''), seam(cloth, 0.35)) +
    path(segment(-waist, 38.6, waist, 38.6), seam(cloth, 1.8))
  );
}

function trousers({ random }: Sketch, { build }: Figure, cloth: Fabric, hem: number): string {
  const hip = 10.2 * build;
  const wide = random.between(2.9, 4.4);
  const outer = 4.5 + wide;
  const inner = Math.max(0.5, 4.4 - wide);
  const waist = 7.4 * build;
  const side: Point[] = [
    [waist, 37.6],
    [hip, 48],
    [outer + (72 - hem) * 0.02, hem],
  ];
  const leg = closed([[0, 37.6]], side, [[inner, hem]], [[0.4, 52.5]], [[0, 52.5]]);
  const half =
    path(leg, edged(cloth)) +
    path(segment(4.6, 56, 4.4, hem - 1), seam(cloth, 0.3)) +
    path(segment(inner, hem - 0.5, outer, hem - 0.5), seam(cloth, 0.7));
  return both(half) + path(segment(-waist, 38.5, waist, 38.5), seam(cloth, 1.6));
}

function drawSleeves(sketch: Sketch, figure: Figure, choice: Choice): Picture {
  const { random } = sketch;
  const cloth = fabric(sketch, [figure.skin]);
  const lower = fabric(sketch, [cloth.colour, figure.skin]);
  const sleeveless = choice.label === 1;
  const tip = shoulderTip(figure);
  const shoulder: Point = sleeveless ? [tip[0] - 2.6, 18.8] : tip;
  const armhole: Point[] = sleeveless ? [[tip[0] - 2.8, 22]] : [];
  const depth = random.between(19.5, 23);
  const neckline = curve([
    [4.6, 17.3],
    [3.4, depth - 1],
    [0, depth],
    [-3.4, depth - 1],
    [-4.6, 17.3],
  ]);
  const body = symmetric([[4.6, 17.3], shoulder, ...armhole, ...torsoSide(figure, 0.7)]);
  const open = path(`${neckline}Z`, { fill: css(figure.skin) });
  const rim = path(neckline, seam(cloth, 0.7));
  const content =
    upperBody(figure) +
    legs(figure, lower.colour, lower.colour) +
    skirt(sketch, figure, lower, 70) +
    arms(figure) +
    (sleeveless ? '' : sleeves(figure, cloth, leaning(sleeveEnds, choice))) +
    path(body, edged(cloth)) +
    open +
    rim;
  return { top: 13, bottom: 59, content };
}

/** Both sleeves from the shoulder to `length` along the arm, with a hem at the end. */
function sleeves(figure: Figure, cloth: Fabric, length: number): string {
  const points = alongArm(figure, length);
  const [upper, elbow, wrist] = [4.6, 4.2, 3.4].map((width) => width * figure.build + 1.5);
  // Above the elbow the arm is wide, and so is the end of the sleeve.
  const widths = points.length === 2 ? [upper, (elbow as number) + 0.5] : [upper, elbow, wrist];
  const outline = limb(points, widths as number[]);
  const [end, before] = [points.at(-1) as Point, points.at(-2) as Point];
  const reach = (widths.at(-1) as number) / 2 / Math.hypot(end[0] - before[0], end[1] - before[1]);
  const [dx, dy] = [(end[1] - before[1]) * reach, (before[0] - end[0]) * reach];
  const hem = segment(end[0] + dx, end[1] + dy, end[0] - dx, end[1] - dy);
  return both(path(outline, edged(cloth)) + path(hem, seam(cloth, 0.9)));
}
