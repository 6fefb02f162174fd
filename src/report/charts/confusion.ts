/** The confusion matrix: how often each class was predicted as each class. */
import type { Markish } from '@observablehq/plot';
import type { ClassScore } from '../../evaluation/index.js';
import type { ConfusionParts } from './confused-pairs.js';
import { percent } from './numbers.js';
import { type Chart, loadPlot, type Plot, renderChart } from './render.js';
import { fitted, textWidth } from './text-width.js';
import { ink } from './theme.js';

/** With more classes a matrix is larger than a screen. */
export const mostMatrixClasses = 40;

const longestName = 190;

/** Room for a title above few classes. */
const leastWidth = 400;

/** A cell of the matrix that has images. */
interface Cell {
  row: number;
  column: number;
  images: number;
  /** Of the row's images. */
  share: number;
}

/**
 * The matrix: a row for each true class, a column for each predicted one. The shade of a cell is its share of its row; right
 * answers and wrong ones have different colours. The width follows from the number of classes.
 */
export async function confusionChart(parts: Omit<ConfusionParts, 'width'>): Promise<Chart> {
  const { title, subtitle = 'rows: truth, columns: prediction', classScores } = parts;
  const plot = await loadPlot();
  const names = classScores.map(({ name }) => fitted(name, longestName));
  const longest = Math.max(24, ...names.map((name) => textWidth(name)));
  // A name above its column leans to the right by 45 degrees.
  const leaning = longest * Math.SQRT1_2;
  const cell = cellSize(names.length);
  const recalls = classScores.map(recallOf);
  const beside = 12 + Math.max(...recalls.map((each) => textWidth(each)), textWidth('recall')) + 16;
  const marginLeft = Math.ceil(16 + longest + 10);
  const marginTop = Math.ceil(leaning + 26);
  const side = cell * names.length;
  const marginRight = Math.ceil(
    Math.max(beside, leaning + 16 - cell / 2, leastWidth - marginLeft - side),
  );
  const labels = names.map((name, place) => ({ name, place, recall: recalls[place] }));
  const places = labels.map(({ place }) => place);
  return await renderChart({
    title,
    subtitle,
    description: `${classScores.map((score, place) => `${score.name}: recall ${recalls[place]}`).join('; ')}.`,
    width: marginLeft + side + marginRight,
    plots: [
      {
        height: marginTop + side + 8,
        marginLeft,
        marginRight,
        marginTop,
        marginBottom: 8,
        x: { type: 'band', domain: places, padding: 0, axis: null },
        y: { type: 'band', domain: places, padding: 0, axis: null },
        marks: [
          ...cellMarks(plot, cellsOf(parts), cell),
          ...gridMarks(plot, places, cell),
          ...nameMarks(plot, labels),
        ],
      },
    ],
  });
}

const cellSize = (classes: number) =>
  classes > 30 ? 26 : classes > 15 ? 32 : classes > 8 ? 40 : 52;

/** The cells that have images. */
function cellsOf({ classScores, confused }: ConfusionParts): Cell[] {
  const rows = new Map(classScores.map(({ name, images }, row) => [name, { row, images }]));
  const right = classScores.map(({ name, right: images }) => {
    return { truth: name, prediction: name, images };
  });
  return [...right, ...confused].flatMap(({ truth, prediction, images }) => {
    const [of, column] = [rows.get(truth), rows.get(prediction)?.row];
    return of === undefined || column === undefined || images === 0
      ? []
      : [{ row: of.row, column, images, share: images / of.images }];
  });
}

function cellMarks(plot: Plot, cells: readonly Cell[], size: number): Markish[] {
  const place = { x: 'column', y: 'row' };
  const filled = [ink.first, ink.wrong].map((fill, isWrong) =>
    plot.cell(
      cells.filter(({ row, column }) => Number(row !== column) === isWrong),
      { ...place, fill, fillOpacity: { value: 'share', scale: null }, inset: 0 },
    ),
  );
  const numbers = [ink.text, ink.paper].map((fill, isDark) =>
    plot.text(
      cells.filter(({ share }) => Number(share > 0.55) === isDark),
      {
        ...place,
        text: 'images',
        fill,
        fontSize: { value: ({ images }: Cell) => digitsSize(images, size), scale: null } as never,
      },
    ),
  );
  return [...filled, ...numbers];
}

/** Letters with which a cell holds the number. */
const digitsSize = (images: number, size: number) =>
  Math.min(13, size / 2.4, (1.5 * size) / `${images}`.length);

/** Lines around the cells, at the upper and left edge of each and at the ends. */
function gridMarks(plot: Plot, places: readonly number[], size: number): Markish[] {
  const line = { stroke: ink.grid };
  const last = places.slice(-1);
  const near = -size / 2;
  return [
    plot.ruleX(places, { ...line, dx: near }),
    plot.ruleX(last, { ...line, dx: -near }),
    plot.ruleY(places, { ...line, dy: near }),
    plot.ruleY(last, { ...line, dy: -near }),
  ];
}

interface Label {
  name: string;
  place: number;
  recall: string | undefined;
}

function nameMarks(plot: Plot, labels: readonly Label[]): Markish[] {
  const text = { fill: ink.text, text: 'name' };
  return [
    plot.text(labels, { ...text, y: 'place', frameAnchor: 'left', textAnchor: 'end', dx: -10 }),
    plot.text(labels, {
      ...text,
      x: 'place',
      frameAnchor: 'top',
      textAnchor: 'start',
      lineAnchor: 'bottom',
      rotate: -45,
      dy: -8,
    }),
    plot.text(labels, {
      y: 'place',
      text: 'recall',
      fill: ink.quiet,
      frameAnchor: 'right',
      textAnchor: 'start',
      dx: 12,
    }),
    plot.text(['recall'], {
      fill: ink.quiet,
      frameAnchor: 'top-right',
      textAnchor: 'start',
      lineAnchor: 'bottom',
      dx: 12,
      dy: -8,
    }),
  ];
}

const recallOf = ({ recall, images }: ClassScore): string =>
  `${recall === undefined ? '–' : percent(recall)} of ${images}`;
