/** `prepare --similar`: lists and draws images that are nearly the same in two splits. */
import path from 'node:path';
import type { Prepared } from '../dataset/index.js';
import { findSimilar, type SimilarImages } from '../features/index.js';
import { count } from '../plural.js';
import { drawPairs, type ProgressReporter } from '../report/index.js';

interface Flags {
  out: string;
  /** The threshold, or true for its default. */
  similar?: number | true;
}

/** The most pairs that the sheet shows. */
const mostShown = 30;

/** Writes the table and the sheet. @returns what was found, in sentences; none without the flag */
export async function reportSimilar(
  { manifest }: Prepared,
  { out, similar }: Flags,
  progress: ProgressReporter,
): Promise<string[]> {
  if (similar === undefined) {
    return [];
  }
  const [table, sheet] = [path.join(out, 'similar.csv'), path.join(out, 'similar.jpg')];
  const found = await findSimilar({
    manifest,
    table,
    threshold: similar === true ? undefined : similar,
    onProgress: (state) => progress.update({ label: 'comparing images', ...state }),
  });
  const shown = found.pairs.slice(0, mostShown).map(({ image, split, training, cosine }) => ({
    images: [image, training] as const,
    captions: [split, 'training'] as const,
    cosine,
  }));
  await drawPairs('Nearly the same in two splits', shown, sheet);
  return [...sentences(found), `Written: ${table} and ${sheet}`];
}

function sentences({ pairs, images, failures }: SimilarImages): string[] {
  const told = (['validation', 'question'] as const).flatMap((split) => {
    const found = pairs.filter((pair) => pair.split === split).length;
    const all = `of ${count(images[split], `${split} image`)}`;
    const verb = found === 1 ? 'repeats' : 'repeat';
    return images[split] === 0 ? [] : [`${found} ${all} nearly ${verb} a training image`];
  });
  const unread =
    failures.length > 0 ? [`${count(failures.length, 'image')} could not be read`] : [];
  return [...told, ...unread];
}
