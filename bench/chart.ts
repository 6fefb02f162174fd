/** The chart of a comparison: a bar for each contender, longest first; a panel for each load and thread count. */
import { writeWhole } from '../src/disk/index.js';
import { rowsChart } from '../src/report/charts/bars.js';
import { arrange, type Chart } from '../src/report/charts/index.js';
import { ink, withLightColours } from '../src/report/charts/theme.js';
import { paint } from '../src/report/paint.js';
import type { Row } from './results.js';

/** The panels, one below the other. */
async function comparisonChart(rows: Row[], caption: string): Promise<Chart> {
  const panels = new Map<string, Row[]>();
  for (const row of rows) {
    const title = `${row.trial}, threads: ${row.threads}`;
    panels.set(title, [...(panels.get(title) ?? []), row]);
  }
  const most = Math.max(...rows.map((row) => row.imagesPerSecond));
  const drawn = [...panels].map(([title, members]) => panelOf(title, members, most));
  return arrange(
    caption,
    (await Promise.all(drawn)).map((chart) => [chart]),
  );
}

/** One panel; `most` is the greatest rate of all, so that their bars can be compared. */
async function panelOf(title: string, members: readonly Row[], most: number): Promise<Chart> {
  const sorted = [...members].sort((a, b) => b.imagesPerSecond - a.imagesPerSecond);
  const rows = sorted.map(({ contender, imagesPerSecond: rate }) => {
    return { names: [contender], end: rate, note: rate.toFixed(0), isBold: contender === 'bobbin' };
  });
  return await rowsChart({
    title,
    subtitle: 'images a second',
    description: rows.map(({ names, note }) => `${names}: ${note}`).join('; '),
    width: 900,
    rows,
    domain: [0, most],
    marks: (plot) => [
      plot.barX(rows, {
        y: (_: unknown, place: number) => place,
        x: 'end',
        fill: ({ isBold }: { isBold: boolean }) => (isBold ? ink.first : ink.quiet),
      }),
    ],
  });
}

/** Writes the chart to `file`: as SVG if its name ends in .svg, else as PNG. */
export async function drawChart(rows: Row[], caption: string, file: string): Promise<void> {
  const { svg } = await comparisonChart(rows, caption);
  await (file.endsWith('.svg') ? writeWhole(file, withLightColours(svg)) : paint(svg, file));
}
