/** ONNX files that are damaged, or made to harm: each gives one clear error, and takes little memory. */
import assert from 'node:assert/strict';
import { mkdtemp, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { test } from 'node:test';
import { onnx } from '../../../src/import/onnx/index.js';
import { temporaryFolder } from '../../support/folders.js';
import { message, model, node, tensor } from './messages.js';

const root = temporaryFolder();

/** Reads a file of this content, beside a file `w.bin` of 64 bytes. */
async function read(content: Buffer): Promise<unknown> {
  const folder = await mkdtemp(path.join(root, 'net-'));
  await writeFile(path.join(folder, 'w.bin'), Buffer.alloc(64));
  return onnx.read(content, path.join(folder, 'net.onnx'));
}

const refused = (content: Buffer, messagePattern: RegExp): Promise<void> =>
  assert.rejects(read(content), { name: 'InvalidInputError', message: messagePattern });

const pool = node({ operation: 'GlobalAveragePool', inputs: ['x'], outputs: ['pooled'] });
const flatten = node({ operation: 'Flatten', inputs: ['pooled'], outputs: ['features'] });
const head = node({ operation: 'MatMul', inputs: ['features', 'w'], outputs: ['y'] });
const nodes = [pool, flatten, head];
const weight = { name: 'w', dims: [3, 4], bytes: Buffer.alloc(48) };

test('when a network is small and sound, then it is read', async () => {
  const network = await onnx.read(model({ nodes, tensors: [tensor(weight)] }), 'net.onnx');
  assert.equal(network.features, 'features');
  assert.deepEqual([...network.weights.keys()], ['w']);
});

test('when nodes are in any order, then they are read in theirs', async () => {
  const network = await onnx.read(
    model({ nodes: [head, flatten, pool], tensors: [tensor(weight)] }),
    'net.onnx',
  );
  assert.deepEqual(
    network.graph?.nodes.map(({ operation }) => operation),
    ['GlobalAveragePool', 'Flatten', 'MatMul'],
  );
});

test('when a file is cut anywhere, then it is refused', async () => {
  const file = path.join(import.meta.dirname, 'fixtures', 'kept.onnx');
  const bytes = await readFile(file);
  for (let length = 4; length < bytes.length; length += 397) {
    await assert.rejects(onnx.read(bytes.subarray(0, length), file), {
      name: 'InvalidInputError',
      message: /damaged|Missing a graph|an opset from/,
    });
  }
});

test('when a tensor is not what its shape says, then its name is in the error', async () => {
  const cases: [Parameters<typeof tensor>[0], RegExp][] = [
    [
      { ...weight, bytes: Buffer.alloc(44) },
      /Expected 48 bytes for the tensor w of .* but received 44/,
    ],
    [{ ...weight, dims: [2 ** 40, 2 ** 40] }, /a shape of at most 8 axes for the tensor w/],
    [{ ...weight, dims: [2 ** 30, 3] }, /Expected 12884901888 bytes for the tensor w/],
    [{ ...weight, dims: Array(9).fill(1) }, /a shape of at most 8 axes for the tensor w/],
    [{ ...weight, type: 8 }, /one of FLOAT, .* for the tensor w .* but received "data_type 8"/],
    [{ ...weight, type: 7, dims: [2 ** 21] }, /at most 1048576 whole numbers for the tensor w/],
  ];
  for (const [content, pattern] of cases) {
    await refused(model({ nodes, tensors: [tensor(content)] }), pattern);
  }
});

test('when weights lie outside, then only in the same folder, whole, and each by itself', async () => {
  const outside = (external: Record<string, string>, name = 'w') =>
    tensor({ name, dims: [3, 4], external });
  const place = { location: 'w.bin', offset: '16', length: '48' };
  const good = await read(model({ nodes, tensors: [outside(place)] }));
  assert.ok(good);
  const cases: [Buffer[], RegExp][] = [
    [[outside({ ...place, location: '../w.bin' })], /a file in the same folder for the tensor w/],
    [
      [outside({ ...place, location: '/etc/passwd' })],
      /a file in the same folder for the tensor w/,
    ],
    [[outside({ ...place, location: 'a/../../w.bin' })], /a file in the same folder/],
    [[outside({ ...place, location: 'gone.bin' })], /Missing gone\.bin for .*net\.onnx/],
    [[outside({ ...place, offset: '20' })], /at least 68 bytes for .*w\.bin but received 64/],
    [[outside({ ...place, offset: '-16' })], /a length, and an offset from 0/],
    [[outside({ ...place, length: '1e15' })], /48 bytes in w\.bin for the tensor w/],
    [
      [outside(place), outside({ ...place, offset: '0' }, 'v')],
      /bytes of its own in w\.bin for the tensor w/,
    ],
  ];
  for (const [tensors, pattern] of cases) {
    await refused(model({ nodes, tensors }), pattern);
  }
});

test('when a graph is none, then the node at fault is named', async () => {
  const add = (inputs: string[], output: string) =>
    node({ operation: 'Add', inputs, outputs: [output] });
  const copy = (input: string, output: string) =>
    node({ operation: 'Identity', inputs: [input], outputs: [output] });
  const branch = message([1, 'then_branch'], [6, message()], [20, 5]);
  const cases: [Buffer[], RegExp][] = [
    [[add(['x', 'b'], 'a'), add(['a', 'x'], 'b'), add(['a', 'b'], 'y')], /A graph has no cycles/],
    [[add(['y', 'x'], 'y')], /results of nodes before it for the node Add that makes y/],
    [[copy('b', 'a'), copy('a', 'b'), add(['a', 'x'], 'y')], /a copy of itself/],
    [[add(['x', 'gone'], 'y')], /Missing the value gone for the node Add that makes y/],
    [[add(['x', 'x'], 'a')], /Missing the value y for the outputs/],
    [[add(['x', 'x'], 'y'), add(['x', 'x'], 'y')], /one node that makes it for the value y/],
    [
      [node({ operation: 'FusedConv', domain: 'com.microsoft', inputs: ['x'], outputs: ['y'] })],
      /an operation of ONNX for the node FusedConv .* "com\.microsoft\.FusedConv"\. Export/,
    ],
    [
      [node({ operation: 'DynamicQuantizeLinear', inputs: ['x'], outputs: ['y'] })],
      /a network of floats for the node Dynamic.* of .*net\.onnx .*"DynamicQuantizeLinear"\. Take the file that/,
    ],
    [
      [node({ operation: 'If', inputs: ['x'], outputs: ['y'], attributes: [branch] })],
      /without a graph of its own for the node If that makes y .* received "If"/,
    ],
    [
      [node({ operation: 'TopK', inputs: ['x'], outputs: ['y'] })],
      /an operation that Bobbin computes for TopK/,
    ],
  ];
  for (const [content, pattern] of cases) {
    await refused(model({ nodes: content }), pattern);
  }
});

test('when very many nodes pass a value on, then the network is read at once', async () => {
  const copies = Array.from({ length: 50_000 }, (_, i) =>
    node({ operation: 'Identity', inputs: [i === 0 ? 'x' : `c${i - 1}`], outputs: [`c${i}`] }),
  );
  const last = node({ operation: 'GlobalAveragePool', inputs: ['c49999'], outputs: ['pooled'] });
  const content = model({
    nodes: [...copies.reverse(), last, flatten, head],
    tensors: [tensor(weight)],
  });
  const before = process.cpuUsage().user;
  const network = (await read(content)) as { graph: { nodes: object[] } };
  assert.equal(network.graph.nodes.length, 3);
  // In microseconds: a walk from each copy would take 1.25 billion steps.
  assert.ok(process.cpuUsage().user - before < 10e6);
});

test('when copies of a tensor are far larger than the file, then they are refused', async () => {
  const big = tensor({ name: 'w', dims: [3, 2 ** 20], bytes: Buffer.alloc(12 * 2 ** 20) });
  const copies = Array.from({ length: 8 }, (_, i) =>
    node({ operation: 'Identity', inputs: ['w'], outputs: [`w${i}`] }),
  );
  await refused(
    model({ nodes: [...copies, ...nodes], tensors: [big] }),
    /copies of tensors with at most 19922944 numbers/,
  );
});

test('when a file has another opset or another input, then it says which it should have', async () => {
  const tensors = [tensor(weight)];
  await refused(
    model({ nodes, tensors, opset: 8 }),
    /an opset from 9 to 20 .* received 8\. Export/,
  );
  await refused(model({ nodes, tensors, opset: 21 }), /an opset from 9 to 20/);
  await refused(model({ nodes, tensors, shape: [1, 1, 8, 8] }), /\[batch, 3, side, side\]/);
  await refused(model({ nodes, tensors, shape: [1, 3, 8, 9] }), /\[batch, 3, side, side\]/);
  await refused(model({ nodes, tensors, shape: [1, 12] }), /\[batch, 3, side, side\]/);
});

test('when a short file has very many fields, then it is refused before they fill the memory', async () => {
  // Nodes without content, of two bytes each.
  const content = message([1, 8], [7, Buffer.alloc(2_000_002, Buffer.from([10, 0]))]);
  const before = process.memoryUsage().rss;
  await refused(content, /at most 500000 fields/);
  assert.ok(process.memoryUsage().rss - before < 200e6);
});

test('when bytes of a file change, then it is read or refused, and nothing else happens', async () => {
  const file = path.join(import.meta.dirname, 'fixtures', 'shapes-13.onnx');
  const bytes = await readFile(file);
  let state = 1;
  const random = (most: number) => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return state % most;
  };
  for (let round = 0; round < 150; round++) {
    const changed = Buffer.from(bytes);
    for (let change = 0; change < 3; change++) {
      changed[4 + random(bytes.length - 4)] = random(256);
    }
    await onnx.read(changed, file).catch((error: Error) => {
      assert.equal(error.name, 'InvalidInputError', error.stack);
    });
  }
});
