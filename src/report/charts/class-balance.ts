/** The balance of classes: how many images each has, by split. */
import { count } from '../../plural.js';
import { rowsChart } from './bars.js';
import { percent } from './numbers.js';
import { type Chart, usualWidth, type Words } from './render.js';
import { seriesStyle } from './theme.js';

/** The images of one class. */
export interface ClassCount {
  name: string;
  /** By split, e.g. `{ train: 400, validation: 100 }`; of all classes the same splits in the same order. */
  images: Readonly<Record<string, number>>;
}

export interface BalanceParts extends Words {
  classes: readonly ClassCount[];
  width?: number;
}

/** Of more classes, the most frequent and the least frequent are shown. */
const mostRows = 40;
const frequent = 25;

/** A bar for each class, of a part for each split; beside it all of its images and their share. */
export async function classBalanceChart({
  classes,
  width = usualWidth,
  title,
  subtitle,
}: BalanceParts): Promise<Chart> {
  const splits = Object.keys(classes[0]?.images ?? {});
  const totals = classes.map((each) => ({ ...each, total: sumOf(each) }));
  const all = totals.reduce((sum, { total }) => sum + total, 0);
  const { shown, which } = chosen(totals);
  const rows = shown.map(({ name, total }) => ({
    names: [name],
    end: total,
    note: `${total} (${percent(total / (all || 1), total * 20 < all ? 1 : 0)})`,
  }));
  const parts = shown.flatMap(({ images }, place) =>
    splits.map((split) => ({ place, split, images: images[split] ?? 0 })),
  );
  return await rowsChart({
    title,
    subtitle: subtitle ?? which,
    description: `${count(all, 'image')} of ${count(classes.length, 'class', 'classes')}. ${rows.map(({ names, note }) => `${names}: ${note}`).join('; ')}`,
    width,
    key: splits.map((name, index) => ({ name, colour: seriesStyle(index).colour, shape: 'bar' })),
    rows,
    domain: [0, Math.max(1, ...totals.map(({ total }) => total))],
    none: 'no classes',
    axis: { label: 'images' },
    marks: (plot) => [
      plot.barX(parts, {
        y: 'place',
        x: 'images',
        fill: ({ split }: { split: string }) => seriesStyle(splits.indexOf(split)).colour,
      }),
    ],
  });
}

const sumOf = ({ images }: ClassCount) =>
  Object.values(images).reduce((sum, each) => sum + each, 0);

function chosen<Class extends { total: number }>(classes: readonly Class[]) {
  if (classes.length <= mostRows) {
    return { shown: [...classes], which: undefined };
  }
  const sorted = [...classes].sort((a, b) => b.total - a.total);
  const rare = mostRows - frequent;
  return {
    shown: [...sorted.slice(0, frequent), ...sorted.slice(-rare)],
    which: `The ${frequent} most and the ${rare} least frequent of ${classes.length} classes`,
  };
}
