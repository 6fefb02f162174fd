/** Several charts as one, for a picture: beside each other, in rows. */
import { escapeMarkup } from '../../html.js';
import { type Chart, svgOf } from './render.js';
import { bold, ink, letters } from './theme.js';

/** The charts of `rows` below a title. */
export function arrange(title: string, rows: readonly (readonly Chart[])[]): Chart {
  const head = 44;
  const elements = [
    `<text x="16" y="30" font-size="${letters.title + 2}" font-weight="${bold}" fill="${ink.text}">${escapeMarkup(title)}</text>`,
  ];
  let y = head;
  let width = 0;
  for (const row of rows) {
    let x = 0;
    for (const chart of row) {
      elements.push(chart.svg.replace('<svg ', `<svg x="${x}" y="${y}" `));
      x += chart.width;
    }
    width = Math.max(width, x);
    y += Math.max(0, ...row.map(({ height }) => height));
  }
  const size = { width: Math.max(width, 300), height: y };
  return { svg: svgOf({ ...size, title, description: '', elements }), ...size };
}
