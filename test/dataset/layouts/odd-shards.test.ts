/** Shards as people have them: splits of other names or without labels, labels without images, and labels in JSON. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readShard } from '../../../src/dataset/layouts/shard.js';
import { prepared } from '../../support/prepared.js';
import { tarOf, written } from '../../support/shard-files.js';

/** Three images of two classes, their contents beginning with `name`. */
function shard(name: string, label = (index: number) => `${index % 2}`): Buffer {
  const members = [0, 1, 2].flatMap((index) => [
    [`${index}.jpg`, `${name} ${index}`],
    [`${index}.cls`, label(index)],
  ]);
  return tarOf(Object.fromEntries(members));
}

for (const [train, held] of [
  ['train', 'dev'],
  ['Training', 'Testing'],
  ['TRAIN', 'eval'],
] as const) {
  test(`when shards are called ${train} and ${held} then these are their splits`, async (t) => {
    const files = { [`${train}-0.tar`]: shard('a'), [`${held}-0.tar`]: shard('b') };
    const folders = { [`${train}/0.tar`]: shard('a'), [`${held}/0.tar`]: shard('b') };
    for (const source of [files, folders]) {
      const { manifest, summary } = await prepared(t, source);
      assert.deepEqual(summary.warnings, []);
      assert.equal(manifest.samples.length, 6);
      for (const { path, split } of manifest.samples) {
        assert.equal(split, path.startsWith(train) ? 'train' : 'validation');
      }
    }
  });
}

test('when shards of several splits are read together then a warning names the splits', async (t) => {
  const { summary } = await prepared(t, { 'val-0.tar': shard('a'), 'test-0.tar': shard('b') });
  assert.match(summary.warnings.join('\n'), /^Shards of test and val are read together: /);
  const other = await prepared(t, { 'train-0.tar': shard('a'), 'holdout-0.tar': shard('b') });
  assert.match(
    other.summary.warnings.join('\n'),
    /^Shards of no split and train are read together/,
  );
});

test('when the validation shards have no labels then the seed splits the others', async (t) => {
  const unlabelled = [tarOf({ '0.jpg': 'x', '1.jpg': 'y' }), shard('b', () => '-1')];
  for (const test of unlabelled) {
    const { summary } = await prepared(t, { 'train-0.tar': shard('a'), 'test-0.tar': test });
    assert.deepEqual([summary.tasks[0]?.train, summary.tasks[0]?.validation], [2, 1]);
    assert.match(summary.warnings.join('\n'), /validation shards have no labelled image: the seed/);
  }
});

test('when labels have no image beside them then they are counted', async (t) => {
  const members = {
    'IMG_1.5.jpg': 'an image of the key IMG_1',
    'IMG_1.5.cls': '1',
    'IMG_1.6.jpg': 'another',
    'IMG_1.6.json': '{"label": 1}',
    'p.hdr': 'no format that is known',
    'p.cls': '0',
    'm.image.jpg': 'x',
    'm.json': '{"label": 1}',
    'n.json': '{"caption": "no label"}',
    'e.jpg': '',
    'e.cls': '1',
    'good.jpg': 'x',
    'good.cls': '1',
    'good.seg.json': '{}',
  };
  const { imageless } = await readShard(await written(t, tarOf(members)));
  assert.deepEqual(imageless, ['IMG_1.5.cls', 'IMG_1.6.json', 'p.cls', 'm.json']);
  const { summary } = await prepared(t, { 'a.tar': tarOf(members) });
  assert.match(
    summary.warnings.join('\n'),
    /4 labels have no image beside them \(.*first dot.*links.*\); the first is IMG_1\.5\.cls in a\.tar/,
  );
});

test('when parts of a set of shards are missing then the first is named', async (t) => {
  const { summary } = await prepared(t, {
    'data/train-00000-of-00004.tar': shard('a'),
    'data/train-00003-of-00004.tar': shard('b'),
    'data/test-1-of-2.tar': shard('c'),
    'data/test-2-of-2.tar': shard('d'),
  });
  assert.deepEqual(summary.warnings, [
    '2 of 4 shards are missing; the first is data/train-00001-of-00004.',
  ]);
  const fromOne = { 'x-1-of-3.tar': shard('a'), 'x-3-of-3.tar': shard('b') };
  assert.deepEqual((await prepared(t, fromOne)).summary.warnings, [
    '1 of 3 shards is missing; the first is x-2-of-3.',
  ]);
});

test('when a sample has .cls then its JSON may hold anything', async (t) => {
  for (const json of ['{"score": NaN}', '{"label": [1]}', '[]', `"${'x'.repeat(2 << 20)}"`]) {
    for (const order of [
      ['1.json', '1.cls'],
      ['1.cls', '1.json'],
    ]) {
      const notes = order.map((name) => [name, name === '1.cls' ? '3' : json]);
      const content = tarOf({ ...Object.fromEntries(notes), '1.jpg': 'x' });
      const { images } = await readShard(await written(t, content));
      assert.deepEqual(
        images.map(({ label }) => label),
        [3],
      );
    }
  }
});

test('when a sample has only JSON then its label is read like one in .cls', async (t) => {
  const labels = ['"3"', '3', '"hat"', 'null', '-1'];
  const members = labels.flatMap((label, index) => [
    [`${index}.jpg`, 'x'],
    [`${index}.json`, `{"label": ${label}}`],
  ]);
  const file = await written(t, tarOf(Object.fromEntries(members)));
  const { images, unlabelled } = await readShard(file);
  assert.deepEqual(
    images.map(({ label }) => label),
    [3, 3, 'hat'],
  );
  assert.deepEqual(unlabelled, ['3', '4']);
});

test('when classnames.txt lies beside shards or above them then it names the classes', async (t) => {
  for (const folder of ['data/', '']) {
    const { manifest } = await prepared(t, {
      'data/a.tar': shard('a'),
      [`${folder}classnames.txt`]: 'hat\nshoe\n',
    });
    assert.deepEqual(manifest.tasks[0]?.classes, ['hat', 'shoe']);
  }
});

test('when a shard is a Git LFS pointer then the error says how to fetch it', async (t) => {
  const pointer = 'version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 12345\n';
  for (const name of ['b.tar', 'data/b.parquet']) {
    await assert.rejects(
      prepared(t, { [name.replace('b.', 'a.')]: shard('a'), [name]: pointer }),
      /a shard for .*b\.(tar|parquet) but received "a Git LFS pointer"\. .*git lfs pull/,
    );
  }
});
