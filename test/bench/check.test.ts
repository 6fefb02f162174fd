/** The outputs that a benchmark refuses before it times a contender. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  colourComplaint,
  resizeComplaint,
  shapeComplaint,
  windowsComplaint,
} from '../../bench/check/check.js';
import type { Contender } from '../../bench/contenders.js';

const contender: Contender = {
  name: 'one',
  program: { kind: 'node', file: 'one.ts' },
  loads: ['crop', 'everything'],
};

test('when images have another size or number of channels, then the shape is named', () => {
  assert.equal(shapeComplaint([224, 224, 3]), undefined);
  assert.equal(shapeComplaint([3, 224, 224]), undefined);
  assert.match(shapeComplaint([256, 256, 3]) ?? '', /256×256×3/);
  assert.match(shapeComplaint([224, 224, 4]) ?? '', /224×224×4/);
});

test('when a resize differs from Pillow’s, then only contenders known to differ pass', () => {
  const sharp = { median: 57, worst: 55, bias: 0.01 };
  assert.equal(resizeComplaint(sharp, contender), undefined);
  const jagged = { median: 39, worst: 26, bias: 0.1 };
  assert.match(resizeComplaint(jagged, contender) ?? '', /39.0 dB/);
  assert.equal(resizeComplaint(jagged, { ...contender, coarse: true }), undefined);
  assert.match(resizeComplaint({ ...sharp, bias: 2 }, contender) ?? '', /2.00 levels/);
  assert.match(resizeComplaint({ ...sharp, median: Number.NaN }, contender) ?? '', /NaN/);
});

test('when colours change too little, too much or unexpectedly, then the change is named', () => {
  const colours = { brightness: 0.23, contrast: 0.22, saturation: 0.25, hue: 0.06, noise: 5 };
  assert.equal(colourComplaint(colours, contender), undefined);
  // Only every second picture.
  assert.match(
    colourComplaint({ ...colours, contrast: 0.155 }, contender) ?? '',
    /contrast of 0.67/,
  );
  assert.match(colourComplaint({ ...colours, noise: 7.6 }, contender) ?? '', /noise of 1.52/);
  assert.match(colourComplaint(colours, { ...contender, lacks: ['hue'] }) ?? '', /hue of 1.04/);
  const silent = { ...colours, noise: 0.9 };
  assert.match(colourComplaint(silent, contender) ?? '', /noise of 0.18/);
  assert.equal(colourComplaint(silent, { ...contender, lacks: ['noise'] }), undefined);
});

test('when windows are truncated or never mirrored, then the fault is named', () => {
  const windows = { area: 0.44, ratio: -0.03, x: 0.5, y: 0.5, mirrored: 0.52 };
  assert.equal(windowsComplaint(windows, contender), undefined);
  assert.match(windowsComplaint({ ...windows, area: 0.51 }, contender) ?? '', /area of 0.510/);
  assert.match(windowsComplaint({ ...windows, area: 0.36 }, contender) ?? '', /area/);
  assert.equal(
    windowsComplaint({ ...windows, area: 0.36 }, { ...contender, area: 0.36 }),
    undefined,
  );
  assert.match(windowsComplaint({ ...windows, mirrored: 0 }, contender) ?? '', /mirrored of 0.000/);
});
