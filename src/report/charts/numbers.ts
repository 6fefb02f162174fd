/** How numbers are written in charts: on axes, beside bars and lines. */

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

/** A tick's label with as many digits as the distance of the ticks needs, e.g. 0.25, 540K or 2.5e-5. */
export function tickLabel(tick: number, _: number, ticks: readonly number[]): string {
  const step = Math.abs((ticks[1] ?? 1) - (ticks[0] ?? 0));
  if (step < 1e-4) {
    return tick === 0 ? '0' : Number(tick.toPrecision(3)).toExponential();
  }
  if (step >= 1000) {
    return compact.format(tick);
  }
  const digits = [0, 1, 2, 3, 4, 5].find((each) => isWhole(step * 10 ** each)) ?? 6;
  return tick.toFixed(digits);
}

/** Whether `value` is an integer but for the rounding of its computation. */
export const isWhole = (value: number): boolean => Math.abs(value - Math.round(value)) < 1e-6;

/** `84.3 %` of 0.843 */
export const percent = (share: number, digits = 0): string =>
  Number.isFinite(share) ? `${(100 * share).toFixed(digits)} %` : '–';

/** 1, 2 and 5 times the powers of ten, or the powers alone, from `low` to `high`; both positive. */
export function logTicks(low: number, high: number, factors: readonly number[] = [1, 2, 5]) {
  const ticks: number[] = [];
  for (let power = Math.floor(Math.log10(low)); power <= Math.log10(high) + 1e-9; power++) {
    ticks.push(...factors.map((factor) => Number(`${factor}e${power}`)));
  }
  return ticks.filter((tick) => tick >= low * (1 - 1e-9) && tick <= high * (1 + 1e-9));
}
