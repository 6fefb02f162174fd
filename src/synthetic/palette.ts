/** Colours and fabrics of garments, skin and walls, different enough for visible edges. */
import type { Random } from '../random.js';
import { num } from './svg.js';

export type Colour = readonly [red: number, green: number, blue: number];

/** Paint for one garment: an SVG fill, its main colour, and another colour for seams and edges. */
export interface Fabric {
  fill: string;
  colour: Colour;
  edge: string;
}

/** Paint for a piece of a garment: its cloth, and a line around it. */
export function edged(cloth: Fabric, width = 0.45): Record<string, string | number> {
  return { fill: cloth.fill, stroke: cloth.edge, 'stroke-width': width };
}

/** Paint for a line on a garment. */
export function seam(cloth: Fabric, width: number): Record<string, string | number> {
  return { fill: 'none', stroke: cloth.edge, 'stroke-width': width };
}

/** The state of one picture while it is drawn. */
export interface Sketch {
  random: Random;
  /** Patterns and gradients that fills refer to. */
  defs: string[];
}

export const skins: readonly Colour[] = [
  [250, 222, 200],
  [240, 200, 170],
  [224, 172, 135],
  [198, 140, 100],
  [150, 100, 68],
  [105, 68, 46],
];

export const hairs: readonly Colour[] = [
  [30, 24, 22],
  [70, 44, 30],
  [120, 78, 44],
  [190, 150, 95],
  [150, 60, 36],
  [150, 150, 150],
];

// RGB distance, in 0…255 units, at which the edge between two plain areas is visible at 224 pixels.
const visibleDistance = 105;

export function css([red, green, blue]: Colour): string {
  return `rgb(${Math.round(red)},${Math.round(green)},${Math.round(blue)})`;
}

/** The colour, moved by the share |amount| towards black (amount < 0) or white (amount > 0). */
export function shaded(colour: Colour, amount: number): Colour {
  const target = amount < 0 ? 0 : 255;
  const share = Math.abs(amount);
  const [red, green, blue] = colour.map((channel) => channel + (target - channel) * share);
  return [red as number, green as number, blue as number];
}

export function distance(a: Colour, b: Colour): number {
  return Math.hypot(a[0] - b[0], a[1] - b[1], a[2] - b[2]);
}

/** A garment colour that differs visibly from each of `others`; the best of 24 draws if none does. */
export function colourApartFrom(random: Random, others: readonly Colour[]): Colour {
  let best: Colour = [128, 128, 128];
  let bestDistance = -1;
  for (let attempt = 0; attempt < 24 && bestDistance < visibleDistance; attempt++) {
    const colour = fromHsl(
      random.between(0, 360),
      random.between(0.05, 0.85),
      random.between(0.12, 0.9),
    );
    const nearest = Math.min(...others.map((other) => distance(colour, other)), 442);
    if (nearest > bestDistance) {
      best = colour;
      bestDistance = nearest;
    }
  }
  return best;
}

/** A woven, printed or plain fabric whose colour differs visibly from each of `others`. */
export function fabric(sketch: Sketch, others: readonly Colour[]): Fabric {
  const { random } = sketch;
  const colour = colourApartFrom(random, others);
  const kind = random.pick([
    'plain',
    'plain',
    'sheen',
    'stripes',
    'plaid',
    'dots',
    'flowers',
  ] as const);
  const edge = css(shaded(colour, colour[0] + colour[1] + colour[2] < 150 ? 0.35 : -0.4));
  if (kind === 'plain') {
    return { fill: css(colour), colour, edge };
  }
  const id = `fabric${sketch.defs.length}`;
  sketch.defs.push(kind === 'sheen' ? sheen(id, colour) : pattern(random, id, kind, colour));
  return { fill: `url(#${id})`, colour, edge };
}

function sheen(id: string, colour: Colour): string {
  const stop = (offset: number, amount: number) =>
    `<stop offset="${offset}" stop-color="${css(shaded(colour, amount))}"/>`;
  return `<linearGradient id="${id}">${stop(0, -0.2)}${stop(0.45, 0.12)}${stop(1, -0.15)}</linearGradient>`;
}

function pattern(
  random: Random,
  id: string,
  kind: 'stripes' | 'plaid' | 'dots' | 'flowers',
  colour: Colour,
): string {
  const size = random.between(1.4, 3.6);
  const accent = css(
    shaded(colour, random.chance(0.5) ? random.between(-0.45, -0.2) : random.between(0.25, 0.5)),
  );
  const angle = kind === 'stripes' ? random.pick([0, 90, 45, -45]) : random.between(-10, 10);
  const head = `<pattern id="${id}" width="${num(size)}" height="${num(size)}" patternUnits="userSpaceOnUse" patternTransform="rotate(${num(angle)})"><rect width="${num(size)}" height="${num(size)}" fill="${css(colour)}"/>`;
  return `${head}${motif(kind, size, accent, random)}</pattern>`;
}

function motif(kind: string, size: number, accent: string, random: Random): string {
  const half = num(size / 2);
  if (kind === 'stripes') {
    const share = size * random.between(0.2, 0.5);
    return `<rect width="${num(share)}" height="${num(size)}" fill="${accent}"/>`;
  }
  if (kind === 'plaid') {
    const band = `fill="${accent}" fill-opacity=".55"`;
    return `<rect width="${half}" height="${num(size)}" ${band}/><rect width="${num(size)}" height="${half}" ${band}/>`;
  }
  const dot = (x: number, y: number, radius: number) =>
    `<circle cx="${num(x * size)}" cy="${num(y * size)}" r="${num(radius * size)}" fill="${accent}"/>`;
  if (kind === 'dots') {
    return dot(0.5, 0.5, random.between(0.15, 0.28));
  }
  return [0, 1, 2, 3, 4]
    .map((petal) =>
      dot(0.5 + 0.2 * Math.cos(petal * 1.257), 0.5 + 0.2 * Math.sin(petal * 1.257), 0.14),
    )
    .join('');
}

function fromHsl(hue: number, saturation: number, lightness: number): Colour {
  const amplitude = saturation * Math.min(lightness, 1 - lightness);
  const channel = (offset: number) => {
    const k = (offset + hue / 30) % 12;
    return 255 * (lightness - amplitude * Math.max(-1, Math.min(k - 3, 9 - k, 1)));
  };
  return [channel(0), channel(8), channel(4)];
}
