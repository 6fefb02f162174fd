/** SVG text from numbers: paths through points, and mirrored outlines. Units are body units: a figure is 100 tall. */

export type Point = readonly [x: number, y: number];

/** A number as SVG text, with two decimals at most, the same on every machine. */
export function num(value: number): string {
  return String(Math.round(value * 100) / 100);
}

/** `x y`. */
export function at([x, y]: Point): string {
  return `${num(x)} ${num(y)}`;
}

/** The point mirrored at the figure's axis, x = 0. */
export function mirrored([x, y]: Point): Point {
  return [-x, y];
}

/** Straight lines through the points. */
export function lines(points: readonly Point[]): string {
  return points.map((point, index) => `${index === 0 ? 'M' : 'L'}${at(point)}`).join('');
}

/** One straight line. */
export function segment(x1: number, y1: number, x2: number, y2: number): string {
  return `M${at([x1, y1])}L${at([x2, y2])}`;
}

/** A curve through the points (Catmull-Rom as cubic Béziers), beginning with a move to the first. */
export function curve(points: readonly Point[]): string {
  const pieces = points.slice(1).map((end, index) => {
    const start = points[index] as Point;
    const before = points[index - 1] ?? start;
    const after = points[index + 2] ?? end;
    const first: Point = [start[0] + (end[0] - before[0]) / 6, start[1] + (end[1] - before[1]) / 6];
    const second: Point = [end[0] - (after[0] - start[0]) / 6, end[1] - (after[1] - start[1]) / 6];
    return `C${at(first)} ${at(second)} ${at(end)}`;
  });
  return `M${at(points[0] as Point)}${pieces.join('')}`;
}

/** A closed outline: curved within each run of points, straight from one run to the next. */
export function closed(...runs: readonly (readonly Point[])[]): string {
  return `M${runs.map((run) => curve(run).slice(1)).join('L')}Z`;
}

/** A closed outline, curved through the right side's points from top to bottom and straight across at both ends. */
export function symmetric(right: readonly Point[]): string {
  return closed(right, [...right].reverse().map(mirrored));
}

/** A path element; `paint` holds its attributes. */
export function path(d: string, paint: Record<string, string | number>): string {
  const attributes = Object.entries(paint).map(([name, value]) => {
    return ` ${name}="${typeof value === 'number' ? num(value) : value}"`;
  });
  return `<path d="${d}"${attributes.join('')}/>`;
}

/** An ellipse as path data. */
export function ellipse([x, y]: Point, rx: number, ry: number): string {
  const arc = `a${num(rx)} ${num(ry)} 0 1 0`;
  return `M${num(x - rx)} ${num(y)}${arc} ${num(2 * rx)} 0${arc} ${num(-2 * rx)} 0Z`;
}

/** The same drawing on both sides of the axis. */
export function both(right: string): string {
  return `${right}<g transform="scale(-1 1)">${right}</g>`;
}
