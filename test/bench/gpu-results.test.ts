/** Bounds for pixels on a GPU, the count of bytes, and the rows of the trials. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { agreementOf, disagreement } from '../../bench/check/agreement.js';
import {
  deviceCopy,
  gpuCellsOf,
  gpuRowsOf,
  kernelBytes,
  type NativeOutcome,
} from '../../bench/gpu/results.js';

test('when values differ, then the share within a level and the largest difference are returned', () => {
  const std = [128, 64, 32];
  const wanted = new Float32Array([0, 0, 0, 0.5, 0.5, 0.5]);
  // In levels 1, 0.5 and 2, then 0, 0 and 8.
  const actual = new Float32Array([1 / 128, 0.5 / 64, 2 / 32, 0.5, 0.5, 0.25]);
  assert.deepEqual(agreementOf(actual, wanted, std), { values: 6, within: 4 / 6, largest: 8 });
  assert.throws(
    () => agreementOf(actual, wanted.subarray(1), std),
    /Expected 5 values but received 6/,
  );
});

test('when a value is NaN, then its difference is infinite', () => {
  const wanted = new Float32Array([Number.NaN, 1, 2]);
  const { within, largest } = agreementOf(wanted, wanted, [1]);
  assert.deepEqual([within, largest], [2 / 3, Number.POSITIVE_INFINITY]);
});

test('when over 1% of the values differ by more or nothing was compared, then the pixels are refused', () => {
  const sound = { values: 1000, within: 0.99, largest: 200 };
  assert.equal(disagreement(sound), undefined);
  assert.match(disagreement({ ...sound, within: 0.98 }) ?? '', /98\.000% of 1000 .* 200\.0\/255/);
  assert.notEqual(disagreement({ values: 0, within: Number.NaN, largest: 0 }), undefined);
});

test('when a kernel renders views, then samples, jobs and values count once each', () => {
  // Two 4:2:0 windows of 400 × 300 into float16 views of 224².
  const kernel = { sampleBytes: 2 * 400 * 300 * 1.5, jobBytes: 400, size: 224, valueBytes: 2 };
  assert.equal(kernelBytes(2, kernel), 360_000 + 800 + 602_112);
});

const kernel = { sampleBytes: 6_000, jobBytes: 100, size: 10, valueBytes: 4 };
const trial = { batch: 0, images: 0, bytes: 0, kernel: null };
/** 16 views: 6,000 + 1,600 + 19,200 = 26,800 bytes. */
const round = (copySeconds: number, seconds: number): NativeOutcome => ({
  card: 'a card',
  trials: [
    { ...trial, what: deviceCopy, seconds: copySeconds, bytes: 268_000 },
    { ...trial, what: 'render', batch: 8, images: 16, seconds, kernel },
    { ...trial, what: 'decode', batch: 8, images: 16, seconds: 2 * seconds },
  ],
});

test('when rounds are done, then a row has medians, spread and the share of the copy in the same round', () => {
  const rows = gpuRowsOf([round(1e-6, 2e-7), round(2e-6, 4e-7), round(1e-6, 4e-7)]);
  assert.deepEqual(
    rows.map(({ what, batch }) => [what, batch]),
    [
      [deviceCopy, 0],
      ['render', 8],
      ['decode', 8],
    ],
  );
  const [copy, render, decode] = rows;
  assert.ok(Math.abs((copy?.gigabytesPerSecond ?? 0) - 268) < 1e-9);
  assert.equal(copy?.imagesPerSecond, null);
  assert.equal(copy?.shareOfCopy, null);
  assert.ok(Math.abs((render?.microsecondsPerImage ?? 0) - 0.025) < 1e-12);
  assert.ok(Math.abs((render?.gigabytesPerSecond ?? 0) - 67) < 1e-9);
  // 134 of 268, 67 of 134, 67 of 268.
  assert.ok(Math.abs((render?.shareOfCopy ?? 0) - 0.5) < 1e-9);
  assert.ok(Math.abs((render?.spread ?? 0) - 0.5) < 1e-9);
  assert.equal(decode?.gigabytesPerSecond, null);
  assert.ok(Math.abs((decode?.imagesPerSecond ?? 0) - 2e7) < 1);
});

test('when a row is shown, then measures that do not apply are dashes', () => {
  const [copy, render] = gpuRowsOf([round(1e-6, 2e-7)]);
  assert.deepEqual(copy && gpuCellsOf(copy), [deviceCopy, '–', '–', '–', '268.0', '–', '0%']);
  assert.deepEqual(render && gpuCellsOf(render), [
    'render',
    '8',
    '80000000',
    '0.01',
    '134.0',
    '50%',
    '0%',
  ]);
});

test('when a round lacks a trial or the copy, then there is no table', () => {
  const whole = round(1, 1);
  const cut = { ...whole, trials: whole.trials.slice(0, 2) };
  assert.throws(() => gpuRowsOf([whole, cut]), /decode × 8 is not a trial of each round/);
  assert.throws(() => gpuRowsOf([{ ...whole, trials: whole.trials.slice(1) }]), /copy on the/);
  assert.throws(() => gpuRowsOf([]), /at least one round/);
});
