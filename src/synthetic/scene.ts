/** Puts a picture into a scene: wall and clutter behind it, a slightly tilted camera, and light from one side. */
import { colourApartFrom, css, type Sketch, shaded } from './palette.js';
import type { Picture } from './picture.js';
import { ellipse, num, path } from './svg.js';

/** The frame in body units. */
interface Frame {
  left: number;
  top: number;
  width: number;
  height: number;
}

/** A whole SVG document of `width` × `height` pixels. */
export function scene(sketch: Sketch, picture: Picture, width: number, height: number): string {
  const { random } = sketch;
  const tall = picture.bottom - picture.top;
  const wide = (tall * width) / height;
  const frame = { left: -wide / 2, top: picture.top, width: wide, height: tall };
  const middle = (picture.top + picture.bottom) / 2;
  const scale = random.between(0.94, 1.06) * (random.chance(0.5) ? -1 : 1);
  const moves = [
    `translate(${num(random.between(-0.04, 0.04) * wide)} ${num(random.between(-0.025, 0.025) * tall)})`,
    `rotate(${num(random.between(-5, 5))} 0 ${num(middle)})`,
    `translate(0 ${num(middle)})scale(${num(scale)} ${num(Math.abs(scale))})translate(0 ${num(-middle)})`,
  ];
  const content = [
    wall(sketch, frame),
    clutter(sketch, frame),
    `<g transform="${moves.join('')}">${picture.content}</g>`,
    light(sketch, frame),
  ].join('');
  const view = [frame.left, frame.top, frame.width, frame.height].map(num).join(' ');
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="${view}"><defs>${sketch.defs.join('')}</defs>${content}</svg>`;
}

function wall(sketch: Sketch, frame: Frame): string {
  const { random, defs } = sketch;
  const colour = colourApartFrom(random, []);
  const end = shaded(colour, random.between(-0.35, 0.35));
  const id = `wall${defs.length}`;
  defs.push(
    `<linearGradient id="${id}" x2="${num(random.between(0, 1))}" y2="1"><stop stop-color="${css(colour)}"/><stop offset="1" stop-color="${css(end)}"/></linearGradient>`,
  );
  const area = rect(frame.left, frame.top, frame.width, frame.height, `url(#${id})`);
  if (random.chance(0.5)) {
    return area;
  }
  const floor = frame.top + frame.height * random.between(0.72, 0.95);
  return (
    area +
    rect(frame.left, floor, frame.width, frame.height, css(shaded(end, random.between(-0.5, 0.4))))
  );
}

/** Shelves, frames and lamps at random; they may touch the figure's outline but lie behind it. */
function clutter({ random }: Sketch, frame: Frame): string {
  const things = Array.from({ length: random.below(7) }, () => {
    const x = frame.left + random.between(-0.1, 1) * frame.width;
    const y = frame.top + random.between(-0.1, 1) * frame.height;
    const width = random.between(0.05, 0.3) * frame.width;
    const height = random.between(0.05, 0.4) * frame.height;
    const fill = css(colourApartFrom(random, []));
    return random.chance(0.6)
      ? rect(x, y, width, height, fill)
      : path(ellipse([x, y], width / 2, height / 2), { fill });
  });
  return `<g opacity="${num(random.between(0.35, 0.9))}">${things.join('')}</g>`;
}

/** A shadow that grows to one side, and a tint over everything. */
function light({ random, defs }: Sketch, frame: Frame): string {
  const id = `light${defs.length}`;
  const shade = random.chance(0.7) ? '#000' : '#fff';
  const direction = random.pick([
    'x1="0" x2="1"',
    'x1="1" x2="0"',
    'x1="0" x2="1" y2="1"',
    'x1="0" x2="0" y2="1"',
  ]);
  defs.push(
    `<linearGradient id="${id}" ${direction}><stop stop-color="${shade}" stop-opacity="0"/><stop offset="1" stop-color="${shade}" stop-opacity="${num(random.between(0.05, 0.4))}"/></linearGradient>`,
  );
  const tint = css(colourApartFrom(random, []));
  return (
    rect(frame.left, frame.top, frame.width, frame.height, `url(#${id})`) +
    `<g opacity="${num(random.between(0, 0.12))}">${rect(frame.left, frame.top, frame.width, frame.height, tint)}</g>`
  );
}

function rect(x: number, y: number, width: number, height: number, fill: string): string {
  return `<rect x="${num(x)}" y="${num(y)}" width="${num(width)}" height="${num(height)}" fill="${fill}"/>`;
}
