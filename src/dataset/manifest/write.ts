/** Writes a manifest: JSON with one entry a line and a hash at the end, piece by piece. */
import { createHash } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { replaceFile, textPieces, writing } from '../../disk/index.js';
import type { Manifest } from '../types.js';
import { manifestFile } from './manifest.js';
import { relativeRootOf, type StoredManifest } from './root.js';

/**
 * Writes `folder/manifest.json`, whole or not at all, in memory that does not depend on its length. One sample or question a
 * line, so that a diff can be read. The last line has the SHA-256 of the bytes before it.
 *
 * @throws InvalidInputError where the system cannot write; an earlier manifest then stays as it was.
 */
export async function saveManifest(manifest: Manifest, folder: string): Promise<void> {
  const file = manifestFile(folder);
  const stored = { ...manifest, relativeRoot: relativeRootOf(folder, manifest.root) };
  await replaceFile(file, (unfinished) =>
    writing(file, () => writeFile(unfinished, pieces(stored), { flag: 'wx' })),
  );
}

function* pieces(manifest: StoredManifest): Generator<Buffer> {
  const hash = createHash('sha256');
  for (const piece of textPieces(lines(manifest))) {
    hash.update(piece);
    yield piece;
  }
  yield Buffer.from(`"sha256":"${hash.digest('hex')}"}\n`);
}

function* lines({
  root,
  relativeRoot,
  seed,
  folds,
  labelFiles,
  questionFile,
  tasks,
  samples,
  questions,
}: StoredManifest): Generator<string> {
  yield `${JSON.stringify({ version: 1, root, relativeRoot, seed, folds, labelFiles, questionFile }).slice(0, -1)},\n`;
  for (const [name, entries] of Object.entries({ tasks, samples, questions })) {
    yield `"${name}":[`;
    let separator = '\n';
    for (const entry of entries) {
      yield separator + JSON.stringify(entry);
      separator = ',\n';
    }
    yield '\n],\n';
  }
}
