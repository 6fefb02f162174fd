/** Draws confusion.png: how often each class was predicted as each class; of many classes the pairs most confused. */
import { checkArguments, list, type ShapeOf, text as words } from '../arguments.js';
import type { ClassScore, Confused } from '../evaluation/index.js';
import { shorten } from '../width.js';
import { confusedPairs } from './confused-pairs.js';
import { type Drawing, ink, savePicture, text, unitsOf } from './drawing.js';

/** What an {@link Evaluation} says about the classes of a task, with a title. */
export interface ConfusionPicture {
  title: string;
  classScores: readonly ClassScore[];
  confused: readonly Confused[];
}

const shape = {
  title: words('a title'),
  classScores: list('the scores of the classes'),
  confused: list('a list of confused classes'),
} satisfies ShapeOf<ConfusionPicture>;

/** With more classes a matrix is larger than a screen. */
const mostRows = 40;

const longestLabel = 36;
const label = { size: 12 };

/**
 * Writes the PNG `file`: up to 40 classes as a matrix, in which the shade of a cell is its share of its row; more classes as
 * bars for the 30 pairs of truth and prediction that occur most.
 *
 * @throws InvalidInputError when an argument is unknown, missing or of another kind.
 */
export async function drawConfusion(picture: ConfusionPicture, file: string): Promise<void> {
  checkArguments('drawConfusion', picture, shape);
  const isSmall = picture.classScores.length <= mostRows;
  await savePicture(isSmall ? matrix(picture) : confusedPairs(picture), file);
}

/** Where the cells are. */
interface Grid {
  left: number;
  top: number;
  cell: number;
  classes: number;
}

function matrix({ title, classScores, confused }: ConfusionPicture): Drawing {
  const labels = classScores.map(({ name }) => shorten(name, longestLabel));
  const longest = Math.max(...labels.map((each) => unitsOf(each, label)));
  // A label above its column leans to the right by 45 degrees.
  const leaning = longest * Math.SQRT1_2;
  const cell = labels.length > 15 ? 38 : 52;
  const grid = { left: 34 + longest, top: 84 + leaning, cell, classes: labels.length };
  const side = grid.cell * grid.classes;
  const right = grid.left + side;
  const titleStyle = { size: 17, bold: true };
  const elements = [
    text(24, 32, title, titleStyle),
    text(24, 54, 'rows: truth, columns: prediction', { size: 12, colour: ink.quiet }),
    ...cells(classScores, confused, grid),
    ...lines(grid),
    text(right + 12, grid.top - 10, 'recall', { size: 12, colour: ink.quiet }),
  ];
  labels.forEach((name, index) => {
    const middle = (index + 0.5) * cell;
    elements.push(
      text(grid.left - 10, grid.top + middle + 4, name, { ...label, anchor: 'end' }),
      text(grid.left + middle, grid.top - 10, name, { ...label, turn: -45 }),
      text(right + 12, grid.top + middle + 5, recallOf(classScores[index] as ClassScore), {
        size: 12,
        colour: ink.quiet,
      }),
    );
  });
  const width = Math.max(right + 140, right + leaning, 48 + unitsOf(title, titleStyle));
  return { width: Math.ceil(width), height: Math.ceil(grid.top + side + 30), elements };
}

/** The cells that have images, coloured, with their numbers. */
function cells(
  classScores: readonly ClassScore[],
  confused: readonly Confused[],
  grid: Grid,
): string[] {
  const rows = new Map(classScores.map(({ name, images }, row) => [name, { row, images }]));
  const right = classScores.map(({ name, right: images }) => {
    return { truth: name, prediction: name, images };
  });
  return [...right, ...confused].flatMap(({ truth, prediction, images }) => {
    const [of, column] = [rows.get(truth), rows.get(prediction)?.row];
    if (of === undefined || column === undefined || images === 0) {
      return [];
    }
    const colour = truth === prediction ? ink.first : ink.wrong;
    return cellOf({ row: of.row, column, images, share: images / of.images, colour }, grid);
  });
}

interface Cell {
  row: number;
  column: number;
  images: number;
  /** Of the row's images. */
  share: number;
  colour: string;
}

function cellOf({ row, column, images, share, colour }: Cell, grid: Grid): string[] {
  const { left, top, cell } = grid;
  const [x, y] = [left + column * cell, top + row * cell];
  const number = `${images}`;
  const size = Math.min(13, (1.4 * cell) / number.length);
  return [
    `<rect x="${x}" y="${y}" width="${cell}" height="${cell}" fill="${colour}" fill-opacity="${share.toFixed(3)}"/>`,
    text(x + cell / 2, y + cell / 2 + 5, number, {
      size,
      anchor: 'middle',
      colour: share > 0.55 ? ink.paper : ink.text,
    }),
  ];
}

function lines({ left, top, cell, classes }: Grid): string[] {
  const side = cell * classes;
  return Array.from({ length: classes + 1 }, (_, index) => {
    const [x, y] = [left + index * cell, top + index * cell];
    return `<path d="M${x} ${top}v${side}M${left} ${y}h${side}" stroke="${ink.grid}"/>`;
  });
}

const recallOf = ({ recall, images }: ClassScore): string =>
  `${recall === undefined ? '–' : `${(100 * recall).toFixed(0)} %`}  of ${images}`;
