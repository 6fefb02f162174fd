/** The charts, by the elements of their SVG: where marks lie, by the ticks beside them, and what is drawn of odd data. */
import assert from 'node:assert/strict';
import path from 'node:path';
import { test } from 'node:test';
import { DOMParser } from '@xmldom/xmldom';
import sharp from 'sharp';
import type { ClassScore } from '../../src/evaluation/index.js';
import {
  accuracyChart,
  arrange,
  type Chart,
  type CurvePoint,
  classBalanceChart,
  confusedPairsChart,
  confusionChart,
  imageSizesChart,
  learningRateChart,
  lossChart,
  precisionCoverageChart,
  rangeTestChart,
  reliabilityChart,
  scoreIntervalsChart,
  speedChart,
  trialsChart,
  waitShareChart,
} from '../../src/report/charts/index.js';
import { tickLabel } from '../../src/report/charts/numbers.js';
import { withLightColours } from '../../src/report/charts/theme.js';
import { paint } from '../../src/report/paint.js';
import { temporaryFolder } from '../support/folders.js';

const folder = temporaryFolder();
// From then on the font of charts is there for all that is drawn.
await paint((await lossChart([])).svg, path.join(folder, 'first.png'));

interface Element {
  tagName: string;
  textContent: string;
  parentNode: Element | null;
  getAttribute(name: string): string | null;
}

/** The elements `tag` below the groups with this label, which Plot names after its marks. */
function marks(svg: string, label: string, tag: string): Element[] {
  const found = new DOMParser({ onError: (_, message) => assert.fail(message) })
    .parseFromString(svg, 'image/svg+xml')
    .getElementsByTagName(tag) as unknown as Iterable<Element>;
  // What is clipped has a group of its own.
  return [...found].filter(({ parentNode: group }) =>
    [group, group?.parentNode].some((each) => each?.getAttribute?.('aria-label') === label),
  );
}

const textsOf = (svg: string) => [...svg.matchAll(/<text [^>]*>([^<]*)</g)].map(([, text]) => text);

const numberOf = (element: Element, name: string) => Number(element.getAttribute(name));

/** The value at a place of an axis, by its first and last tick. */
function scaleOf(
  svg: string,
  axis: 'x' | 'y',
  measure: (value: number) => number = (value) => value,
) {
  const ticks = marks(svg, `${axis}-axis tick label`, 'text').map((tick) => {
    const [, x, y] =
      /translate\(([-\d.]+),([-\d.]+)\)/.exec(tick.getAttribute('transform') ?? '') ?? [];
    const value = measure(Number.parseFloat(tick.textContent));
    return { place: Number(axis === 'x' ? x : y), value };
  });
  const [first, last] = [ticks[0], ticks.at(-1)];
  assert.ok(first !== undefined && last !== undefined && ticks.length > 1);
  const unit = (last.value - first.value) / (last.place - first.place);
  return (place: number) => first.value + (place - first.place) * unit;
}

const near = (a: number, b: number, within: number) =>
  assert.ok(Math.abs(a - b) <= within, `${a} is not ${b}`);

const epochs = (losses: (number | null)[]): CurvePoint[] =>
  losses.map((loss, index) => ({
    epoch: index + 1,
    loss: 2 / (index + 1),
    accuracy: 0.5,
    validationLoss: loss as number,
    validationAccuracy: 0.4 + 0.01 * index,
  }));

test('when losses are drawn, then each dot lies where the ticks of both axes say, and the best epoch is marked', async () => {
  const history = epochs([1.9, 1.2, 1.5, 0.7]);
  const { svg } = await lossChart(history, { best: 2 });
  const [x, y] = [scaleOf(svg, 'x'), scaleOf(svg, 'y')];
  const dots = marks(svg, 'dot', 'circle').map((dot) => {
    return { x: x(numberOf(dot, 'cx')), y: y(numberOf(dot, 'cy')), r: numberOf(dot, 'r') };
  });
  const drawn = dots.filter(({ r }) => r < 5);
  const expected = [...history.map(({ loss }) => loss), 1.9, 1.2, 1.5, 0.7];
  assert.equal(drawn.length, 8);
  for (const [index, dot] of drawn.entries()) {
    near(dot.x, (index % 4) + 1, 0.01);
    near(dot.y, expected[index] as number, 0.01);
  }
  const [ring] = dots.filter(({ r }) => r > 5);
  assert.ok(ring !== undefined);
  near(ring.x, 2, 0.01);
  near(ring.y, 1.2, 0.01);
  assert.ok(textsOf(svg).includes('best epoch: 2'));
});

test('when epochs have the same validation accuracy, then the one of the lowest loss, then the earliest is marked', async () => {
  const history = [
    [0.4, 1],
    [0.5, 0.9],
    [0.5, 0.8],
    [0.5, 0.8],
    [0.3, 0.1],
  ].map(([validationAccuracy, validationLoss], index) => {
    return { epoch: index + 1, loss: 1, accuracy: 0.5, validationAccuracy, validationLoss };
  });
  assert.ok(textsOf((await accuracyChart(history)).svg).includes('best epoch: 3'));
});

test('when losses are not finite, then the label says so, and the line has a gap with a cross', async () => {
  const { svg } = await lossChart(epochs([1.9, Number.NaN, 1.5, null]));
  assert.ok(textsOf(svg).includes('not finite'));
  assert.ok(!textsOf(svg).includes('1.500'));
  assert.equal(marks(svg, 'dot', 'path').length, 2);
  const [, line = ''] = marks(svg, 'line', 'path').map((each) => each.getAttribute('d') ?? '');
  assert.equal(line.match(/M/g)?.length, 2);
});

test('when ticks are great or small, then they have the digits that they need', () => {
  const labels = (ticks: number[]) => ticks.map((tick, index) => tickLabel(tick, index, ticks));
  assert.deepEqual(labels([0, 200_000, 400_000]), ['0', '200K', '400K']);
  assert.deepEqual(labels([0, 0.005, 0.01]), ['0.000', '0.005', '0.010']);
  assert.deepEqual(labels([0, 2e-7, 4e-7]), ['0', '2e-7', '4e-7']);
  assert.deepEqual(labels([0, 5, 10]), ['0', '5', '10']);
});

test('when a range test is drawn, then rates lie on a logarithmic axis, and what diverges stays on the paper', async () => {
  const points = [2, 2, 1, 1e9, Number.NaN].map((loss, index) => {
    return { step: index + 1, learningRate: 10 ** (index - 4), loss, smoothedLoss: loss };
  });
  const { svg } = await rangeTestChart({ title: 't', test: { points, suggestion: 0.0123 } });
  const texts = textsOf(svg);
  for (const shown of ['0.0001', '0.001', '0.01', '0.1', '1', 'suggested: 0.012']) {
    assert.ok(texts.includes(shown), texts.join(' '));
  }
  const [x, y] = [scaleOf(svg, 'x', Math.log10), scaleOf(svg, 'y')];
  const dots = marks(svg, 'dot', 'circle');
  assert.equal(dots.length, 4);
  for (const [index, loss] of [2, 2, 1, 3].entries()) {
    near(x(numberOf(dots[index] as Element, 'cx')), index - 4, 0.02);
    near(y(numberOf(dots[index] as Element, 'cy')), loss, 0.02);
  }
  const [rule] = marks(svg, 'rule', 'line');
  near(x(numberOf(rule as Element, 'x1')), Math.log10(0.0123), 0.02);
});

test('when a search is drawn, then each result has a dot, failures have none, and the line is the lowest loss so far', async () => {
  const results = [2, null, 3, 1, 1.5, 900].map((loss, trial) => {
    return { trial, epochs: trial === 3 ? 6 : 2, loss, seconds: 60 };
  });
  const { svg } = await trialsChart({ title: 't', results });
  const texts = textsOf(svg);
  assert.ok(texts.includes('minutes of training') && texts.includes('after 6 epochs'));
  const [x, y] = [scaleOf(svg, 'x'), scaleOf(svg, 'y')];
  const dots = marks(svg, 'dot', 'circle').map((dot) =>
    [x(numberOf(dot, 'cx')), y(numberOf(dot, 'cy'))].map((value) => value.toFixed(1)).join(' '),
  );
  assert.deepEqual(dots.sort(), ['1.0 2.0', '3.0 3.0', '4.0 1.0', '5.0 1.5', '6.0 3.0']);
  const [stairs] = marks(svg, 'line', 'path');
  const corners = [...(stairs?.getAttribute('d') ?? '').matchAll(/[ML,]([\d.]+),([\d.]+)/g)];
  const heights = corners.map(([, , height]) => y(Number(height)).toFixed(1));
  assert.deepEqual(new Set(heights), new Set(['2.0', '1.0']));
});

const classScore = (name: string, images: number, right: number): ClassScore => ({
  name,
  images,
  predicted: right,
  right,
  ...(images > 0 && { recall: right / images }),
});

test('when answers are confused, then a cell has its number and its share of the row, in the row of the truth', async () => {
  const { svg } = await confusionChart({
    title: 't',
    classScores: [classScore('a', 10, 6), classScore('b', 4, 4), classScore('c', 0, 0)],
    confused: [{ truth: 'a', prediction: 'c', images: 4 }],
  });
  const cells = marks(svg, 'cell', 'rect').map((cell) => ({
    row: numberOf(cell, 'y'),
    column: numberOf(cell, 'x'),
    share: numberOf(cell, 'fill-opacity'),
  }));
  assert.deepEqual(
    cells.map(({ share }) => share),
    [0.6, 1, 0.4],
  );
  const [aa, bb, ac] = cells as [(typeof cells)[0], (typeof cells)[0], (typeof cells)[0]];
  assert.equal(ac.row, aa.row);
  near(bb.row - aa.row, 52, 0.1);
  near(ac.column - aa.column, 104, 0.1);
  assert.ok(
    ['6', '4', '60 % of 10', '100 % of 4', '– of 0'].every((each) => textsOf(svg).includes(each)),
  );
});

test('when intervals have answers, then their bars reach their accuracy and the counts', async () => {
  const bins = [
    { from: 0, to: 0.5, images: 0, confidence: Number.NaN, accuracy: Number.NaN },
    { from: 0.5, to: 1, images: 80, confidence: 0.9, accuracy: 0.75 },
  ];
  const { svg } = await reliabilityChart({ title: 't', bins });
  const [above = '', below = ''] = svg
    .split('<svg ')
    .slice(2)
    .map((plot) => `<svg ${plot}`);
  const [upper, lower] = [above, below.replace(/<\/svg>\s*$/, '')].map((plot) => {
    const [bar, ...others] = marks(plot, 'rect', 'rect') as [Element, ...Element[]];
    assert.equal(others.length, 0);
    const [x, y] = [scaleOf(plot, 'x'), scaleOf(plot, 'y')];
    near(x(numberOf(bar, 'x')), 50, 1);
    return y(numberOf(bar, 'y'));
  });
  near(upper as number, 75, 0.2);
  near(lower as number, 80, 0.5);
});

test('when scores have intervals, then lines go from end to end, and what has no score has no mark', async () => {
  const rows = [
    { name: 'a', value: 0.5, low: 0.4, high: 0.7 },
    { name: 'b' },
    { name: 'c', value: 0.6 },
  ];
  const { svg } = await scoreIntervalsChart({
    title: 't',
    rows,
    score: 'accuracy',
    floor: 0,
    ceiling: 1,
  });
  const x = scaleOf(svg, 'x');
  const [line, ...lines] = marks(svg, 'rule', 'line') as [Element, ...Element[]];
  assert.equal(lines.length, 0);
  near(x(numberOf(line, 'x1')), 0.4, 0.005);
  near(x(numberOf(line, 'x2')), 0.7, 0.005);
  const dots = marks(svg, 'dot', 'circle').map((dot) => x(numberOf(dot, 'cx')));
  assert.equal(dots.length, 2);
  near(dots[1] as number, 0.6, 0.005);
  assert.ok(textsOf(svg).includes('0.500  (0.400–0.700)') && textsOf(svg).includes('–'));
});

test('when there are thousands of sizes, then near ones become one dot whose area is their number', async () => {
  const sizes = Array.from({ length: 2000 }, (_, index) => {
    return { width: 200 + index, height: index < 1000 ? 300 : 900, images: 1 };
  });
  const { svg } = await imageSizesChart({ title: 't', sizes });
  const radii = marks(svg, 'dot', 'circle').map((dot) => numberOf(dot, 'r'));
  assert.ok(radii.length < 100, `${radii.length} dots`);
  const areas = radii.reduce((sum, radius) => sum + radius ** 2, 0);
  const [, most] = /pixels \((\d+)\)/.exec(svg) ?? [];
  near((areas / Math.max(...radii) ** 2) * Number(most), 2000, 40);
});

const long = 'a class of which the name is much longer than anything that fits <&"\u0007';
const names = Array.from({ length: 45 }, (_, index) => `${long} 帽子 ${index}`);
const odd = [Number.NaN, 1e12, -1e-9, Number.POSITIVE_INFINITY, 0.5];

/** Every chart without data, with one value, and with odd ones. */
const cases: Record<string, () => Promise<Chart>[]> = {
  'no data': () => [
    ...[lossChart, accuracyChart, learningRateChart, speedChart, waitShareChart].map((chart) =>
      chart([]),
    ),
    rangeTestChart({ title: '', test: { points: [], suggestion: undefined } }),
    trialsChart({ title: 't', results: [] }),
    confusionChart({ title: 't', classScores: [], confused: [] }),
    confusedPairsChart({ title: 't', classScores: [], confused: [] }),
    precisionCoverageChart({ title: 't', curves: [] }),
    reliabilityChart({ title: 't', bins: [] }),
    classBalanceChart({ title: 't', classes: [] }),
    imageSizesChart({ title: 't', sizes: [] }),
    scoreIntervalsChart({ title: 't', rows: [], score: 's' }),
  ],
  'one value': () => [
    lossChart([{ epoch: 7, loss: 538_197.875, accuracy: 0 }]),
    waitShareChart([{ epoch: 1, loss: 1, accuracy: 0, waitShare: 0 }]),
    trialsChart({ title: 't', results: [{ trial: 0, epochs: 1, loss: 0, seconds: 0 }] }),
    precisionCoverageChart({
      title: 't',
      curves: [{ name: 'n', points: [{ coverage: 1, precision: 1 }] }],
    }),
    imageSizesChart({ title: 't', sizes: [{ width: 1, height: 1, images: 1 }] }),
    classBalanceChart({ title: 't', classes: [{ name: '', images: { train: 0 } }] }),
    scoreIntervalsChart({ title: 't', rows: [{ name: 'n', value: 0 }], score: 's' }),
  ],
  'long names and odd numbers': () => [
    lossChart(epochs(odd), { title: long }),
    speedChart(
      odd.map((imagesPerSecond, index) => ({
        epoch: index * 1e6,
        loss: 1,
        accuracy: 1,
        imagesPerSecond,
      })),
    ),
    confusionChart({
      title: long,
      classScores: names.slice(0, 40).map((name) => classScore(name, 1e6, 5e5)),
      confused: [{ truth: names[0] as string, prediction: names[39] as string, images: 5e5 }],
    }),
    confusedPairsChart({
      title: long,
      classScores: names.map((name) => classScore(name, 1e6, 5e5)),
      confused: names.map((prediction) => ({ truth: names[0] as string, prediction, images: 5e5 })),
    }),
    classBalanceChart({
      title: long,
      classes: names.map((name) => ({ name, images: { [long]: 1e6 } })),
    }),
    precisionCoverageChart({
      title: long,
      curves: names.slice(0, 9).map((name) => ({
        name,
        points: odd.map((precision) => ({ coverage: 0.5, precision: Math.min(1, precision) })),
      })),
    }),
    scoreIntervalsChart({
      title: long,
      rows: names.map((name, index) => ({ name, value: odd[index % 5], low: 0, high: odd[4] })),
      score: long,
    }),
  ],
};

for (const [name, charts] of Object.entries(cases)) {
  test(`when charts have ${name}, then all numbers are finite, and nothing is drawn at the edge of the paper`, async () => {
    const drawn = await Promise.all(charts());
    for (const [index, { svg, width, height }] of drawn.entries()) {
      // A name may have these words; the attributes of marks may not.
      assert.doesNotMatch(svg, /="[^"]*(NaN|Infinity|undefined)[^"]*"/);
      assert.match(svg, /role="img"[^>]*>\s*<title>[^<]*<\/title>\s*<desc>[^<]*<\/desc>/);
      const half = await sharp(Buffer.from(withLightColours(svg)), { density: 36 })
        .greyscale()
        .raw()
        .toBuffer({ resolveWithObject: true });
      assert.ok(
        Math.abs(2 * half.info.width - width) <= 1 && Math.abs(2 * half.info.height - height) <= 1,
      );
      assert.deepEqual(darkAtEdge(half.data, half.info), 0, `chart ${index} of ${name}`);
    }
  });
}

/** The pixels at the four edges in which something is drawn. */
function darkAtEdge(pixels: Buffer, { width, height }: { width: number; height: number }): number {
  return pixels.filter((value, at) => {
    const [x, y] = [at % width, Math.floor(at / width)];
    return value < 235 && (x === 0 || y === 0 || x === width - 1 || y === height - 1);
  }).length;
}

test('when charts are arranged, then they stand beside each other at their own sizes, below the title', async () => {
  const [one, other] = await Promise.all([lossChart([]), accuracyChart([], { width: 300 })]);
  const all = arrange('a <title>', [[one, other], [one]]);
  assert.deepEqual([all.width, all.height], [780, 44 + 2 * one.height]);
  assert.match(all.svg, /<svg x="480" y="44" /);
  assert.ok(textsOf(all.svg).includes('a &lt;title&gt;'));
});
