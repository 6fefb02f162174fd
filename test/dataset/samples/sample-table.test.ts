/** A table of samples gives what an array of them gives. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { digestOf, type Sample, type Samples, SampleTable } from '../../../src/dataset/index.js';

const labelsOf = (index: number) => [0, 3, 7].filter((label) => index % (label + 2) > 1);

const samples = Array.from({ length: 40 }, (_, index): Sample => {
  const hash = (index * 0x9e3779b1).toString(16).padStart(64, '0');
  return {
    path: index % 5 === 0 ? 'shards/0.tar' : `photos/ф${'ü'.repeat(index)}/${index}.jpg`,
    ...(index % 5 === 0 && { range: { offset: 2 ** 40 + index, length: index + 1 } }),
    ...(index % 6 === 1 && { box: [-index, index, 1e9, index + 1] as const }),
    task: `task ${index % 3}`,
    ...(index % 3 === 2 ? { label: -1, labels: labelsOf(index) } : { label: index % 7 }),
    maybe: index % 4 === 0 ? [1, index] : [],
    split: index % 3 === 1 ? 'validation' : 'train',
    hash,
    ...(index % 2 === 0 && { size: 2 ** 45 + index, modified: -index }),
  };
});

test('when samples are in a table then each of its methods gives what that of an array gives', () => {
  const label = (sample: Sample, index: number) => `${sample.label} ${index}`;
  const even = (sample: Sample, index: number) => (sample.label + index) % 2 === 0;
  const [table, part] = [SampleTable.from(samples), SampleTable.from(samples).slice(3, -2)];
  for (const [found, wanted] of [
    [table, samples],
    [part, samples.slice(3, -2)],
  ] as [Samples, Sample[]][]) {
    assert.deepEqual([...found], wanted);
    assert.equal(found.length, wanted.length);
    for (const index of [0, 7, -1, -wanted.length, wanted.length, -wanted.length - 1]) {
      assert.deepEqual(found.at(index), wanted.at(index), `${index}`);
    }
    assert.deepEqual(found.map(label), wanted.map(label));
    assert.deepEqual([...found.filter(even)], wanted.filter(even));
    assert.deepEqual(found.find(even), wanted.find(even));
    for (const fits of [even, () => true, () => false]) {
      assert.equal(found.some(fits), wanted.some(fits));
      assert.equal(found.every(fits), wanted.every(fits));
    }
    for (const [from, to] of [[2], [2, 9], [-9, -2], [9, 2], [-99, 99], [50]] as [
      number,
      number?,
    ][]) {
      assert.deepEqual([...found.slice(from, to)], wanted.slice(from, to), `${from} to ${to}`);
    }
  }
});

test('when samples are selected and resolved then a table gives what filtering gives', () => {
  const table = SampleTable.from([...samples, { ...(samples[1] as Sample), path: '/else/1.jpg' }]);
  const found = table.select('task 1', 'validation').resolve('/data');
  const wanted = samples.filter(({ task, split }) => task === 'task 1' && split === 'validation');
  assert.deepEqual(
    found.map(({ path }) => path),
    [...wanted.map(({ path }) => `/data/${path}`), '/else/1.jpg'],
  );
  assert.deepEqual(
    found.map((_, index) => found.label(index)),
    [...wanted.map(({ label }) => label), 1],
  );
  assert.deepEqual(
    found.map((_, index) => found.hash(index)),
    found.map(({ hash }) => hash),
  );
  assert.equal(table.select('task 9', 'train').length, 0);
  assert.equal(SampleTable.from([]).length, 0);
});

test('when samples have lists of labels, then the digest tells the lists, and that of single labels is as before', () => {
  const [single, listed] = [0, 2].map((rest) => samples.filter((_, index) => index % 3 === rest));
  const lines = single?.map(({ hash, label }) => `${hash} ${label}\n`).join('') ?? '';
  assert.equal(digestOf(single ?? []), createHash('sha256').update(lines).digest('hex'));
  const other = listed?.map((sample) => ({ ...sample, labels: [...(sample.labels ?? []), 9] }));
  for (const each of [single, listed, other] as Sample[][]) {
    assert.equal(digestOf(SampleTable.from(each)), digestOf(each));
  }
  assert.notEqual(digestOf(listed ?? []), digestOf(other ?? []));
  const table = SampleTable.from(samples).slice(2, 9);
  assert.deepEqual(
    table.map((_, index) => table.labels(index) && [...(table.labels(index) ?? [])]),
    samples.slice(2, 9).map(({ labels }) => labels),
  );
});

test('when a sample cannot be stored then it is refused in words', () => {
  const [sample] = samples as [Sample];
  for (const fault of [
    { hash: 'A'.repeat(64) },
    { hash: 'a'.repeat(63) },
    { hash: undefined },
    { range: { offset: -1, length: 1 } },
  ]) {
    assert.throws(
      () => SampleTable.from([{ ...sample, ...fault } as Sample]),
      /^InvalidInputError: Expected a range in bytes and a box, if any, and a SHA-256 in hex for a sample/,
    );
  }
});
