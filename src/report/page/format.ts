/** Numbers as the page writes them. */
import { html, type Markup } from '../../html.js';

/** `76.7 %`; a dash for what has no value. */
export const percent = (share: number | undefined, digits = 1): string =>
  share === undefined || !Number.isFinite(share) ? '–' : `${(100 * share).toFixed(digits)} %`;

/** `0.912`; a dash for what has no value. */
export const decimal = (value: number | undefined, digits = 3): string =>
  value === undefined || !Number.isFinite(value) ? '–' : value.toFixed(digits);

type Interval = readonly [low: number, high: number];

/** A share with its 95 % interval below it: `76.7 %`, `70.1–82.4`. */
export const percentWithin = (share: number | undefined, interval?: Interval): Markup =>
  html`${percent(share)}${within(interval, (end) => (100 * end).toFixed(1))}`;

/** The same of a number that is no share. */
export const decimalWithin = (value: number | undefined, interval?: Interval): Markup =>
  html`${decimal(value)}${within(interval, (end) => end.toFixed(3))}`;

const within = (
  interval: Interval | undefined,
  show: (end: number) => string,
): Markup | undefined =>
  interval && html`<br><small>${show(interval[0])}–${show(interval[1])}</small>`;

const compact = new Intl.NumberFormat('en');

/** `12,345` */
export const whole = (value: number): string => compact.format(value);

/** `1.5 GB` */
export function bytes(value: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  const power = Math.min(units.length - 1, value < 1 ? 0 : Math.floor(Math.log10(value) / 3));
  const number = value / 1000 ** power;
  return `${number.toFixed(power === 0 || number >= 100 ? 0 : 1)} ${units[power]}`;
}

/** A value of an option: texts and numbers as they are, lists with commas. */
export function optionText(value: unknown): string {
  if (value === undefined) {
    return '–';
  }
  return Array.isArray(value) ? value.map(optionText).join(', ') || 'none' : `${value}`;
}
