/** Damaged and hostile shards: each is refused by file and byte, and none causes a read outside the file. */
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { test } from 'node:test';
import { readShard } from '../../../src/dataset/layouts/shard.js';
import { InvalidInputError } from '../../../src/errors.js';
import { temporaryFolder } from '../../support/folders.js';
import { seal, shards, tarOf, written } from '../../support/shard-files.js';

const ustar = shards.get('ustar.tar') as Buffer;
const pax = shards.get('pax.tar') as Buffer;

function patched(content: Buffer, at: number, text: string, header?: number): Buffer {
  const copy = Buffer.from(content);
  copy.write(text, at, 'latin1');
  if (header !== undefined) {
    seal(copy.subarray(header, header + 512));
  }
  return copy;
}

const faults: [what: string, content: () => Buffer, message: RegExp][] = [
  ['is empty', () => Buffer.alloc(0), /at byte 0: .*end.*missing/],
  ['is no tar', () => Buffer.alloc(2048, 'x'), /at byte 0: there is no header here/],
  ['has no end', () => tarOf({ '1.jpg': 'x' }).subarray(0, 1024), /at byte 1024: .*end.*missing/],
  ['has half an end', () => tarOf({ '1.jpg': 'x' }).subarray(0, 1536), /at byte 1536: .*missing/],
  [
    'goes on after its end',
    () => Buffer.concat([Buffer.alloc(512), ustar]),
    /at byte 0: more follows/,
  ],
  ['has a wrong checksum', () => patched(ustar, 3, '?'), /at byte 0: there is no header here/],
  [
    'was cut in a member',
    () => ustar.subarray(0, 3500),
    /at byte 2560: "photos\/0\.jpg" has 851 bytes/,
  ],
  [
    'has a negative size',
    () => patched(ustar, 124, '\xff\xff\xff', 0),
    /at byte 0: the size of "photos\/" is not a number/,
  ],
  [
    'has a size beyond any file',
    () => patched(ustar, 124, '\x80\xff\xff\xff\xff', 0),
    /at byte 0: the size of "photos\/" is not a number/,
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
    'has a label that is not JSON',
    () => tarOf({ '1.json': '{' }),
    /at byte 512: "1\.json" is not JSON/,
  ],
  [
    'has a label of another type',
    () => tarOf({ '1.json': '{"label":[1]}' }),
    /at byte 512: .*neither a class number nor a name/,
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

/** Numerical Recipes' 32-bit generator: the same inputs in every run. */
function* draws(seed: number): Generator<number> {
  for (let state = seed; ; ) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    yield state >>> 8;
  }
}

/** Cuts some of the shards and changes up to four bytes, most of them under a checksum that is right. */
function mutated(round: number, below: (limit: number) => number): Buffer {
  const original = [...shards.values()][round % 3] as Buffer;
  const end = round % 5 === 0 ? below(original.length) : undefined;
  const content = Buffer.from(original.subarray(0, end));
  for (let change = below(4); change >= 0; change--) {
    const header = 512 * below(Math.floor(content.length / 512) + 1);
    if (header + 512 > content.length) {
      continue;
    }
    content[header + below(512)] = below(2) === 0 ? below(256) : 48 + below(8);
    // Without it most changes would end at the checksum.
    if (below(4) > 0) {
      seal(content.subarray(header, header + 512));
    }
  }
  return content;
}

/** Whether the shard is refused by name; fails where it is neither that nor read within its bounds. */
async function isRefused(file: string, length: number): Promise<boolean> {
  try {
    for (const { range, hash } of (await readShard(file)).images) {
      assert.ok(range.length > 0 && range.offset + range.length <= length);
      assert.match(hash, /^[0-9a-f]{64}$/);
    }
    return false;
  } catch (error) {
    if (!(error instanceof InvalidInputError)) {
      throw error;
    }
    assert.ok(error.message.startsWith(`${file} at byte `), error.message);
    return true;
  }
}

test('when shards are mutated then each is read or refused by name, and every range is inside its file', async (t) => {
  const file = path.join(temporaryFolder(t), 'x.tar');
  const random = draws(7);
  const below = (limit: number) => (random.next().value as number) % limit;
  let refused = 0;
  for (let round = 0; round < 2000; round++) {
    const content = mutated(round, below);
    await writeFile(file, content);
    if (await isRefused(file, content.length)) {
      refused++;
    }
  }
  assert.ok(refused > 400 && refused < 1900, `${refused} of 2000 were refused`);
});
