/** `augment: auto`: the choice and its reason. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { resolveOptions } from '../../src/options.js';
import { chooseByRates, obstacleToGpu } from '../../src/pipeline/augment-choice.js';
import { type Augmentation, augmentationOptions } from '../../src/pipeline/index.js';

const augmentationOf = (changes: Partial<Augmentation> = {}) =>
  resolveOptions(augmentationOptions, { brightness: 0.2, mixup: 0.2, erase: 0.3, ...changes });

const there = { available: true, reason: '' };

test('when there is no CUDA device, then the reason excludes the GPU', () => {
  const absent = { available: false, reason: 'no driver' };
  const obstacle = 'there is no CUDA device: no driver';
  assert.equal(obstacleToGpu(absent, augmentationOf()), obstacle);
});

for (const { changes, obstacle } of [
  { changes: {}, obstacle: undefined },
  { changes: { verticalFlip: 1, grayscale: 1, noise: 3 }, obstacle: undefined },
  { changes: { blur: 0.9 }, obstacle: undefined },
  {
    changes: { blur: 1 },
    obstacle: 'every image goes through blur, which the CPU does in any case',
  },
  {
    changes: { rotation: 5, blur: 0.5, randAugment: 2 },
    obstacle: 'every image goes through randAugment and rotation, which the CPU does in any case',
  },
]) {
  const what = obstacle === undefined ? 'a measurement decides' : 'no measurement is needed';
  test(`when augmentation is ${JSON.stringify(changes)}, then ${what}`, () => {
    assert.equal(obstacleToGpu(there, augmentationOf(changes)), obstacle);
  });
}

test('when photos are padded, then no measurement is needed: the CPU pads them', () => {
  const obstacle = 'photos are padded (fit pad), which the CPU does in any case';
  assert.equal(obstacleToGpu(there, augmentationOf(), { fit: 'pad' }), obstacle);
  assert.equal(obstacleToGpu(there, augmentationOf(), { fit: 'squash' }), undefined);
});

for (const { when, rates, changes, augment, reason } of [
  {
    when: 'the GPU is much faster',
    rates: { cpu: 1000, gpu: 4000.4 },
    augment: 'gpu',
    reason: 'Augmenting on the GPU: 4000 images/s against 1000 images/s on the CPU.',
  },
  {
    when: 'the GPU is faster by a little more than a fifth',
    rates: { cpu: 1000, gpu: 1201 },
    augment: 'gpu',
    reason: 'Augmenting on the GPU: 1201 images/s against 1000 images/s on the CPU.',
  },
  {
    when: 'the GPU is faster by a fifth',
    rates: { cpu: 1000, gpu: 1200 },
    augment: 'cpu',
    reason:
      'Augmenting on the CPU: 1000 images/s against 1200 images/s on the GPU, too little more to take the GPU from the training step.',
  },
  {
    when: 'the CPU is faster',
    rates: { cpu: 1000, gpu: 700 },
    augment: 'cpu',
    reason: 'Augmenting on the CPU: 1000 images/s against 700 images/s on the GPU.',
  },
  {
    when: 'some images are blurred',
    rates: { cpu: 1000, gpu: 2000 },
    changes: { blur: 0.5 },
    augment: 'gpu',
    reason:
      'Augmenting on the GPU: 2000 images/s against 1000 images/s on the CPU; the CPU renders images with blur in any case.',
  },
  {
    when: 'no image could be read',
    rates: { cpu: 0, gpu: 0 },
    augment: 'cpu',
    reason: 'Augmenting on the CPU: 0 images/s against 0 images/s on the GPU.',
  },
]) {
  test(`when ${when}, then the ${augment} augments`, () => {
    assert.deepEqual(chooseByRates(rates, augmentationOf(changes)), { augment, reason });
  });
}
