/** The curves of a run, of a range test and of a search, by the elements of their drawing. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { axisOf } from '../../src/report/axis.js';
import { type CurvePoint, curves } from '../../src/report/curves.js';
import { toSvg } from '../../src/report/drawing.js';
import { rangeTestDrawing } from '../../src/report/range-test.js';
import { trialsDrawing } from '../../src/report/trials.js';

const svgOf = (history: CurvePoint[]) => toSvg(curves(history, 't'));
const textsOf = (svg: string) => [...svg.matchAll(/<text [^>]*>([^<]*)</g)].map(([, text]) => text);

test('when losses are great, then their axis has short numbers, which are not cut at the left', () => {
  const { ticks, label } = axisOf([538_197], { floor: 0 });
  assert.deepEqual(ticks.map(label), ['0', '200K', '400K', '600K']);
  const texts = textsOf(svgOf([{ epoch: 1, loss: 538_197.875, accuracy: 0.1 }]));
  assert.ok(texts.includes('600K') && texts.includes('538K'), texts.join(' '));
});

test('when values are small, then their axis has the digits that they need', () => {
  const labelsOf = (most: number) => {
    const { ticks, label } = axisOf([most], { floor: 0 });
    return ticks.map(label);
  };
  assert.deepEqual(labelsOf(0.02), ['0.000', '0.005', '0.010', '0.015', '0.020']);
  assert.deepEqual(labelsOf(1e-6), ['0', '2e-7', '4e-7', '6e-7', '8e-7', '1e-6']);
});

test('when the last loss is not finite, then the label says so, and the line has a gap with a cross', () => {
  const validation = [1.9, Number.NaN, 1.5, null as unknown as number];
  const history = validation.map((validationLoss, index) => {
    return { epoch: index + 1, loss: 2, accuracy: 0.5, validationLoss, validationAccuracy: 0.5 };
  });
  const svg = svgOf(history);
  const texts = textsOf(svg);
  assert.ok(texts.includes('not finite'), texts.join(' '));
  assert.ok(!texts.includes('1.500'), texts.join(' '));
  assert.equal(svg.match(/<path d="M[^"]*l8 8m-8 0l8 -8"/g)?.length, 2);
  assert.doesNotMatch(svg, /NaN|Infinity/);
});

test('when no loss is finite, then the curves are drawn all the same', () => {
  const svg = svgOf([{ epoch: 1, loss: Number.NaN, accuracy: 0 }]);
  assert.doesNotMatch(svg, /NaN|Infinity/);
  assert.doesNotMatch(svgOf([]), /NaN|Infinity/);
});

test('when epochs have the same validation accuracy, then the one of the lowest loss, then the earliest is marked', () => {
  const history = [
    [0.4, 1],
    [0.5, 0.9],
    [0.5, 0.8],
    [0.5, 0.8],
    [0.3, 0.1],
  ].map(([validationAccuracy, validationLoss], index) => {
    return { epoch: index + 1, loss: 1, accuracy: 0.5, validationAccuracy, validationLoss };
  });
  assert.ok(textsOf(svgOf(history)).includes('○ best epoch: 3'));
});

test('when the history has learning rates, then they have a panel of their own', () => {
  const point = { epoch: 1, loss: 1, accuracy: 0.5 };
  assert.ok(!textsOf(svgOf([point])).includes('Learning rate'));
  const texts = textsOf(svgOf([{ ...point, learningRate: 0.02 }]));
  assert.ok(texts.includes('Learning rate') && texts.includes('0.020'), texts.join(' '));
});

test('when a range test is drawn, then its axis has the powers of ten, and what diverges stays on the paper', () => {
  const points = [2, 2, 1, 1e9, Number.NaN].map((loss, index) => {
    return { step: index + 1, learningRate: 10 ** (index - 4), loss, smoothedLoss: loss };
  });
  const svg = toSvg(rangeTestDrawing({ points, suggestion: 0.0123 }, 't'));
  const texts = textsOf(svg);
  for (const shown of ['0.0001', '0.001', '0.01', '0.1', '1', 'suggested: 0.012']) {
    assert.ok(texts.includes(shown), texts.join(' '));
  }
  assert.doesNotMatch(svg, /NaN|Infinity/);
  const places = [...svg.matchAll(/cy="([^"]+)"/g)].map(([, y]) => Number(y));
  assert.equal(places.length, 4);
  assert.ok(
    places.every((y) => y >= 64 && y <= 372),
    places.join(' '),
  );
});

test('when a search is drawn, then each result has a dot, failures have none, and the line is the lowest loss so far', () => {
  const losses = [2, null, 3, 1, 1.5, 900];
  const results = losses.map((loss, trial) => {
    return { trial, epochs: trial === 3 ? 6 : 2, loss, seconds: 60 };
  });
  const svg = toSvg(trialsDrawing(results, 't'));
  const texts = textsOf(svg);
  assert.ok(
    texts.includes('minutes of training') && texts.includes('● after 6 epochs, grey after fewer'),
  );
  assert.equal(svg.match(/<circle /g)?.length, 5);
  const [, stairs = ''] = /<polyline points="([^"]*)"/.exec(svg) ?? [];
  const heights = stairs.split(' ').map((point) => Number(point.split(',')[1]));
  // Two corners for each result after the first: 2, then 1.
  assert.equal(heights.length, 9);
  assert.deepEqual(new Set(heights).size, 2);
  assert.deepEqual(
    heights,
    [...heights].sort((a, b) => a - b),
  );
  assert.doesNotMatch(toSvg(trialsDrawing([], 't')), /NaN|Infinity/);
});
