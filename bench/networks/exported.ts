/** Has Python export families of networks, a few at a time, and compares each with what Python computed with it. */
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { expected } from '../../src/errors.js';
import { askPython } from '../measure.js';
import { checkOutput, writeJson } from '../output.js';
import { checkNames } from '../train/train.js';
import { families } from './families.js';

/** Families that are exported by one process of Python, and lie on the disk at once. */
const exportedAtOnce = 4;

export interface Comparison<Row, Answer> {
  /** The program of Python, in this folder. */
  program: string;
  /** JPEG files. */
  files: string[];
  /** Photos that each network computes. */
  photoCount: number;
  /** Names of families; empty for all. */
  only: string[];
  /** A file for the rows; it is written after each family, so that an end in between loses none. */
  json: string | undefined;
  /** @param file the path of what the program wrote for a family, without an ending */
  compare: (file: string, answer: Answer) => Promise<Row>;
  /** What is printed of a family at once. */
  told: (row: Row) => string;
}

/** A row for each family. */
export async function compareExported<Row, Answer = unknown>({
  program,
  files,
  photoCount,
  only,
  json,
  compare,
  told,
}: Comparison<Row, Answer>): Promise<Row[]> {
  checkOutput('--json', json);
  checkNames(
    '--only',
    only,
    families.map(([name]) => name),
  );
  const photos = files.slice(0, photoCount);
  if (photos.length < photoCount) {
    throw expected(`${photoCount} JPEG files or more`, 'networks', photos.length);
  }
  const chosen = families.filter(([name]) => only.length === 0 || only.includes(name));
  const rows: Row[] = [];
  for (let at = 0; at < chosen.length; at += exportedAtOnce) {
    const folder = mkdtempSync(path.join(os.tmpdir(), 'bobbin-networks-'));
    try {
      const some = chosen.slice(at, at + exportedAtOnce);
      const request = JSON.stringify({ folder, photos, families: some });
      const answer = askPython<Answer>(`networks/${program}`, request);
      for (const [name] of some) {
        const row = await compare(path.join(folder, name), answer);
        rows.push(row);
        await writeJson(json, rows);
        console.log(`${name}: ${told(row)}`);
      }
    } finally {
      rmSync(folder, { recursive: true });
    }
  }
  return rows;
}
