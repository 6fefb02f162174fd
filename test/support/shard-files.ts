/** Tar shards for the tests: written by Python's tarfile, or made by a test. */
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { TestContext } from 'node:test';
import { checksumOf } from '../../src/dataset/files/tar.js';
import { temporaryFolder } from './folders.js';

/** Three shards written by Python's tarfile, one in each format. */
export const fixtures = path.join(import.meta.dirname, '../fixtures/shards');
/** By make_shards.py: name, offset, size and SHA-256 of each member. */
export const listing: Record<string, [string, number, number, string][]> = JSON.parse(
  await readFile(path.join(fixtures, 'shards.json'), 'utf8'),
);
/** Their bytes, by name. */
export const shards = new Map<string, Buffer>();
for (const name of Object.keys(listing)) {
  shards.set(name, await readFile(path.join(fixtures, name)));
}

/** A tar of members with the given contents, and its end. */
export function tarOf(members: Record<string, string>): Buffer {
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
export function seal(header: Buffer): Buffer {
  header.write(`${checksumOf(header).toString(8).padStart(6, '0')}\0 `, 148);
  return header;
}

/** Writes a shard into a new folder. */
export async function written(t: TestContext, content: Buffer): Promise<string> {
  const file = path.join(temporaryFolder(t), 'x.tar');
  await writeFile(file, content);
  return file;
}
