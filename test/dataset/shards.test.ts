/** Tar shards: what Python's tarfile reads in them, labels in every form, and damage that is named. */
import assert from 'node:assert/strict';
import { copyFile, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { type TestContext, test } from 'node:test';
import { loadManifest, type Prepared, prepare } from '../../src/dataset/index.js';
import { SequentialFile } from '../../src/dataset/sequential-file.js';
import { readShard } from '../../src/dataset/shard.js';
import { checksumOf, readTar, type TarMember } from '../../src/dataset/tar.js';
import { InvalidInputError } from '../../src/errors.js';
import { temporaryFolder, writeFiles } from './folders.js';

const fixtures = path.join(import.meta.dirname, '../fixtures/shards');
/** By make_shards.py: name, offset, size and SHA-256 of each member. */
const listing: Record<string, [string, number, number, string][]> = JSON.parse(
  await readFile(path.join(fixtures, 'shards.json'), 'utf8'),
);
const shards = new Map<string, Buffer>();
for (const name of Object.keys(listing)) {
  shards.set(name, await readFile(path.join(fixtures, name)));
}

async function membersOf(file: string): Promise<TarMember[]> {
  const opened = await SequentialFile.open(file);
  const members: TarMember[] = [];
  try {
    for await (const member of readTar(opened)) members.push(member);
  } finally {
    await opened.close();
  }
  return members;
}

for (const [name, wanted] of Object.entries(listing)) {
  test(`when ${name} is read then its members are those that Python's tarfile finds`, async () => {
    const members = await membersOf(path.join(fixtures, name));
    assert.deepEqual(
      members,
      wanted.map(([member, offset, size]) => ({ name: member, offset, size })),
    );
  });
}

/** The three shards under the given names, beside other files. */
async function preparedShards(
  t: TestContext,
  names: Record<string, string>,
  others: Record<string, string> = {},
): Promise<Prepared & { out: string }> {
  const folder = await temporaryFolder(t);
  const source = path.join(folder, 'clothes');
  await writeFiles(source, others);
  for (const [name, shard] of Object.entries(names)) {
    await writeFiles(source, { [name]: '' });
    await copyFile(path.join(fixtures, shard), path.join(source, name));
  }
  const out = path.join(folder, 'out');
  return { ...(await prepare(source, { out })), out };
}

test('when a folder of shards is prepared then samples are ranges with labels and hashes', async (t) => {
  const names = { '0.tar': 'ustar.tar', '1.tar': 'gnu.tar', '2.tar': 'pax.tar' };
  const { manifest, summary, out } = await preparedShards(t, names, {
    'classnames.txt': 'hat\nshoe\n',
    'readme.md': 'x',
    'unpacked.tar/readme.md': 'x',
  });
  assert.equal(summary.layout, 'tar shards');
  assert.deepEqual(summary.warnings, []);
  assert.deepEqual(manifest.tasks, [{ name: 'clothes', classes: ['hat', 'shoe'] }]);
  const wanted = Object.entries(names).flatMap(([file, shard]) =>
    (listing[shard] ?? [])
      .filter(([name]) => /(^|\/)\d+\.(jpg|png)$/i.test(name))
      .map(([name, offset, length, hash]) => {
        const label = Number(/(\d+)\.\w+$/.exec(name)?.[1]) % 2;
        return { path: file, range: { offset, length }, label, hash };
      }),
  );
  assert.equal(wanted.length, 9);
  assert.deepEqual(
    manifest.samples.map(({ path: file, range, label, hash }) => ({
      path: file,
      range,
      label,
      hash,
    })),
    wanted,
  );
  assert.deepEqual(await loadManifest(out), manifest);
});

test('when images have no label or no bytes then they are left out and counted', async (t) => {
  const some = {
    '1.jpg': 'one',
    '1.cls': '0',
    '2.jpg': 'two',
    '3.jpg': '',
    '3.cls': '1',
    '4.png': 'x',
  };
  const content = tarOf(some).toString('latin1');
  const { manifest, summary } = await preparedShards(t, {}, { 'a.tar': content });
  assert.equal(manifest.samples.length, 1);
  assert.match(summary.warnings.join(), /2 images without .*left out; the first is 2 in a\.tar/);
  assert.match(summary.warnings.join(), /1 images of no bytes .*the first is 3\.jpg in a\.tar/);
});

test('when names say the sides of shards then they are kept, and another side is left out', async (t) => {
  const { manifest, summary } = await preparedShards(t, {
    'train/000.tar': 'ustar.tar',
    'train/001.tar': 'pax.tar',
    'val/clothes-000.tar': 'pax.tar',
    'data/clothes-test-000.tar': 'ustar.tar',
  });
  assert.deepEqual(
    manifest.samples.map((sample) => `${sample.path} ${sample.split}`),
    [
      'train/000.tar train',
      'train/000.tar train',
      'train/000.tar train',
      'val/clothes-000.tar validation',
      'val/clothes-000.tar validation',
      'val/clothes-000.tar validation',
    ],
  );
  assert.deepEqual(manifest.tasks[0]?.classes, ['0', '1']);
  assert.equal(summary.leaks, 3);
  assert.match(
    summary.warnings.join('\n'),
    /1 shards are left out, .*train and val .*first is data\/clothes-test-000\.tar/,
  );
});

/** A tar of members with the given contents, and its end. */
function tarOf(members: Record<string, string>): Buffer {
  const blocks = Object.entries(members).flatMap(([name, content]) => {
    const header = Buffer.alloc(512);
    const body = Buffer.alloc(Math.ceil(content.length / 512) * 512);
    header.write(name);
    header.write(`${content.length.toString(8).padStart(11, '0')}\0`, 124);
    body.write(content, 'latin1');
    return [seal(header), body];
  });
  return Buffer.concat([...blocks, Buffer.alloc(1024)]);
}

/** Writes the right checksum into a header block. */
function seal(header: Buffer): Buffer {
  header.write(`${checksumOf(header).toString(8).padStart(6, '0')}\0 `, 148);
  return header;
}

async function written(t: TestContext, content: Buffer): Promise<string> {
  const file = path.join(await temporaryFolder(t), 'x.tar');
  await writeFile(file, content);
  return file;
}

test('when members stand beside each other then the first dot of a name ends the key', async (t) => {
  const file = await written(
    t,
    tarOf({
      'a/1.x.cls': '9',
      'a/1.cls': '3',
      'a/1.seg.png': 'no image of its own',
      'a/1.jpg': 'one',
      'a.b/2.jpg': 'two',
      'a.b/2.json': '{"label": "hat"}',
      'a.b/2.cls': 'shoe\n',
      '3.jpg': 'three',
      '3.json': '{"caption": "no label"}',
      '4.jpg': '',
      '4.cls': '1',
      '.hidden.jpg': 'x',
      noextension: 'x',
    }),
  );
  const { images, unlabelled, empty } = await readShard(file);
  assert.deepEqual(
    images.map(({ key, label, range }) => [key, label, range.length]),
    [
      ['a/1', 3, 3],
      ['a.b/2', 'shoe', 3],
    ],
  );
  assert.deepEqual([unlabelled, empty], [['3'], ['4.jpg']]);
});

const ustar = shards.get('ustar.tar') as Buffer;
const pax = shards.get('pax.tar') as Buffer;

function patched(content: Buffer, at: number, text: string, header?: number): Buffer {
  const copy = Buffer.from(content);
  copy.write(text, at, 'latin1');
  if (header !== undefined) seal(copy.subarray(header, header + 512));
  return copy;
}

const faults: [what: string, content: () => Buffer, message: RegExp][] = [
  ['is empty', () => Buffer.alloc(0), /at byte 0: .*end.*missing/],
  ['is no tar', () => Buffer.alloc(2048, 'x'), /at byte 0: no header is here/],
  ['has no end', () => tarOf({ '1.jpg': 'x' }).subarray(0, 1024), /at byte 1024: .*end.*missing/],
  ['has half an end', () => tarOf({ '1.jpg': 'x' }).subarray(0, 1536), /at byte 1536: .*missing/],
  [
    'goes on after its end',
    () => Buffer.concat([Buffer.alloc(512), ustar]),
    /at byte 0: more follows/,
  ],
  ['has a wrong checksum', () => patched(ustar, 3, '?'), /at byte 0: no header is here/],
  [
    'was cut in a member',
    () => ustar.subarray(0, 3500),
    /at byte 2560: "photos\/0\.jpg" has 851 bytes/,
  ],
  [
    'has a negative size',
    () => patched(ustar, 124, '\xff\xff\xff', 0),
    /at byte 0: the size of "photos\/" is no number/,
  ],
  [
    'has a size beyond any file',
    () => patched(ustar, 124, '\x80\xff\xff\xff\xff', 0),
    /at byte 0: the size of "photos\/" is no number/,
  ],
  [
    'has a long size',
    () => patched(ustar, 512 + 124, '77777777777\0', 512),
    /at byte 512: .* has 8589934591 bytes/,
  ],
  ['has a sparse member', () => patched(ustar, 512 + 156, 'S', 512), /at byte 512: .*sparse/],
  [
    'has a long name of 2 MB',
    () => patched(tarOf({ L: 'x'.repeat(2 << 20) }), 156, 'L', 0),
    /at byte 512: a name or record of 2097152 bytes/,
  ],
  ['has a pax record too long', () => patched(pax, 512, '999 '), /at byte 512: a pax record/],
  [
    'has a sparse pax record',
    () => patched(tarOf({ x: '22 GNU.sparse.major=1\n' }), 156, 'x', 0),
    /makes a file sparse/,
  ],
  [
    'has a pax size that is none',
    () => patched(tarOf({ x: '11 size=-1\n' }), 156, 'x', 0),
    /at byte 512: a pax record has the size "-1"/,
  ],
  [
    'has a label of 2 MB',
    () => tarOf({ '1.cls': '1'.repeat(2 << 20) }),
    /at byte 512: "1\.cls" has 2097152 bytes/,
  ],
  ['has an empty label', () => tarOf({ '1.cls': ' \n' }), /at byte 512: "1\.cls" holds/],
  [
    'has a label that is no JSON',
    () => tarOf({ '1.json': '{' }),
    /at byte 512: "1\.json" is no JSON/,
  ],
  [
    'has a label of another type',
    () => tarOf({ '1.json': '{"label":[1]}' }),
    /at byte 512: .*no class number/,
  ],
  [
    'has two images of one key',
    () => tarOf({ '1.jpg': 'x', '1.png': 'y' }),
    /at byte 1536: "1" has two images/,
  ],
];

for (const [what, content, message] of faults) {
  test(`when a shard ${what} then the error names the shard and the byte`, async (t) => {
    const file = await written(t, content());
    await assert.rejects(readShard(file), (error: Error) => {
      assert.ok(error instanceof InvalidInputError, `${error.stack}`);
      assert.ok(error.message.startsWith(`${file} at byte `), error.message);
      assert.match(error.message, message);
      return true;
    });
  });
}

test('when labels are numbers and names then the error names one of each', async (t) => {
  const names = { '0.tar': 'ustar.tar', '1.tar': 'gnu.tar' };
  await assert.rejects(
    preparedShards(t, names),
    /a name for label at .*0\.tar at byte 2048 but received 0\..*1\.tar at byte \d+ is a name/,
  );
});

test('when a label is none of classnames.txt, or is a huge number, then the error says where', async (t) => {
  await assert.rejects(
    preparedShards(t, { '0.tar': 'ustar.tar' }, { 'classnames.txt': 'only\n' }),
    /one of the 1 classes of classnames\.txt for label at .*0\.tar at byte 4608 but received 1/,
  );
  await assert.rejects(
    preparedShards(
      t,
      {},
      { 'a.tar': tarOf({ '1.jpg': 'x', '1.cls': '4000000000' }).toString('latin1') },
    ),
    /a class number below 100000 .*a\.tar at byte 1536 but received 4000000000/,
  );
});

test('when no image has a label then the error counts them', async (t) => {
  const content = tarOf({ '1.jpg': 'x', '2.jpg': 'y' }).toString('latin1');
  await assert.rejects(
    preparedShards(t, {}, { 'a.tar': content }),
    /images with labels in its shards for source .*2 images without .cls or .json/,
  );
});

test('when class folders lie beside a tar then they are what is prepared', async (t) => {
  const images = { 'hat/1.jpg': 'a', 'hat/2.jpg': 'b', 'shoe/1.jpg': 'c' };
  const { summary } = await preparedShards(t, { 'download.tar': 'ustar.tar' }, images);
  assert.equal(summary.layout, 'class folders');
});

/** Numerical Recipes' 32-bit generator: the same inputs in every run. */
function* draws(seed: number): Generator<number> {
  for (let state = seed; ; ) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    yield state >>> 8;
  }
}

test('when shards are mutated then each is read or refused by name, and no range leaves the file', async (t) => {
  const file = path.join(await temporaryFolder(t), 'x.tar');
  const random = draws(7);
  const below = (limit: number) => (random.next().value as number) % limit;
  let refused = 0;
  for (let round = 0; round < 2000; round++) {
    const original = [...shards.values()][round % 3] as Buffer;
    const content = Buffer.from(
      original.subarray(0, round % 5 === 0 ? below(original.length) : undefined),
    );
    for (let change = below(4); change >= 0; change--) {
      const header = 512 * below(Math.floor(content.length / 512) + 1);
      if (header + 512 > content.length) continue;
      content[header + below(512)] = below(2) === 0 ? below(256) : 48 + below(8);
      // Otherwise the checksum would end most of them.
      if (below(4) > 0) seal(content.subarray(header, header + 512));
    }
    await writeFile(file, content);
    try {
      for (const { range, hash } of (await readShard(file)).images) {
        assert.ok(range.length > 0 && range.offset + range.length <= content.length);
        assert.match(hash, /^[0-9a-f]{64}$/);
      }
    } catch (error) {
      refused++;
      if (!(error instanceof InvalidInputError)) throw error;
      assert.ok(error.message.startsWith(`${file} at byte `), error.message);
    }
  }
  assert.ok(refused > 400 && refused < 1900, `${refused} of 2000 were refused`);
});
