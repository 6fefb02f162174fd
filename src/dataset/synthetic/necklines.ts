/** The neckline task: how a top's upper edge runs over the chest and shoulders. */
import {
  alongArm,
  arms,
  type Figure,
  hairCurtain,
  limb,
  shoulderTip,
  torsoSide,
  upperBody,
} from './figure.js';
import { css, type Fabric, fabric, type Sketch } from './palette.js';
import { type Choice, leaning, type Picture, type TaskDrawing } from './picture.js';
import { both, curve, lines, mirrored, type Point, path, symmetric } from './svg.js';

// Body height of the lowest point of the opening, in label order; only for classes that differ by it.
const depths = [0, 25, 36, 19, 26.5, 26, 24, 23, 25.5, 0];
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
  const top = tops[choice.label];
  if (top === undefined || choice.label === 0) return hidden(sketch, figure, cloth, sleeve);
  const content = arms(figure) + upperBody(figure) + top(figure, cloth, choice, sleeve);
  return { top: 8, bottom: 46, content };
}

type Top = (figure: Figure, cloth: Fabric, choice: Choice, sleeve: number) => string;

/** One drawing a class, in label order; the first is never called. */
const tops: readonly (Top | undefined)[] = [
  undefined,
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
      path(lines(opening), rim(cloth))
    );
  };
}

/** A top that begins at the bust: straight, or with two arches. */
function bare(figure: Figure, cloth: Fabric, choice: Choice): string {
  const arch = leaning(arches, choice);
  const depth = leaning(depths, choice) + 0.35 * arch;
  const side: Point = [9.6 * figure.build, 25];
  const edge = curve([
    side,
    [7.6, 25 - 0.7 * arch],
    [4.6, 25 - arch],
    [1.8, 25 - 0.45 * arch],
    [0, depth],
  ]);
  const half = `${edge}L0 60L10.4 60${curve([[10.4, 60], ...[...torsoSide(figure, 0.6)].reverse()]).replace(/^M[^C]*/, '')}Z`;
  return (
    both(path(half, { fill: cloth.fill, stroke: 'none' })) +
    both(path(edge, rim(cloth))) +
    both(
      path(curve([...torsoSide(figure, 0.6)]), {
        fill: 'none',
        stroke: cloth.edge,
        'stroke-width': 0.4,
      }),
    )
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
    path(`${curve(band)}L${curve(frill).slice(1)}Z`, edged(cloth)) +
    path(curve(band), rim(cloth))
  );
}

/** One strap, from the armpit on one side over the other shoulder. */
function oneShoulder(figure: Figure, cloth: Fabric): string {
  const side = torsoSide(figure, 0.6);
  const armpit: Point = [-9.6 * figure.build, 25.5];
  const edge: Point[] = [[5.4, 17.6], [3.2, 20.4], [-3, 24], armpit];
  const outline = [
    ...side.slice(1).map(mirrored),
    [-10.4, 60],
    [10.4, 60],
    ...[...side].reverse(),
  ] as Point[];
  const strap = lines([...outline, shoulderTip(figure), [5.4, 17.6]]).replace(/^M/, 'L');
  return path(`${curve(edge)}${strap}Z`, edged(cloth)) + path(curve(edge), rim(cloth));
}

/** A picture without a neckline to see: below it, or under hair. */
function hidden(sketch: Sketch, figure: Figure, cloth: Fabric, sleeve: number): Picture {
  const covered = opened((depth) => arc([4.9, 17.4], depth))(
    figure,
    cloth,
    { label: 7, towards: 7, lean: 0 },
    sleeve,
  );
  const content = arms(figure) + upperBody(figure) + covered;
  if (sketch.random.chance(0.5)) return { top: 26, bottom: 58, content };
  return { top: 8, bottom: 46, content: content + hairCurtain(figure) };
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

function edged(cloth: Fabric): Record<string, string | number> {
  return { fill: cloth.fill, stroke: cloth.edge, 'stroke-width': 0.4 };
}

function rim(cloth: Fabric): Record<string, string | number> {
  return { fill: 'none', stroke: cloth.edge, 'stroke-width': 0.7 };
}
