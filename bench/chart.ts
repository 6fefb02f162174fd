/** The chart of a comparison: a bar for each contender, longest first; a panel for each load and thread count. */
import sharp from 'sharp';
import { writeWhole } from '../src/disk/atomic-file.js';
import type { Row } from './results.js';

const [width, barHeight, labelWidth] = [900, 26, 220];
const escaped = (text: string) => text.replace(/&/g, '&amp;').replace(/</g, '&lt;');

/** The chart as an SVG document. */
export function chartSvg(rows: Row[], caption: string): string {
  const panels = new Map<string, Row[]>();
  for (const row of rows) {
    const title = `${row.trial}, threads: ${row.threads}`;
    panels.set(title, [...(panels.get(title) ?? []), row]);
  }
  const longest = Math.max(...rows.map((row) => row.imagesPerSecond));
  const elements: string[] = [];
  let y = 36;
  const write = (x: number, text: string, style = '') =>
    elements.push(`<text x="${x}" y="${y}" ${style}>${escaped(text)}</text>`);
  for (const [title, members] of panels) {
    write(16, `${title} (images/s)`, 'font-weight="bold"');
    y += barHeight;
    for (const row of [...members].sort((a, b) => b.imagesPerSecond - a.imagesPerSecond)) {
      const length = (row.imagesPerSecond / longest) * (width - labelWidth - 90);
      const colour = row.contender === 'bobbin' ? '#1f6fb5' : '#98a2b3';
      write(labelWidth - 10, row.contender, 'text-anchor="end"');
      const box = `x="${labelWidth}" y="${y - 14}" width="${length}" height="18"`;
      elements.push(`<rect ${box} fill="${colour}"/>`);
      write(labelWidth + length + 6, row.imagesPerSecond.toFixed(0));
      y += barHeight;
    }
    y += barHeight / 2;
  }
  write(16, caption, 'font-size="11" fill="#667085"');
  const size = `width="${width}" height="${y + 16}"`;
  return `<svg xmlns="http://www.w3.org/2000/svg" ${size} font-size="14" font-family="DejaVu Sans, Helvetica, Arial, sans-serif"><rect ${size} fill="#fff"/>${elements.join('')}</svg>`;
}

/** Writes the chart to `file`: as SVG if its name ends in .svg, else as PNG. */
export async function drawChart(rows: Row[], caption: string, file: string): Promise<void> {
  const svg = chartSvg(rows, caption);
  const png = () => sharp(Buffer.from(svg), { density: 144 }).png().toBuffer();
  await writeWhole(file, file.endsWith('.svg') ? svg : await png());
}
