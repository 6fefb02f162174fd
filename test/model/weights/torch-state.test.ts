/** The restricted `.pth` reader: the content of a small legacy file, and refused files. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { InvalidInputError } from '../../../src/errors.js';
import { parseTorchState } from '../../../src/model/weights/torch-state.js';

const fixture = (name: string) => fileURLToPath(new URL(`../../fixtures/${name}`, import.meta.url));
const good = readFileSync(fixture('torch-state.pth'));

test('when a legacy file holds a strided view then its elements come in row-major order, integers not', () => {
  const view = { shape: [2, 3], values: new Float32Array([0.5, 1.5, 2.5, 1, 2, 3]) };
  assert.deepEqual(parseTorchState(good, 'good.pth'), new Map([['view', view]]));
});

test('when a pickle names another global then it is refused by name', () => {
  const evil = readFileSync(fixture('torch-evil.pth'));
  assert.throws(() => parseTorchState(evil, 'evil.pth'), {
    name: 'InvalidInputError',
    message: /one of the globals .* for evil\.pth at byte \d+ but received "posix system"/,
  });
});

test('when the file is cut anywhere then it is refused, never read past its end', () => {
  for (let length = 0; length < good.length; length++) {
    assert.throws(
      () => parseTorchState(good.subarray(0, length), 'cut.pth'),
      InvalidInputError,
      `${length} bytes`,
    );
  }
});

test('when a byte is changed then the result is a state dict or a clear refusal', () => {
  for (let at = 0; at < good.length; at++) {
    for (const value of [0x00, 0x28, 0x52, 0x74, 0x7f, 0xff]) {
      const changed = Buffer.from(good);
      changed[at] = value;
      try {
        assert.ok(parseTorchState(changed, 'changed.pth') instanceof Map);
      } catch (error) {
        assert.ok(
          error instanceof InvalidInputError,
          `byte ${at} = ${value}: ${(error as Error).stack}`,
        );
      }
    }
  }
});

test("when the file is torch's newer zip format then the message says how to save it", () => {
  assert.throws(
    () => parseTorchState(Buffer.from('PK\u0003\u0004'), 'new.pth'),
    /_use_new_zipfile_serialization=False/,
  );
});
