/** Each operation by itself against ONNX Runtime: on tensors, with axes in another order in memory, and in JavaScript. */
import assert from 'node:assert/strict';
import path from 'node:path';
import { test } from 'node:test';
import { inNetworkOrder } from '../../src/graph/axes.js';
import type { GraphConstant, GraphNode } from '../../src/graph/index.js';
import { Call, Node } from '../../src/graph/node.js';
import { operations } from '../../src/graph/operations/index.js';
import { inOrder, isHost, ordered, type Value } from '../../src/graph/values.js';
import { tf } from '../../src/tensorflow/index.js';
import { readZipped } from './fixture.js';

interface Case {
  node: GraphNode;
  inputs: (GraphConstant | null)[];
  outputs: GraphConstant[];
}

const cases = readZipped(path.join(import.meta.dirname, 'operations.json.gz')) as Case[];

const tensorOf = ({ values, shape, dtype }: GraphConstant) => tf.tensor(values, shape, dtype);

/** The value with its axes in memory in the opposite order. */
function reversed(constant: GraphConstant): Value {
  const tensor = tensorOf(constant);
  const axes = inOrder(tensor.rank).reverse();
  return { tensor: tensor.transpose(axes), axes };
}

/** Whether an operation computes with the numbers; others are limits, shapes and indices. */
const isData = ({ dtype, values }: GraphConstant) => dtype === 'float32' && values.length > 2;

const ways: ((constant: GraphConstant) => Value)[] = [
  (constant) => (isData(constant) ? ordered(tensorOf(constant)) : constant),
  (constant) => (isData(constant) ? reversed(constant) : constant),
  (constant) => constant,
];

function assertEqual(value: Value, wanted: GraphConstant): void {
  const { shape, values } = isHost(value)
    ? value
    : { shape: inNetworkOrder(value).shape, values: [...inNetworkOrder(value).dataSync()] };
  assert.deepEqual(shape, wanted.shape);
  values.forEach((number, i) => {
    const other = wanted.values[i] as number;
    assert.ok(
      Math.abs(number - other) <= 2e-5 * Math.max(1, Math.abs(other)),
      `${values} is not ${wanted.values}`,
    );
  });
}

for (const { node, inputs, outputs } of cases) {
  const shapes = inputs.map((input) => `${input?.dtype}[${input?.shape}]`);
  const title = `${node.operation} of ${shapes.join(', ')} ${JSON.stringify(node.attributes)}`;
  test(`when ${title} computes, then the result is ONNX Runtime's`, () => {
    for (const placed of ways) {
      tf.tidy(() => {
        const reader = new Node(node);
        const compute = operations[node.operation]?.(reader);
        reader.checkAttributes();
        const values = inputs.map((input) => (input ? placed(input) : undefined));
        const results = [
          compute?.(new Call(reader, values, { isTraining: false })) as Value | Value[],
        ].flat();
        assert.equal(results.length, outputs.length);
        results.forEach((value, i) => {
          assertEqual(value, outputs[i] as GraphConstant);
        });
      });
    }
  });
}

test('when an operation is in the list, then a case here or a fixture tries it', () => {
  const tried = new Set(cases.map(({ node }) => node.operation));
  assert.deepEqual(
    Object.keys(operations).filter((name) => !tried.has(name)),
    [],
  );
});
