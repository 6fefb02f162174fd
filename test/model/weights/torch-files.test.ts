/** Files that torch and safetensors wrote: every precision and layout gives torch's numbers; what is no checkpoint is refused. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { cp, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { buffer } from 'node:stream/consumers';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { ZipFile } from 'yazl';
import { withSource } from '../../../src/disk/index.js';
import { InvalidInputError } from '../../../src/errors.js';
import { type NamedTensors, readTensors } from '../../../src/model/weights/index.js';
import { bytesSource } from '../../support/bytes-source.js';
import { temporaryFolder } from '../../support/folders.js';

const folder = fileURLToPath(new URL('../../fixtures/weights/', import.meta.url));
const read = (name: string) => withSource(path.join(folder, name), readTensors);
const plain = (tensors: NamedTensors) =>
  Object.fromEntries(
    [...tensors].map(([name, { shape, values }]) => [name, { shape, values: [...values] }]),
  );

const range = (count: number) => Array.from({ length: count }, (_, index) => index);
const quarters = range(24).map((index) => index / 4);
/** What test/fixtures/make_weights.py put into the files. */
const wanted = {
  whole: { shape: [2, 3, 4], values: quarters },
  part: { shape: [3, 2], values: quarters.slice(10, 16) },
  turned: { shape: [6, 4], values: range(24).map((i) => ((i % 4) * 6 + Math.floor(i / 4)) / 4) },
  row: { shape: [3, 2], values: [0, 0.25, 0, 0.25, 0, 0.25] },
  half: { shape: [6], values: [1.5, -0.25, 2 ** -24, 65_504, -0, Infinity] },
  // 3e38 with the eight bits of a bfloat16's fraction.
  brain: { shape: [4], values: [1, -3, 2 ** -7, 226 * 2 ** 120] },
  last: { shape: [1, 2, 2, 3], values: range(12) },
  double: { shape: [2], values: [Math.fround(0.1), Math.fround(-1e-3)] },
  none: { shape: [0, 4], values: [] },
  scalar: { shape: [], values: [Math.fround(-0.1)] },
};

for (const name of ['checkpoint.pth', 'checkpoint-legacy.pth']) {
  test(`when torch wrote ${name} then its state dict is read, of every precision, by the names of its module`, async () => {
    assert.deepEqual(plain(await read(name)), wanted);
  });
}

test('when tensors lie in order in one storage then they share its memory', async () => {
  const tensors = await read('checkpoint.pth');
  const [whole, part, row] = ['whole', 'part', 'row'].map((name) => tensors.get(name)?.values);
  assert.equal(part?.buffer, whole?.buffer);
  assert.notEqual(row?.buffer, whole?.buffer);
});

test('when a checkpoint has averages then they are read, by the names within torch.compile and DataParallel', async () => {
  const weight = { shape: [2], values: [1.5, 2.5] };
  assert.deepEqual(plain(await read('averaged.pth')), { weight });
});

test('when a file is a TorchScript program then the first class of it is refused by name', async () => {
  await assert.rejects(read('script.pth'), {
    name: 'InvalidInputError',
    message:
      /a class or function of plain tensors for data\.pkl in .*script\.pth at byte \d+ but received "__torch__.*torch\.save/,
  });
});

test('when safetensors has halves then they are widened exactly, integers of all kinds left out', async () => {
  const { whole, half, brain } = wanted;
  assert.deepEqual(plain(await read('half.safetensors')), { whole, half, brain });
});

test('when an index names several safetensors files then all are read, and an absent or a foreign one is refused', async () => {
  const { whole, half } = wanted;
  const name = 'model.safetensors.index.json';
  assert.deepEqual(plain(await read(`sharded/${name}`)), { whole, half });
  const copy = temporaryFolder();
  const index = path.join(copy, name);
  const write = (map: object) => writeFile(index, JSON.stringify({ weight_map: map }));
  const first = 'model-00001-of-00002.safetensors';
  await cp(path.join(folder, 'sharded', first), path.join(copy, first));
  await write({ whole: first, half: 'model-00002-of-00002.safetensors' });
  await assert.rejects(withSource(index, readTensors), {
    message: /Missing model-00002-of-00002\.safetensors for the model in .* Copy the files/,
  });
  await write({ other: first });
  await assert.rejects(withSource(index, readTensors), /index\.json names for it .* "whole"/);
  for (const outside of ['../x.safetensors', '/etc/passwd', '..', '', 3]) {
    await write({ whole: outside });
    await assert.rejects(withSource(index, readTensors), /a plain file name for paths in/);
  }
});

test('when an archive has compressed files or a name twice then it is refused, without unpacking', async () => {
  const zipped = async (names: string[], compress: boolean) => {
    const zip = new ZipFile();
    for (const name of names) {
      zip.addBuffer(Buffer.alloc(1000), name, { compress });
    }
    zip.end();
    return readTensors(bytesSource(await buffer(zip.outputStream), 'x.pth'));
  };
  const pickle = 'x/data.pkl';
  await assert.rejects(
    zipped([pickle], true),
    /a file without compression for x\/data\.pkl in x\.pth/,
  );
  await assert.rejects(zipped([pickle, pickle], false), /each name once for x\.pth/);
  await assert.rejects(
    zipped([pickle, 'y/data.pkl'], false),
    /Missing one data\.pkl.* A network, such as an ONNX or \.keras file, is imported first/,
  );
});

test('when a zip checkpoint is cut or a byte is changed then it is refused in words or read', async () => {
  const good = readFileSync(path.join(folder, 'averaged.pth'));
  for (let at = 0; at < good.length; at += 5) {
    const changed = Buffer.from(good);
    changed[at] = changed[at] === 0xff ? 0 : 0xff;
    for (const bytes of [good.subarray(0, at), changed]) {
      await readTensors(bytesSource(bytes, 'x.pth')).catch((error: Error) => {
        assert.ok(error instanceof InvalidInputError, `byte ${at}: ${error.stack}`);
      });
    }
  }
});
