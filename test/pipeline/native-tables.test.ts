/** What TypeScript repeats of C++: the kinds of effects, which of them the GPU can render, and defaults. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  type Augmentation,
  augmentationOptions,
  evaluationAugmentation,
} from '../../src/pipeline/index.js';
import { effectKinds, pipelineAddon } from '../../src/pipeline/native-loader.js';
import { plainPixels } from '../support/pictures.js';

const addon = pipelineAddon();

/** The kinds of effects that some images go through with one option at its maximum and the others off. */
function kindsWith(name: string): Set<string> {
  const option = augmentationOptions[name as keyof typeof augmentationOptions];
  const value = option.type === 'number' || option.type === 'integer' ? option.max : option.default;
  const augmentation: Augmentation = { ...evaluationAugmentation, [name]: value };
  const draws = Array.from({ length: 200 }, (_, sample) => {
    const of = { seed: 3, epoch: 1, sample, width: 80, height: 60 };
    return addon.drawRecipes(augmentation, plainPixels(48, 48), of);
  });
  return new Set(draws.flat().flatMap(({ effects }) => effects.map(({ kind }) => kind)));
}

test('when C++ lists its effects, then TypeScript has the same kinds in the same order', () => {
  assert.deepEqual(
    addon.effects.map(({ kind }) => kind),
    [...effectKinds],
  );
});

test('when an option draws an effect that needs the whole view, then its declaration says so', () => {
  const wholeView = new Set(
    addon.effects.flatMap(({ kind, needsWholeView }) => (needsWholeView ? [kind] : [])),
  );
  const names = Object.keys(augmentationOptions);
  const declared = Object.entries(augmentationOptions).flatMap(([name, option]) =>
    'needsWholeView' in option ? [name] : [],
  );
  const drawn = names.filter((name) => [...kindsWith(name)].some((kind) => wholeView.has(kind)));
  assert.deepEqual(drawn, declared);
});

test('when every option is drawn, then each kind of effect is reached by one of them', () => {
  const reached = Object.keys(augmentationOptions).flatMap((name) => [...kindsWith(name)]);
  assert.deepEqual([...new Set(reached)].sort(), [...effectKinds].sort());
});

test("when C++ makes an augmentation without changes, then it is TypeScript's for evaluation", () => {
  assert.deepEqual(addon.defaultAugmentation, evaluationAugmentation);
});
