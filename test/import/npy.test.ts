/** Arrays of NumPy, with the headers that `numpy.save` of NumPy 2.4 writes. */
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { test } from 'node:test';
import { readNpy } from '../../src/import/npy.js';
import { temporaryFolder } from '../support/folders.js';

const file = path.join(temporaryFolder(), 'a.npy');

/** The header takes 128 bytes, spaces and a line's end included. */
async function read(description: string, numbers: Uint8Array): Promise<unknown> {
  const header = Buffer.from(`\x93NUMPY\x01\0v\0{${description}, }`, 'latin1');
  const padded = Buffer.alloc(128, ' ');
  header.copy(padded);
  padded[127] = 10;
  await writeFile(file, Buffer.concat([padded, numbers]));
  return readNpy(file);
}

const floats = Buffer.from('AACAPwAAAMAAAAA/', 'base64');

test('when an array is of float32 or uint8, then its shape and numbers are read', async () => {
  assert.deepEqual(await read("'descr': '<f4', 'fortran_order': False, 'shape': (1, 3)", floats), {
    shape: [1, 3],
    values: Float32Array.of(1, -2, 0.5),
  });
  const bytes = Uint8Array.of(0, 127, 255);
  assert.deepEqual(await read("'descr': '|u1', 'fortran_order': False, 'shape': (3,)", bytes), {
    shape: [3],
    values: bytes,
  });
});

test('when an array is of another type or order, or cut, then it is refused', async () => {
  const c = "'fortran_order': False, 'shape': (1, 3)";
  const cases: [string, Uint8Array, RegExp][] = [
    [`'descr': '<f8', ${c}`, new Uint8Array(24), /float32 or uint8 in C order for .*a\.npy/],
    ["'descr': '<f4', 'fortran_order': True, 'shape': (1, 3)", floats, /in C order.*numpy\.save\(/],
    [
      `'descr': '<f4', ${c}`,
      floats.subarray(1),
      /12 bytes of numbers for .*a\.npy but received 11/,
    ],
  ];
  for (const [description, numbers, pattern] of cases) {
    await assert.rejects(read(description, numbers), {
      name: 'InvalidInputError',
      message: pattern,
    });
  }
  await writeFile(file, 'image');
  await assert.rejects(
    readNpy(file),
    /an array that numpy\.save wrote for .*a\.npy but received "image"/,
  );
});
