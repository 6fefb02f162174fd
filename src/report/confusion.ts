/** Draws confusion.png: how often each class (rows) was predicted as each class (columns). */
import { type Drawing, ink, savePicture, shorten, text } from './drawing.js';

/** A matrix of counts and the class names of its rows and columns. */
export interface ConfusionPicture {
  title: string;
  classes: string[];
  /** `counts[truth][prediction]`, whole numbers. */
  counts: number[][];
}

const cell = 52;
const margin = { left: 170, right: 130, bottom: 30 };
const longestLabel = 22;

/** Writes the matrix to the PNG `file`. The shade of a cell is its share of its row. */
export async function drawConfusion(picture: ConfusionPicture, file: string): Promise<void> {
  await savePicture(confusion(picture), file);
}

function confusion({ title, classes, counts }: ConfusionPicture): Drawing {
  const side = classes.length * cell;
  const labels = classes.map((name) => shorten(name, longestLabel));
  const top = 84 + 6 * Math.max(...labels.map((label) => label.length));
  const width = Math.max(margin.left + side + margin.right, 24 + title.length * 10);
  const elements = [
    text(24, 32, title, { size: 17, bold: true }),
    text(24, 54, 'rows: truth, columns: prediction', { size: 12, colour: ink.quiet }),
    text(margin.left + side + 12, top - 10, 'recall', { size: 12, colour: ink.quiet }),
  ];
  labels.forEach((label, index) => {
    const middle = (index + 0.5) * cell;
    elements.push(
      text(margin.left - 10, top + middle + 4, label, {
        size: 12,
        anchor: 'end',
      }),
      text(margin.left + middle, top - 10, label, { size: 12, turn: -45 }),
      ...row(counts[index] ?? [], index, top + index * cell),
    );
  });
  elements.push(
    `<rect x="${margin.left}" y="${top}" width="${side}" height="${side}" fill="none" stroke="${ink.grid}"/>`,
  );
  return { width, height: top + side + margin.bottom, elements };
}

function row(counts: number[], truth: number, y: number): string[] {
  const total = counts.reduce((sum, count) => sum + count, 0);
  const cells = counts.flatMap((count, prediction) => {
    const share = total === 0 ? 0 : count / total;
    const x = margin.left + prediction * cell;
    const colour = prediction === truth ? ink.first : ink.wrong;
    const number =
      count === 0
        ? []
        : [
            text(x + cell / 2, y + cell / 2 + 5, `${count}`, {
              anchor: 'middle',
              colour: share > 0.55 ? ink.paper : ink.text,
            }),
          ];
    return [
      `<rect x="${x}" y="${y}" width="${cell}" height="${cell}" fill="${colour}" fill-opacity="${share.toFixed(3)}" stroke="${ink.grid}"/>`,
      ...number,
    ];
  });
  const recall = total === 0 ? '–' : `${((100 * (counts[truth] ?? 0)) / total).toFixed(0)} %`;
  return [
    ...cells,
    text(margin.left + counts.length * cell + 12, y + cell / 2 + 5, `${recall}  of ${total}`, {
      size: 12,
      colour: ink.quiet,
    }),
  ];
}
