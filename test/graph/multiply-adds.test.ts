/** The arithmetic of each kind of operation, by hand. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { multiplyAdds } from '../../src/graph/multiply-adds.js';
import { Node } from '../../src/graph/node.js';
import { ordered } from '../../src/graph/values.js';
import { tf } from '../../src/tensorflow/index.js';

type Case = [
  operation: string,
  attributes: Record<string, number | string>,
  inputs: number[][],
  output: number[],
  work: number,
];

const cases: Case[] = [
  ['Conv', { group: 2 }, [[1, 4, 9, 9], [6, 2, 3, 3], [6]], [1, 6, 7, 7], 6 * 7 * 7 * (2 * 3 * 3)],
  ['Gemm', { transB: 1 }, [[2, 5], [3, 5], [3]], [2, 3], 2 * 3 * 5],
  [
    'Gemm',
    { transA: 1 },
    [
      [5, 2],
      [5, 3],
    ],
    [2, 3],
    2 * 3 * 5,
  ],
  [
    'MatMul',
    {},
    [
      [2, 3, 4, 5],
      [2, 3, 5, 6],
    ],
    [2, 3, 4, 6],
    2 * 3 * 4 * 5 * 6,
  ],
  [
    'Einsum',
    { equation: 'bqd, bkd -> bqk' },
    [
      [2, 3, 5],
      [2, 4, 5],
    ],
    [2, 3, 4],
    2 * 3 * 4 * 5,
  ],
  ['Relu', {}, [[1, 4, 9, 9]], [1, 4, 9, 9], 0],
];

for (const [operation, attributes, inputs, output, work] of cases) {
  test(`when ${operation} ${JSON.stringify(attributes)} is counted, then it has ${work} multiply-adds`, () => {
    const names = { name: 'a', inputs: ['x'], outputs: ['y'] };
    const node = new Node({ ...names, operation, attributes });
    const [result, ...values] = [output, ...inputs].map((shape) => ordered(tf.zeros(shape)));
    assert.equal(multiplyAdds(node, values, result as never), work);
  });
}
