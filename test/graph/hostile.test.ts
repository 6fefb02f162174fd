/** Graphs that are made to harm: one clear error each, at once, and little memory. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Graph, type GraphConstant, type GraphNode, Program } from '../../src/graph/index.js';

const ints = (...values: number[]): GraphConstant => ({
  dtype: 'int32',
  shape: [values.length],
  values,
});
const scalar = (value: number): GraphConstant => ({ ...ints(value), shape: [] });

type Step = [operation: string, inputs: (string | GraphConstant)[], attributes?: object];

/** A chain of operations, whose values are 0, 1, …; constants stand where they are taken. */
function graphOf(steps: Step[]): Graph {
  const constants: Graph['constants'] = {};
  const nodes = steps.map(([operation, inputs, attributes = {}], i): GraphNode => {
    const names = inputs.map((input, place) => {
      if (typeof input === 'string') {
        return input;
      }
      constants[`${i}:${place}`] = input;
      return `${i}:${place}`;
    });
    const plain = attributes as GraphNode['attributes'];
    return { name: operation, operation, inputs: names, outputs: [`${i}`], attributes: plain };
  });
  const outputs = [`${steps.length - 1}`];
  return { input: { name: 'x', shape: [null, 3, 8, 8] }, nodes, outputs, weights: [], constants };
}

const many = 2 ** 23;
const pool = { kernel_shape: [2, 2], strides: [2, 2] };

const cases: [fault: string, steps: Step[], error: RegExp][] = [
  [
    'a range is endless',
    [['Range', [scalar(0), scalar(1), scalar(0)]]],
    /Range "Range": .*known beforehand/,
  ],
  ['a range is long', [['Range', [scalar(0), scalar(2 ** 40), scalar(1)]]], /at most 8388608/],
  ['a number is repeated', [['Expand', [scalar(1), ints(2 ** 20, 2 ** 20)]]], /at most 8388608/],
  [
    'many numbers are computed, few at once',
    [
      ['Expand', [scalar(1), ints(many)]],
      ['Neg', ['0']],
    ],
    /at most 8388608 .* for the nodes up to Neg "Neg" but received 16777216/,
  ],
  [
    'indices repeat numbers',
    [
      ['Expand', [scalar(0), ints(1, 2 ** 20)]],
      ['Gather', ['0', ints(...Array(64).fill(0))]],
    ],
    /Gather "Gather": .*at most 8388608/,
  ],
  [
    'a number is put outside of a value',
    [['ScatterND', [ints(1, 2), { ...ints(2), shape: [1, 1] }, ints(3)]]],
    /indices of 2 elements for input 1 of ScatterND "ScatterND" but received 2/,
  ],
  [
    'slices have another shape than their places',
    [['ScatterND', [ints(1, 2), { ...ints(0), shape: [1, 1] }, ints(3, 4)]]],
    /values \[1\] for input 2 of ScatterND/,
  ],
  [
    'a value is joined with itself',
    [
      ['Expand', [scalar(0), ints(2 ** 20)]],
      ['Concat', Array(64).fill('0'), { axis: 0 }],
    ],
    /Concat "Concat": .*at most 8388608/,
  ],
  [
    'parts do not fit together',
    [['Concat', [ints(1), { ...ints(1, 2), shape: [1, 2] }], { axis: 0 }]],
    /shapes that differ on axis 0 alone/,
  ],
  [
    'an axis is added twice',
    [['Unsqueeze', ['x', ints(0, 0)]]],
    /axes that differ for input 1 of Unsqueeze/,
  ],
  [
    'very many axes are added',
    [
      ['Expand', [scalar(0), ints(2 ** 20)]],
      ['Unsqueeze', ['x', '0']],
    ],
    /at most 4096 numbers for input 1 of Unsqueeze/,
  ],
  ['sides are negative', [['Reshape', [ints(1, 2), ints(-2, -1)]]], /a shape for the elements of/],
  [
    'channels are no blocks',
    [['DepthToSpace', ['x'], { blocksize: 2 }]],
    /operations whose inputs fit .*DepthToSpace/,
  ],
  [
    'letters have two sizes',
    [
      [
        'Einsum',
        ['x', { ...ints(...Array(20).fill(1)), shape: [4, 5] }],
        { equation: 'abcd,de->abce' },
      ],
    ],
    /operations whose inputs fit .*Einsum/,
  ],
  [
    'parts are not the whole',
    [['Split', [ints(1, 2, 3), ints(1)], { axis: 0 }]],
    /the sizes of 1 parts of 3/,
  ],
  [
    'there are very many parts',
    [['Split', ['x'], { num_outputs: 2 ** 30 }]],
    /Expected 1 for num_outputs of Split/,
  ],
  ['a window does not move', [['MaxPool', ['x'], { ...pool, strides: [0, 0] }]], /numbers from 1/],
  [
    'a window has endless places',
    [['AveragePool', ['x'], { ...pool, pads: Array(4).fill(2 ** 40) }]],
    /AveragePool "AveragePool": .*at most 8388608/,
  ],
  [
    'an image is enlarged without end',
    [['Resize', ['x', '', '', ints(1, 3, 2 ** 30, 8)]]],
    /Resize "Resize": .*at most 8388608/,
  ],
];

// The first trace loads TensorFlow, which takes memory.
new Program(graphOf([['Identity', ['x']]]), ['0']).shapes([2, 8, 8, 3]);

for (const [fault, steps, error] of cases) {
  test(`when ${fault}, then the graph is refused`, () => {
    const before = process.memoryUsage().rss;
    const compute = () => {
      const graph = graphOf(steps);
      return new Program(graph, graph.outputs).shapes([2, 8, 8, 3]);
    };
    assert.throws(compute, (thrown: Error) => {
      assert.equal(thrown.name, 'InvalidInputError', thrown.stack);
      assert.match(thrown.message, error);
      return true;
    });
    assert.ok(process.memoryUsage().rss - before < 256e6);
  });
}

test('when an operation repeats a constant, then the tensor is not computed', () => {
  const graph = graphOf([
    ['Tile', [ints(1), ints(2 ** 33)]],
    ['Mul', ['0', ints(1)]],
  ]);
  const before = process.memoryUsage().rss;
  assert.doesNotThrow(() => new Program(graph, graph.outputs));
  assert.ok(process.memoryUsage().rss - before < 64e6);
});
