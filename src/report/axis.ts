/** The axis of a chart: round numbers that enclose its values, and how they are written. */

export interface Axis {
  /** Ascending and equally spaced; the first and the last one are the axis' ends. */
  ticks: number[];
  low: number;
  high: number;
  /** A number on the axis, e.g. 0.25, 540K or 2.5e-5. */
  label(tick: number): string;
}

/** Bounds that an axis includes in place of its least and greatest value, e.g. 0 and 1 for a share. */
export interface Bounds {
  floor?: number;
  ceiling?: number;
}

/** Encloses all `values`, which are finite; 0…1 if there are none. */
export function axisOf(values: readonly number[], { floor, ceiling }: Bounds = {}): Axis {
  const least = floor ?? values.reduce((a, b) => Math.min(a, b), values[0] ?? 0);
  const most = ceiling ?? values.reduce((a, b) => Math.max(a, b), values[0] ?? 1);
  const range = most > least ? most - least : Math.abs(most) || 1;
  const magnitude = 10 ** Math.floor(Math.log10(range / 4));
  const step =
    [1, 2, 2.5, 5, 10].map((factor) => factor * magnitude).find((size) => range / size <= 5) ??
    10 * magnitude;
  const low = Math.floor(least / step + 1e-9) * step;
  const high = Math.max(Math.ceil(most / step - 1e-9) * step, low + step);
  const count = Math.round((high - low) / step);
  const ticks = Array.from({ length: count + 1 }, (_, index) => low + index * step);
  return { ticks, low, high, label: labelsOf(step) };
}

const compact = new Intl.NumberFormat('en', { notation: 'compact', maximumSignificantDigits: 3 });

/** As short as `value` can be read, with `digits` after the point if it is neither very great nor very small. */
export function shortNumber(value: number, digits: number): string {
  if (!Number.isFinite(value)) {
    return 'not finite';
  }
  if (Math.abs(value) >= 10_000) {
    return compact.format(value);
  }
  const isTiny = value !== 0 && Math.abs(value) < 10 ** (1 - digits) && Math.abs(value) < 1e-3;
  return isTiny ? `${Number(value.toPrecision(2))}` : value.toFixed(digits);
}

function labelsOf(step: number): (tick: number) => string {
  if (step < 1e-4) {
    return (tick) => (tick === 0 ? '0' : `${Number(tick.toPrecision(3)).toExponential()}`);
  }
  const digits = [1, 2, 3, 4, 5].find((each) => isWhole(step * 10 ** each)) ?? 6;
  return (tick) => (step >= 1000 ? compact.format(tick) : tick.toFixed(digits));
}

const isWhole = (value: number) => Math.abs(value - Math.round(value)) < 1e-6;

/** The axis of the logarithms (to base 10) of positive values from `least` to `most`, with a tick at each power of ten. */
export function logAxisOf(least: number, most: number): Axis {
  const low = Math.floor(Math.log10(least) + 1e-9);
  const high = Math.max(low + 1, Math.ceil(Math.log10(most) - 1e-9));
  const ticks = Array.from({ length: high - low + 1 }, (_, index) => low + index);
  return { ticks, low, high, label: (tick) => `${Number(`1e${tick}`)}` };
}
