/** The chart of which classes were taken for which: what remains legible of the confusion of many classes. */
import type { ClassScore, Confused } from '../../evaluation/index.js';
import { rowsChart } from './bars.js';
import { percent } from './numbers.js';
import type { Chart, Words } from './render.js';
import { ink } from './theme.js';

export interface ConfusionParts extends Words {
  classScores: readonly ClassScore[];
  /** The most frequent first. */
  confused: readonly Confused[];
  width?: number;
}

export interface PairsParts extends ConfusionParts {
  /** The most pairs that are shown; 30 unless it is given. */
  most?: number;
}

/** Bars for the pairs of truth and prediction with the most images, with each the share of the truth's images. */
export async function confusedPairsChart({
  classScores,
  confused,
  width = 720,
  most = 30,
  title,
  subtitle,
}: PairsParts): Promise<Chart> {
  const images = new Map(classScores.map((score) => [score.name, score.images]));
  const shown = confused.slice(0, most);
  const rows = shown.map(({ truth, prediction, images: wrong }) => {
    const of = images.get(truth) ?? wrong;
    const note = `${wrong} of ${of} (${percent(wrong / of)})`;
    return { names: [truth, prediction], end: wrong, note };
  });
  return await rowsChart({
    title,
    subtitle: subtitle ?? whichOf(shown.length, confused.length),
    description: rows.map(({ names, note }) => `${names.join(' taken for ')}: ${note}`).join('; '),
    width,
    rows,
    headings: rows.length > 0 ? ['truth', 'prediction'] : [],
    none: 'no mistakes',
    domain: [0, shown[0]?.images ?? 1],
    marks: (plot) => [
      plot.barX(rows, { y: (_: unknown, place: number) => place, x: 'end', fill: ink.wrong }),
    ],
  });
}

function whichOf(shown: number, all: number): string | undefined {
  const which = shown < all ? `The ${shown} most frequent of ${all}` : 'All';
  return all === 0
    ? undefined
    : `${which} confusions. Beside each bar: of how many images of the true class`;
}
