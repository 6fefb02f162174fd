/** Draws which classes were taken for which, as bars: what remains legible of the confusion of many classes. */
import type { ClassScore, Confused } from '../evaluation/index.js';
import { shorten } from '../width.js';
import { type Drawing, ink, text, unitsOf } from './drawing.js';

const mostPairs = 30;
const longestName = 40;
const pitch = 28;
const top = 84;
const longestBar = 320;
const name = { size: 12 };

/** The pairs of truth and prediction with the most images, with each the share of the truth's images. */
export function confusedPairs({
  title,
  classScores,
  confused,
}: {
  title: string;
  classScores: readonly ClassScore[];
  confused: readonly Confused[];
}): Drawing {
  const images = new Map(classScores.map((score) => [score.name, score.images]));
  const shown = confused.slice(0, mostPairs).map((pair) => ({
    label: `${shorten(pair.truth, longestName)} → ${shorten(pair.prediction, longestName)}`,
    images: pair.images,
    of: images.get(pair.truth) ?? pair.images,
  }));
  const titleStyle = { size: 17, bold: true };
  const left = 34 + Math.max(0, ...shown.map(({ label }) => unitsOf(label, name)));
  const most = shown[0]?.images ?? 1;
  const elements = [
    text(24, 32, title, titleStyle),
    text(24, 54, subtitle(shown.length, confused.length), { size: 12, colour: ink.quiet }),
  ];
  shown.forEach(({ label, images: wrong, of }, row) => {
    const middle = top + (row + 0.5) * pitch;
    const bar = (wrong / most) * longestBar;
    const share = `${wrong} of ${of} (${((100 * wrong) / of).toFixed(0)} %)`;
    elements.push(
      text(left - 10, middle + 4, label, { ...name, anchor: 'end' }),
      `<rect x="${left}" y="${middle - 8}" width="${bar.toFixed(1)}" height="16" fill="${ink.wrong}"/>`,
      text(left + bar + 8, middle + 4, share, { size: 12, colour: ink.quiet }),
    );
  });
  const width = Math.max(left + longestBar + 150, 48 + unitsOf(title, titleStyle), 900);
  return { width: Math.ceil(width), height: top + shown.length * pitch + 30, elements };
}

function subtitle(shown: number, all: number): string {
  if (all === 0) {
    return 'No mistakes.';
  }
  const which = shown < all ? `The ${shown} most frequent of ${all}` : 'All';
  return `${which} confusions, truth → prediction. Beside each bar: of how many images of the true class`;
}
