/** The safetensors reader: a file of PyPI's safetensors, and the headers that it refuses. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { InvalidInputError } from '../../../src/errors.js';
import { readTensors } from '../../../src/model/weights/index.js';
import { readSafetensors } from '../../../src/model/weights/safetensors.js';
import { bytesSource } from '../../support/bytes-source.js';

const good = readFileSync(new URL('../../fixtures/small.safetensors', import.meta.url));

/** A file of this header and `values` zero bytes. */
function fileOf(header: string | Buffer, values = 8, length?: bigint): Buffer {
  const start = Buffer.alloc(8);
  start.writeBigUInt64LE(length ?? BigInt(Buffer.byteLength(header)));
  return Buffer.concat([start, Buffer.from(header as string), Buffer.alloc(values)]);
}

const entry = (begin: unknown, end: unknown, shape: unknown = [2], dtype: unknown = 'F32') =>
  JSON.stringify({ dtype, shape, data_offsets: [begin, end] });

const read = (bytes: Buffer, file = 'x.safetensors') => readSafetensors(bytesSource(bytes, file));
const refuses = (bytes: Buffer, message: RegExp) =>
  assert.rejects(read(bytes), {
    name: 'InvalidInputError',
    message,
  });

test("when PyPI's safetensors wrote a file then its floats are read to the bit, integers and metadata not", async () => {
  const tensors = await readTensors(bytesSource(good, 'small.safetensors'));
  const wanted = {
    'stem.weight': { shape: [2, 3], values: new Float32Array([0.5, 1.5, -2.5, 1, 2, 3]) },
    scale: { shape: [], values: new Float32Array([-0.1]) },
    none: { shape: [0, 4], values: new Float32Array([]) },
    'größe\n': { shape: [3], values: new Float32Array([Infinity, -0, 1e-45]) },
  };
  assert.deepEqual(new Map([...tensors].sort()), new Map(Object.entries(wanted).sort()));
});

test('when the header is padded by spaces and lists tensors in another order then it is read as well', async () => {
  const header = `{ "b" : ${entry(4, 12)}, "a":${entry(0, 4, [1, 1])}}   `;
  assert.deepEqual(
    await read(fileOf(header, 12)),
    new Map([
      ['a', { shape: [1, 1], values: new Float32Array(1) }],
      ['b', { shape: [2], values: new Float32Array(2) }],
    ]),
  );
  assert.equal((await read(fileOf('{}', 0))).size, 0);
});

test('when the length of the header is past the file, past 10 MB or negative then it is refused', async () => {
  const header = `{"a":${entry(0, 8)}}`;
  await refuses(
    fileOf(header, 8, 1000n),
    /a header of 2 to \d+ bytes for x\.safetensors but received 1000/,
  );
  await refuses(
    fileOf(header, 8, 2n ** 64n - 1n),
    /a header of .* but received 18446744073709552000/,
  );
  await refuses(fileOf(header, 8, 0n), /a header of .* but received 0/);
  await refuses(fileOf(Buffer.alloc(10_000_001, ' '), 0), /a header of 2 to 10000000 bytes/);
});

test('when the header is not the JSON of a flat object then it is refused by the character', async () => {
  const refused: [string | Buffer, RegExp][] = [
    ['[]', /Expected \{ for header of x\.safetensors at character 0 but received "\[\]"/],
    ['{"a"', /Expected : .* at character 4/],
    ['{"a":1}', /Expected \{ .* but received "1\}"/],
    ['{"a', /Expected " /],
    ['{"a\\', /Expected " /],
    ['{"\\x":1}', /Expected text/],
    ['{,}', /Expected "/],
    [`{"a":${entry(0, 8)},}`, /Expected "/],
    [`{"a":${entry(0, 8)}} {}`, /spaces behind the header/],
    [Buffer.from([0x7b, 0xff, 0x7d]), /UTF-8 for header/],
    ['{"__metadata__":{"a":1}}', /Expected "/],
    [`{"a":${'['.repeat(5_000_000)}`, /Expected \{ /],
    [`{"a":{"shape":${'['.repeat(5_000_000)}`, /at most 8 integers from 0/],
    [`{"__metadata__":${'{"a":'.repeat(1_000_000)}`, /Expected " /],
  ];
  for (const [header, message] of refused) {
    await refuses(fileOf(header), message);
  }
});

test('when a name or a field comes twice, is unknown or is missing then it is refused', async () => {
  const twice = `{"a":${entry(0, 8)},"\\u0061":${entry(0, 8)}}`;
  await refuses(fileOf(twice), /names .* each once for header of .* but received "a"/);
  await refuses(fileOf(`{"a":{"dtype":"F32","dtype":"F32"}}`), /each once/);
  await refuses(fileOf(`{"${'a'.repeat(1001)}":${entry(0, 8)}}`), /at most 1000 characters/);
  await refuses(fileOf('{"a":{"type":"F32"}}'), /dtype, shape or data_offsets .* received "type"/);
  await refuses(fileOf('{"a":{"dtype":"F32","shape":[2]}}'), /two ascending data_offsets of a/);
  await refuses(fileOf('{"a":{"dtype":"F32","data_offsets":[0,8]}}'), /dtype, shape and/);
});

test('when ranges overlap, leave bytes out, run backwards or past the end then the tensor is named', async () => {
  const both = (a: string, b: string) => `{"a":${a},"b":${b}}`;
  await refuses(
    fileOf(both(entry(0, 8), entry(4, 12)), 12),
    /data_offsets from 8 for b in x.* received 4/,
  );
  await refuses(fileOf(both(entry(0, 8), entry(0, 8))), /data_offsets from 8 for b/);
  await refuses(
    fileOf(both(entry(0, 8), entry(12, 20)), 20),
    /data_offsets from 8 for b.* received 12/,
  );
  await refuses(fileOf(`{"a":${entry(8, 0)}}`), /two ascending data_offsets of a/);
  await refuses(fileOf(`{"a":${entry(0, 8)}}`, 4), /8 bytes of values for x.* received 4/);
  await refuses(fileOf(`{"a":${entry(0, 8)}}`, 12), /8 bytes of values for x.* received 12/);
});

test('when a shape does not fill its range, even by overflow, or numbers are not sizes then it is refused', async () => {
  const shape = (sides: unknown) => fileOf(`{"a":${entry(0, 8, sides)}}`);
  await refuses(shape([3]), /a shape of 8 bytes for a in x\.safetensors but received \[3\]/);
  // 2^65 + 2 elements, whose 2^67 + 8 bytes are 8 in 64 bits.
  await refuses(shape([274177, 67280421310721 * 2]), /a shape of 8 bytes/);
  for (const sides of [[-2], [2.5], ['2'], [1e21], [2 ** 53], [null], 2, [[2]]]) {
    await refuses(shape(sides), /integers from 0|Expected (\[|, or \])/);
  }
  await refuses(fileOf('{"a":{"shape":[02]}}'), /Expected , or \]/);
  await refuses(shape(Array(9).fill(1)), /at most 8 integers/);
});

test('when a type is neither float32, a half nor an integer then it is refused by name', async () => {
  for (const dtype of ['F64', 'F8_E4M3', 'C64', 'toString']) {
    await refuses(
      fileOf(`{"a":${entry(0, 8, [2], dtype)}}`),
      new RegExp(
        `one of F32, F16, BF16, I64, .* for dtype of a in x\\.safetensors but received "${dtype}"`,
      ),
    );
  }
});

test('when the file is cut anywhere or a byte is changed then it is refused or read, never past its end', async () => {
  for (let length = 0; length < good.length; length++) {
    await assert.rejects(read(good.subarray(0, length)), InvalidInputError);
  }
  for (let at = 0; at < good.length; at++) {
    for (const value of [0x00, 0x22, 0x2c, 0x39, 0x5c, 0x7d, 0xff]) {
      const changed = Buffer.from(good);
      changed[at] = value;
      try {
        assert.ok((await read(changed)) instanceof Map);
      } catch (error) {
        assert.ok(error instanceof InvalidInputError, `byte ${at} = ${value}: ${error}`);
      }
    }
  }
});
