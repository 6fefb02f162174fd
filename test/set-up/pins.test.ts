/** The pins: exact versions, complete hashes, no duplicates. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { wheels } from '../../scripts/pins.mjs';

const files = Object.values(wheels).flatMap((wheel) => [wheel, ...(wheel.more ?? [])]);

test('when a wheel is pinned then it has an exact version and the SHA-256 of one file', () => {
  for (const { requirement, sha256 } of files) {
    assert.match(requirement, /^[a-z0-9-]+==\d+(\.\d+)+$/);
    assert.match(sha256, /^[0-9a-f]{64}$/, requirement);
  }
});

test('when wheels are pinned then names and folders are unique', () => {
  const distinct = (values: string[]) =>
    assert.deepEqual([...new Set(values)], values, 'each is named once');
  distinct(files.map(({ requirement }) => requirement.replace(/==.*/, '')));
  distinct(files.map(({ sha256 }) => sha256));
  distinct(Object.values(wheels).map((wheel) => wheel.folder));
});

test("when TensorFlow's GPU wheel is pinned then its version is the CPU wheel's, and every library is CUDA 12's", () => {
  const version = ({ requirement }: { requirement: string }) => requirement.replace(/.*==/, '');
  assert.equal(version(wheels.tensorflowGpu), version(wheels.tensorflow));
  for (const { requirement } of wheels.tensorflowGpu.more ?? []) {
    assert.match(requirement, /^nvidia-[a-z-]+-cu12==/);
  }
});
