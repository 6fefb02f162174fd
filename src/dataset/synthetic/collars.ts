/** The collar, lapel and neck tasks: what is sewn around the neck. */
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
import { colourApartFrom, css, type Fabric, fabric, type Sketch, shaded } from './palette.js';
import { type Choice, leaning, type Picture, type TaskDrawing } from './picture.js';
import { both, curve, lines, type Point, path, symmetric } from './svg.js';

export const collarDesign: TaskDrawing = {
  neighbours: [[2, 3]],
  empty: [],
  draw: drawCollar,
};

export const lapelDesign: TaskDrawing = {
  neighbours: [[3, 4]],
  empty: [],
  draw: drawLapel,
};

export const neckDesign: TaskDrawing = {
  neighbours: [[1, 3]],
  empty: [],
  draw: drawNeck,
};

function drawCollar(sketch: Sketch, figure: Figure, choice: Choice): Picture {
  const { random } = sketch;
  const cloth = fabric(sketch, [figure.skin]);
  const trim = collarCloth(sketch, figure, cloth);
  const shirt =
    arms(figure) + upperBody(figure) + closedTop(figure, cloth, random.pick([9, 14, 28]));
  const placket = random.chance(0.6) ? buttons(trim, 21) : '';
  const frame = { top: 8, bottom: 38 };
  if (choice.label === 0) return hidden(sketch, figure, shirt + placket, frame);
  const collar =
    choice.label === 1
      ? shirtCollar(trim)
      : choice.label === 4
        ? ribCollar(trim)
        : flatCollar(trim, choice);
  return { ...frame, content: shirt + placket + collar };
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
    `${curve(leaf)}L${curve([
      [4.4, 15.6],
      [3, 17.6],
      [0, 18.9],
    ]).slice(1)}Z`,
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
  const band = `${curve(outer)}L${curve([...inner].reverse()).slice(1)}Z`;
  return (
    path(band, { ...edged(trim), 'stroke-width': 0.6 }) + path(ribs.join(''), seam(trim, 0.45))
  );
}

function drawLapel(sketch: Sketch, figure: Figure, choice: Choice): Picture {
  const { random } = sketch;
  const inner = fabric(sketch, [figure.skin]);
  const cloth = fabric(sketch, [figure.skin, inner.colour]);
  const trim = random.chance(0.6)
    ? { ...cloth, fill: css(shaded(cloth.colour, 0.12)) }
    : fabric(sketch, [inner.colour, cloth.colour]);
  const close = random.between(37, 42);
  const jacket =
    arms(figure) +
    upperBody(figure) +
    closedTop(figure, inner, 9) +
    openJacket(figure, cloth, close);
  const frame = { top: 11, bottom: 51 };
  if (choice.label === 0) return hidden(sketch, figure, jacket, frame);
  const lapel =
    choice.label === 1
      ? notched(trim, close)
      : choice.label === 2
        ? ''
        : shawl(trim, choice, close);
  return { ...frame, content: jacket + lapel };
}

/** Sleeves and both fronts, meeting at `close` and round below. */
function openJacket(figure: Figure, cloth: Fabric, close: number): string {
  const side = torsoSide(figure, 1.2);
  const front = `${curve([
    [4.2, 16.6],
    [3.4, 22],
    [1.6, 32],
    [0, close],
  ])}L0 54L12 54${curve([[12, 54], ...[...side].reverse(), shoulderTip(figure), [4.2, 16.6]]).replace(/^M[^C]*/, '')}Z`;
  const button = [close + 1.6, close + 6].map(
    (y) => `<circle cx="0" cy="${y}" r=".9" fill="${cloth.edge}"/>`,
  );
  const arm = limb(alongArm(figure, 29), [6.6 * figure.build, 5.6, 4.8]);
  return (
    both(path(arm, edged(cloth)) + path(front, { ...edged(cloth), 'stroke-width': 0.6 })) +
    button.join('')
  );
}

/** A collar and a lapel with the notch between them. */
function notched(trim: Fabric, close: number): string {
  const collar = lines([
    [2.6, 14.6],
    [4.6, 15.6],
    [8.2, 21],
    [5.4, 22.4],
    [3.4, 20],
  ]);
  const lapel = lines([
    [3.5, 20],
    [6, 23],
    [9.6, 22.6],
    [7.6, 29],
    [0, close],
    [1.6, 31],
  ]);
  const paint = { ...edged(trim), 'stroke-width': 0.6 };
  return both(path(`${lapel}Z`, paint) + path(`${collar}Z`, paint));
}

/** One rounded band without a notch; the plus-size one lies wide over the shoulders. */
function shawl(trim: Fabric, choice: Choice, close: number): string {
  const width = leaning([0, 0, 0, 3, 8.2], choice);
  const inner = curve([
    [2.6, 14.6],
    [3.2, 22],
    [1.5, 32],
    [0, close],
  ]);
  const outer = curve([
    [0, close],
    [2 + width * 0.75, 32],
    [3.4 + width, 23.5],
    [3.6 + 0.62 * width, 17.6],
    [2.6, 14.6],
  ]);
  return both(path(`${inner}L${outer.slice(1)}Z`, { ...edged(trim), 'stroke-width': 0.6 }));
}

function drawNeck(sketch: Sketch, figure: Figure, choice: Choice): Picture {
  const { random } = sketch;
  const cloth = fabric(sketch, [figure.skin]);
  const top = arms(figure) + upperBody(figure) + closedTop(figure, cloth, random.pick([9, 28]));
  const frame = { top: 6, bottom: 36 };
  if (choice.label === 0) return hidden(sketch, figure, top, frame);
  const neck =
    choice.label === 2
      ? ruffle(random.between(1, 1.6), cloth)
      : choice.label === 4
        ? draped(cloth, random.between(26, 30))
        : tube(cloth, choice);
  return { ...frame, content: top + neck };
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
  const fold =
    upper < 14
      ? path(
          curve([
            [-wide - 0.2, 15.8],
            [0, 17],
            [wide + 0.2, 15.8],
          ]),
          seam(cloth, 0.7),
        )
      : '';
  const ribs = [-0.75, -0.5, -0.25, 0, 0.25, 0.5, 0.75].map((share) =>
    lines([
      [share * wide, upper + 0.4],
      [share * (wide + 0.3), 19.2],
    ]),
  );
  return (
    path(outline, { ...edged(cloth), 'stroke-width': 0.6 }) +
    path(ribs.join(''), seam(cloth, 0.25)) +
    fold
  );
}

/** A frilled stand: its edge waves, its pleats spread. */
function ruffle(depth: number, cloth: Fabric): string {
  const count = 6;
  const edge = (y: number, reach: number, amplitude: number) =>
    Array.from({ length: count * 2 + 1 }, (_, index): Point => {
      const x = (index / count - 1) * reach;
      return [x, y + (index % 2 === 0 ? amplitude : -amplitude) + 1.2 * (1 - (x / reach) ** 2)];
    });
  const upper = edge(13.6, 5.6, 1);
  const lower = edge(20, 9, depth);
  const pleats = upper.map((point, index) => lines([point, lower[index] as Point]));
  const frill = `${curve(upper)}L${curve([...lower].reverse()).slice(1)}Z`;
  return (
    path(frill, { ...edged(cloth), 'stroke-width': 0.6 }) + path(pleats.join(''), seam(cloth, 0.35))
  );
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
  const outline = `${curve(hang(1))}L${curve([...hang(0)].reverse()).slice(1)}Z`;
  const folds = [0.25, 0.5, 0.75].map((share) => curve(hang(share)));
  const opening = path(`${curve(hang(0))}Z`, { fill: 'rgb(0,0,0)', 'fill-opacity': 0.35 });
  return (
    opening +
    path(outline, { ...edged(cloth), 'stroke-width': 0.7 }) +
    path(folds.join(''), seam(cloth, 0.7))
  );
}

/** A picture of a garment whose collar cannot be seen: it lies above the frame, or under hair. */
function hidden(
  sketch: Sketch,
  figure: Figure,
  content: string,
  frame: { top: number; bottom: number },
): Picture {
  if (sketch.random.chance(0.5)) {
    const tall = frame.bottom - frame.top;
    return { top: 27, bottom: 27 + tall, content };
  }
  return { ...frame, content: content + hairCurtain(figure) };
}

/** A top closed up to the neck, with sleeves. */
function closedTop(figure: Figure, cloth: Fabric, sleeve: number): string {
  const arm = alongArm(figure, sleeve);
  const widths = arm.length === 2 ? [6, 5.9] : [6, 5.4, 4.4];
  const outline = symmetric([
    [3.4, 16.2],
    [5, 17.2],
    shoulderTip(figure),
    ...torsoSide(figure, 0.6),
    [11, 70],
  ]);
  const opening = path(
    curve([
      [-3.4, 16.2],
      [0, 18.8],
      [3.4, 16.2],
    ]),
    { fill: css(figure.skin), stroke: cloth.edge, 'stroke-width': 0.4 },
  );
  return (
    both(
      path(
        limb(
          arm,
          widths.map((width) => width * figure.build),
        ),
        edged(cloth),
      ),
    ) +
    path(outline, edged(cloth)) +
    opening
  );
}

/** The collar's own cloth: white, the garment's a little lighter, or another colour. */
function collarCloth(sketch: Sketch, figure: Figure, cloth: Fabric): Fabric {
  const kind = sketch.random.below(3);
  if (kind === 0) return { ...cloth, fill: css(shaded(cloth.colour, 0.2)) };
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
  return (
    path(
      lines([
        [-1.3, 19],
        [-1.3, 60],
      ]),
      seam(trim, 0.3),
    ) +
    path(
      lines([
        [1.3, 19],
        [1.3, 60],
      ]),
      seam(trim, 0.3),
    ) +
    column.join('')
  );
}

function edged(cloth: Fabric): Record<string, string | number> {
  return { fill: cloth.fill, stroke: cloth.edge, 'stroke-width': 0.45 };
}

function seam(cloth: Fabric, width: number): Record<string, string | number> {
  return { fill: 'none', stroke: cloth.edge, 'stroke-width': width };
}
