/** Images that a table names as members of tar files beside it, such as `photos.tar/a/1.jpg`. */
import { stat } from 'node:fs/promises';
import path from 'node:path';
import { ifPresent } from '../../../disk/index.js';
import { expected } from '../../../errors.js';
import { mapConcurrently } from '../../concurrency.js';
import { refusePointers } from '../../files/git-lfs.js';
import { SequentialFile } from '../../files/sequential-file.js';
import { damaged, quoted, readTar } from '../../files/tar.js';
import type { Labelled } from '../../types.js';
import type { OnProgress } from '../layout.js';

// One is read while the other is hashed; with more a disk would no longer read in order.
const shardsAtOnce = 2;

/** Where the bytes of an image are, and their hash. */
export type Member = Required<Pick<Labelled, 'path' | 'range' | 'hash'>>;

/** An image as a table names it. */
interface Named {
  path: string;
  origin: string;
}

/** The tar file in a path such as `photos.tar/a/1.jpg`, and the name of the member in it; undefined where no part is called so. */
export function memberIn(file: string): { shard: string; name: string } | undefined {
  const [, shard, name] = /^(.+?\.tar)\/(.+)$/.exec(file) ?? [];
  return shard === undefined || name === undefined ? undefined : { shard, name };
}

/**
 * The images of `rows` that are members of tar files, by their paths in the table. Each of these files is read once, as a shard is.
 *
 * @throws InvalidInputError for a member that its file has not, has twice, or that is empty; and for a damaged file, by its byte
 */
export async function membersOf(
  root: string,
  rows: readonly Named[],
  onProgress: OnProgress = () => {},
): Promise<Map<string, Member>> {
  const wanted = await wantedMembers(root, rows);
  await refusePointers(root, [...wanted.keys()]);
  const members = new Map<string, Member>();
  let done = 0;
  await mapConcurrently([...wanted], shardsAtOnce, async ([shard, names]) => {
    const found = await readMembers(path.join(root, shard), names);
    for (const [name, { path: file, origin }] of names) {
      const part = found.get(name);
      if (part === undefined) {
        throw expected(`a member of ${shard} with bytes`, origin, name, absent);
      }
      members.set(file, { path: shard, ...part });
    }
    onProgress(++done, wanted.size);
  });
  return members;
}

const absent = 'Write its name as `tar -tf` lists it, or remove the row';

/** The first row of each member, by tar file and name. A folder may be called like a tar file. */
async function wantedMembers(
  root: string,
  rows: readonly Named[],
): Promise<Map<string, Map<string, Named>>> {
  const shards = new Map<string, Map<string, Named>>();
  for (const row of rows) {
    const member = memberIn(row.path);
    if (member === undefined) {
      continue;
    }
    const names = shards.get(member.shard) ?? new Map<string, Named>();
    shards.set(member.shard, names);
    names.set(member.name, names.get(member.name) ?? row);
  }
  for (const shard of shards.keys()) {
    if (!(await ifPresent(stat(path.join(root, shard))))?.isFile()) {
      shards.delete(shard);
    }
  }
  return shards;
}

async function readMembers(
  file: string,
  names: ReadonlyMap<string, unknown>,
): Promise<Map<string, Pick<Member, 'range' | 'hash'>>> {
  const found = new Map<string, Pick<Member, 'range' | 'hash'>>();
  const opened = await SequentialFile.open(file);
  try {
    for await (const { name: written, offset, size } of readTar(opened)) {
      const name = path.posix.normalize(written);
      if (!names.has(name) || size === 0) {
        continue;
      }
      if (found.has(name)) {
        throw damaged(opened, offset, `${quoted(name)} is in it twice: pack the files anew`);
      }
      found.set(name, { range: { offset, length: size }, hash: await opened.hash(offset, size) });
    }
  } finally {
    await opened.close();
  }
  return found;
}
