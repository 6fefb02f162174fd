/** Makes a chart: Observable Plot draws the plots, and a head with title, subtitle and key is put above them. */
import type { PlotOptions } from '@observablehq/plot';
import { escapeMarkup } from '../../html.js';
import { brokenLines, textWidth } from './text-width.js';
import { bold, fontFamily, ink, letters } from './theme.js';

/** A chart as one SVG element. Its size is in CSS pixels; a page may show it at any other. */
export interface Chart {
  svg: string;
  width: number;
  height: number;
}

/** What is said of a chart in words. */
export interface Words {
  title: string;
  /** What the chart's marks mean, or the chief number. */
  subtitle?: string | undefined;
}

/** A colour of the chart, and what it means. */
export interface KeyEntry {
  name: string;
  colour: string;
  /** As the chart has it; a line unless it is given. */
  shape?: 'line' | 'dot' | 'bar';
  /** Of a line: SVG's `stroke-dasharray`. */
  dash?: string | undefined;
}

export type Plot = typeof import('@observablehq/plot');

/** A plot, below the head and other plots. */
export type PlotPart = PlotOptions & { height: number };

export interface ChartParts extends Words {
  width: number;
  /** What the chart shows, in a sentence with its numbers, for who cannot see it. */
  description: string;
  key?: readonly KeyEntry[];
  plots: readonly PlotPart[];
}

/** The width of a chart unless it is given: about a column of a page, and readable on a phone. */
export const usualWidth = 480;

const padding = 16;

/** Loads Observable Plot, which takes part of a second: only what draws needs it. */
export const loadPlot = (): Promise<Plot> => import('@observablehq/plot');

/** The chart of these parts. */
export async function renderChart(parts: ChartParts): Promise<Chart> {
  const { width, title, subtitle = '', description } = parts;
  const head = headOf(parts);
  let top = head.height;
  const elements = [...head.elements];
  for (const part of parts.plots) {
    elements.push(await plotted(part, width, top));
    top += part.height;
  }
  const height = Math.ceil(top + padding / 2);
  const summary = [subtitle, description].filter((words) => words !== '').join('. ');
  return {
    svg: svgOf({ width, height, title, description: summary, elements }),
    width,
    height,
  };
}

/** An SVG document that readers of screens announce by its title and description. */
export function svgOf(parts: {
  width: number;
  height: number;
  title: string;
  description: string;
  elements: readonly string[];
}): string {
  const { width, height, title, description, elements } = parts;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img" font-family="${escapeMarkup(fontFamily)}" font-size="${letters.text}">`,
    `<title>${escapeMarkup(title)}</title>`,
    `<desc>${escapeMarkup(description)}</desc>`,
    `<rect width="${width}" height="${height}" fill="${ink.paper}"/>`,
    ...elements,
    '</svg>',
  ].join('\n');
}

interface Head {
  elements: string[];
  height: number;
}

const lineHeight = 18;

/** The share of the width that lines of the head take: a browser may set them in a wider font than Open Sans. */
const spare = 0.87;

/** Title, subtitle and key, each broken into as many lines as it needs. */
function headOf({ title, subtitle = '', key = [], width }: ChartParts): Head {
  const room = (width - 2 * padding) * spare;
  const elements: string[] = [];
  let y = 8;
  const titleStyle = { size: letters.title, bold: true };
  for (const line of brokenLines(title, room, titleStyle)) {
    y += lineHeight + 2;
    elements.push(
      `<text x="${padding}" y="${y - 4}" font-size="${letters.title}" font-weight="${bold}" fill="${ink.text}">${escapeMarkup(line)}</text>`,
    );
  }
  for (const line of brokenLines(subtitle, room)) {
    y += lineHeight;
    elements.push(
      `<text x="${padding}" y="${y - 4}" fill="${ink.quiet}">${escapeMarkup(line)}</text>`,
    );
  }
  let x = padding;
  y += key.length > 0 ? lineHeight + 2 : 0;
  for (const { name, ...sign } of key) {
    const wide = 24 + textWidth(name) + 16;
    if (x > padding && x + wide > width) {
      x = padding;
      y += lineHeight;
    }
    elements.push(
      signOf(sign, x, y - 8),
      `<text x="${x + 24}" y="${y - 4}" fill="${ink.text}">${escapeMarkup(name)}</text>`,
    );
    x += wide;
  }
  return { elements, height: y + 6 };
}

/** A short line, a dot or a bar, whose middle is at height `y`. */
function signOf({ colour, shape = 'line', dash }: Omit<KeyEntry, 'name'>, x: number, y: number) {
  if (shape === 'dot') {
    return `<circle cx="${x + 9}" cy="${y}" r="4.5" fill="${colour}"/>`;
  }
  if (shape === 'bar') {
    return `<rect x="${x}" y="${y - 5}" width="18" height="10" fill="${colour}"/>`;
  }
  const dashed = dash === undefined ? '' : ` stroke-dasharray="${dash}"`;
  return `<path d="M${x} ${y}h18" stroke="${colour}" stroke-width="2.5"${dashed}/>`;
}

/** The plot as a nested SVG element whose upper edge is at `top`. */
async function plotted(options: PlotPart, width: number, top: number): Promise<string> {
  const [plot, { DOMImplementation, XMLSerializer }] = await Promise.all([
    loadPlot(),
    import('@xmldom/xmldom'),
  ]);
  // Plot draws into any document; this one is the smallest that has what it calls.
  const document = new DOMImplementation().createDocument('http://www.w3.org/1999/xhtml', 'html');
  const drawn = plot.plot({ ...options, width, document: document as never });
  const svg = drawn as unknown as XmlElement;
  for (const style of Array.from(svg.getElementsByTagName('style'))) {
    svg.removeChild(style);
  }
  for (const name of ['class', 'font-family', 'font-size', 'fill']) {
    svg.removeAttribute(name);
  }
  svg.setAttribute('y', `${top}`);
  svg.setAttribute('aria-hidden', 'true');
  for (const element of Array.from(svg.getElementsByTagName('*'))) {
    roundNumbers(element);
  }
  const text = new XMLSerializer().serializeToString(drawn as never);
  return text.replace(/[^\P{Cc}\n\t]|[\p{Cs}\ufffe\uffff]/gu, ' ');
}

/** What is used of xmldom's elements, whose types are not those of a browser. */
interface XmlElement {
  getElementsByTagName(name: string): ArrayLike<XmlElement> & Iterable<XmlElement>;
  removeChild(child: XmlElement): void;
  removeAttribute(name: string): void;
  getAttribute(name: string): string | null;
  setAttribute(name: string, value: string): void;
}

const placed = [
  'd',
  'transform',
  'x',
  'y',
  'cx',
  'cy',
  'r',
  'x1',
  'x2',
  'y1',
  'y2',
  'width',
  'height',
];

/** Two digits after the point are a fiftieth of a pixel; Plot writes sixteen. */
function roundNumbers(element: XmlElement): void {
  for (const name of placed) {
    const value = element.getAttribute(name);
    if (value?.includes('.')) {
      const rounded = value.replace(
        /-?\d*\.\d{3,}(e-?\d+)?/g,
        (number) => `${Number(Number(number).toFixed(2))}`,
      );
      element.setAttribute(name, rounded);
    }
  }
}
