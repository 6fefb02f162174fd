/** What all charts and pictures have in common: colours for light and dark paper, one font stack, sizes of letters. */

/**
 * Colours on light and on dark paper. The six series differ in lightness as well as in hue, so that colour-blind readers tell each
 * from each other; a test simulates that. Letters in any of the colours but that of the grid have a contrast of 4.5 : 1.
 */
export const colours = {
  paper: ['#ffffff', '#16191f'],
  text: ['#1d2733', '#e6e9ee'],
  quiet: ['#5b6675', '#a3adba'],
  grid: ['#e4e7ec', '#333a45'],
  first: ['#1f6fb5', '#6cb2f2'],
  second: ['#c0560b', '#f2955a'],
  third: ['#032f07', '#bdf5bc'],
  fourth: ['#791ec8', '#8f6dff'],
  fifth: ['#7c5833', '#ecdb1c'],
  sixth: ['#732348', '#f73980'],
  right: ['#1b7f4d', '#5fcf95'],
  wrong: ['#b42318', '#ff8a80'],
} as const;

type ColourName = keyof typeof colours;

const names = Object.keys(colours) as ColourName[];

const each = (value: (name: ColourName) => string) =>
  Object.fromEntries(names.map((name) => [name, value(name)])) as Record<ColourName, string>;

/** The colours of light paper, for pictures. */
export const light = each((name) => colours[name][0]);

/** The colours as CSS: a variable that the page sets ({@link themeCss}), without it the colour of light paper. */
export const ink = each((name) => `var(--chart-${name}, ${light[name]})`);

/** CSS that gives the charts of a page the colours of light or dark paper, as the reader prefers. */
export function themeCss(): string {
  const rules = (paper: 0 | 1) =>
    names.map((name) => `--chart-${name}:${colours[name][paper]}`).join(';');
  return `:root{${rules(0)}}\n@media (prefers-color-scheme:dark){:root{${rules(1)}}}`;
}

/** `svg` with the colours of light paper in place of variables: programs other than browsers know no variables. */
export const withLightColours = (svg: string): string =>
  svg.replace(/var\(--chart-\w+, (#[0-9a-f]{6})\)/g, '$1');

/** How a series is drawn: after six of them the colours come again, dashed. */
export interface SeriesStyle {
  colour: string;
  /** SVG's `stroke-dasharray`; undefined for a whole line. */
  dash: string | undefined;
}

const series = [ink.first, ink.second, ink.third, ink.fourth, ink.fifth, ink.sixth];
const dashes = [undefined, '6 3', '2 3'];

/** The style of series `index`, from 0. */
export function seriesStyle(index: number): SeriesStyle {
  const dash = dashes[Math.floor(index / series.length) % dashes.length];
  return { colour: series[index % series.length] as string, dash };
}

/** Pictures contain the first font's letters; the later ones have characters that it lacks, and stand in for it in a browser. */
export const fontFamily =
  "'Open Sans', system-ui, 'DejaVu Sans', 'Liberation Sans', Helvetica, Arial, 'Noto Sans', 'Noto Sans CJK SC', Symbola, sans-serif";

/** Heights of letters, in CSS pixels. */
export const letters = { title: 15, text: 12 } as const;

export const bold = 600;
