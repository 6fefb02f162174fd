/** The person who wears the garments: proportions, skin, hair and upper body. */
import { type Colour, css, hairs, type Sketch, shaded, skins } from './palette.js';
import { both, curve, ellipse, type Point, path, symmetric } from './svg.js';

/** Heights on the body, from the top of the head at 0 to the floor at 100. */
export const heights = {
  chin: 13.4,
  neck: 17,
  shoulder: 19,
  bust: 27,
  waist: 38,
  hip: 48,
  knee: 73,
  ankle: 94,
} as const;

/** One person: build and colours are drawn once and used for every part. */
export interface Figure {
  skin: Colour;
  hair: Colour;
  /** Factor on the widths of torso and limbs. */
  build: number;
  longHair: boolean;
  /** Degrees that upper and lower arm lean outwards from straight down. */
  upperArm: number;
  lowerArm: number;
}

export function person({ random }: Sketch): Figure {
  return {
    skin: random.pick(skins),
    hair: random.pick(hairs),
    build: random.between(0.9, 1.15),
    longHair: random.chance(0.45),
    upperArm: random.between(5, 11),
    lowerArm: random.between(1, 9),
  };
}

/** Right side of the torso, armpit to hip; `ease` widens it for a garment. */
export function torsoSide({ build }: Figure, ease = 0): Point[] {
  const side: Point[] = [
    [9.4, 24],
    [9.2, heights.bust],
    [7.3, 36],
    [7, heights.waist],
    [9.8, heights.hip],
  ];
  return side.map(([x, y]) => [x * build + ease, y]);
}

/** The slope from the neck to the shoulder's tip on the right. */
export function shoulderTip({ build }: Figure): Point {
  return [10.6 * build, 20];
}

/** Everything behind the garments: hair at the back, skin from head to hips, no arms and no legs. */
export function upperBody(figure: Figure): string {
  const { skin, hair, longHair } = figure;
  const back = longHair
    ? path(
        curve([
          [-6.5, 5],
          [-7.5, 15],
          [-6.8, 27],
          [0, 29],
          [6.8, 27],
          [7.5, 15],
          [6.5, 5],
        ]),
        { fill: css(hair) },
      )
    : '';
  const body = symmetric([
    [2.9, 11],
    [3.1, 15.5],
    [5.2, 17.4],
    shoulderTip(figure),
    ...torsoSide(figure),
  ]);
  return back + path(body, skinPaint(figure)) + head(figure) + collarbones(skin);
}

function head({ skin, hair }: Figure): string {
  const face = path(ellipse([0, 7.2], 4.7, 6.3), { fill: css(skin) });
  const fringe = curve([
    [-5, 8],
    [-5.2, 3],
    [0, -0.6],
    [5.2, 3],
    [5, 8],
    [3.4, 3.6],
    [-2, 3],
    [-5, 8],
  ]);
  const mouth = path(
    curve([
      [-1.5, 10.4],
      [0, 10.8],
      [1.5, 10.4],
    ]),
    {
      fill: 'none',
      stroke: css(shaded(skin, -0.4)),
      'stroke-width': 0.5,
    },
  );
  const eyes = both(path(ellipse([1.8, 6.6], 0.6, 0.4), { fill: '#221c1c' }));
  return face + mouth + eyes + path(fringe, { fill: css(hair) });
}

function collarbones(skin: Colour): string {
  const bone = path(
    curve([
      [1.2, 19.4],
      [4, 18.9],
      [7.5, 19.3],
    ]),
    {
      fill: 'none',
      stroke: css(shaded(skin, -0.18)),
      'stroke-width': 0.3,
    },
  );
  return both(bone);
}

/** Hair that falls over the front and hides the neck, for pictures that must not show it. */
export function hairCurtain({ hair }: Figure): string {
  const lock = curve([
    [0, -0.6],
    [5.4, 2],
    [8.4, 14],
    [9.4, 33],
    [5, 34.5],
    [0, 33],
    [0, 12.5],
    [4.3, 8],
    [0, 1],
  ]);
  const strand = path(
    curve([
      [4.8, 6],
      [5.5, 18],
      [4.8, 33],
    ]),
    {
      fill: 'none',
      stroke: css(shaded(hair, 0.18)),
      'stroke-width': 0.35,
    },
  );
  return both(path(lock, { fill: css(hair) }) + strand);
}

/** Paint for bare skin, with a darker outline. */
export function skinPaint({ skin }: Figure): Record<string, string | number> {
  return { fill: css(skin), stroke: css(shaded(skin, -0.22)), 'stroke-width': 0.3 };
}
