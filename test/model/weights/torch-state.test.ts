/** The reader of torch's legacy checkpoints: the content of a small one, and refused files. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { InvalidInputError } from '../../../src/errors.js';
import { legacyTorch } from '../../../src/model/weights/torch-legacy.js';
import { bytesSource } from '../../support/bytes-source.js';

const fixture = (name: string) => fileURLToPath(new URL(`../../fixtures/${name}`, import.meta.url));
const good = readFileSync(fixture('torch-state.pth'));
const read = (bytes: Buffer, file: string) => legacyTorch.read(bytesSource(bytes, file));

test('when a legacy file holds a strided view then its elements come in row-major order, integers not', async () => {
  const view = { shape: [2, 3], values: new Float32Array([0.5, 1.5, 2.5, 1, 2, 3]) };
  assert.deepEqual(await read(good, 'good.pth'), new Map([['view', view]]));
});

test('when a pickle names another global then it is refused by name', async () => {
  const evil = readFileSync(fixture('torch-evil.pth'));
  await assert.rejects(read(evil, 'evil.pth'), {
    name: 'InvalidInputError',
    message:
      /a class or function of plain tensors for evil\.pth at byte \d+ but received "posix system"/,
  });
});

test('when the file is cut anywhere then it is refused, never read past its end', async () => {
  for (let length = 0; length < good.length; length++) {
    const cut = good.subarray(0, length);
    await assert.rejects(read(cut, 'cut.pth'), InvalidInputError, `${length} bytes`);
  }
});

test('when a byte is changed then the result is a state dict or a clear refusal', async () => {
  for (let at = 0; at < good.length; at++) {
    for (const value of [0x00, 0x28, 0x52, 0x74, 0x7f, 0xff]) {
      const changed = Buffer.from(good);
      changed[at] = value;
      try {
        assert.ok((await read(changed, 'changed.pth')) instanceof Map);
      } catch (error) {
        assert.ok(
          error instanceof InvalidInputError,
          `byte ${at} = ${value}: ${(error as Error).stack}`,
        );
      }
    }
  }
});

/** A legacy file with this state dict and these storage keys, both as the body of a pickle. */
function legacyFile(state: string, keys: string): Buffer {
  const pickles = [
    '\x8a\nl\xfc\x9cF\xf9 j\xa8P\x19',
    'M\xe9\x03',
    '}(X\r\0\0\0little_endian\x88u',
    state,
    keys,
  ];
  return Buffer.from(pickles.map((body) => `\x80\x02${body}.`).join(''), 'latin1');
}

/** A list of ten times the same list, again and again: 10¹² leaves in some 300 bytes. */
const nestedList = `]${Array.from({ length: 12 }, (_, level) => {
  const again = `h${String.fromCharCode(level)}`.repeat(10);
  return `q${String.fromCharCode(level)}](${again}e`;
}).join('')}q\x7f`;
/** Recalls the outermost of these lists. */
const nested = 'h\x7f';

test('when lists contain each other many times, then the error stays short', async () => {
  const start = process.cpuUsage();
  for (const file of [
    legacyFile('}', `${nestedList}](${nested}e`),
    legacyFile(`${nestedList}}(${nested}${nested}u`, ']'),
    legacyFile(`${nestedList}(${nested}tQ`, ']'),
  ]) {
    assert.ok(file.length < 1000);
    await assert.rejects(
      read(file, 'bomb.pth'),
      ({ name, message }: Error) => name === 'InvalidInputError' && message.length < 500,
    );
  }
  assert.ok(process.cpuUsage(start).user < 2e6);
});

test('when tensors together have more elements than the file has bytes, or too many axes, then it is refused', async () => {
  const text = (word: string) => `X${String.fromCharCode(word.length)}\0\0\0${word}`;
  const storage = `(${text('storage')}ctorch\nFloatStorage\n${text('0')}${text('cpu')}M\xe8\x03tQ`;
  const tensor = (name: string, shape: string, strides: string) =>
    `${text(name)}ctorch._utils\n_rebuild_tensor_v2\n(${storage}K\0${shape}${strides}tR`;
  const many = Array.from({ length: 99 }, (_, index) =>
    tensor(`${index}`, 'M\xe8\x03\x85', 'K\0\x85'),
  ).join('');
  const axes = `(${'K\x01'.repeat(9)}t`;
  const long = tensor('long', axes, axes);
  const wide = (state: string) => read(legacyFile(`}(${state}u`, ']'), 'wide.pth');
  await assert.rejects(
    wide(many),
    /at most \d+ elements in all tensors for wide\.pth but received 99000/,
  );
  await assert.rejects(wide(long), /_rebuild_tensor_v2/);
});

test('when a list that was the shape of a tensor is changed later, then the tensor keeps its shape', async () => {
  const text = (word: string) => `X${String.fromCharCode(word.length)}\0\0\0${word}`;
  const storage = `(${text('storage')}ctorch\nFloatStorage\n${text('0')}${text('cpu')}K\x01tQ`;
  const shape = ']q\x05K\x01a';
  const tensor = `ctorch._utils\n_rebuild_tensor_v2\n(${storage}K\0${shape}h\x05tR`;
  const state = `}(${text('w')}${tensor}u`;
  const checkpoint = `}(${text('state_dict')}${state}${text('other')}h\x05K\x09au`;
  const values = Buffer.alloc(12);
  values.writeBigInt64LE(1n);
  values.writeFloatLE(0.5, 8);
  const file = Buffer.concat([legacyFile(checkpoint, `](${text('0')}e`), values]);
  const w = { shape: [1], values: new Float32Array([0.5]) };
  assert.deepEqual(await read(file, 'later.pth'), new Map([['w', w]]));
});
