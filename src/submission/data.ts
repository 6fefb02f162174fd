/** The prepared data of a submission: made from its source, or by an earlier call, whose source may lie elsewhere now. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import {
  changesSince,
  checkQuestionImages,
  findQuestionFiles,
  fittingLayout,
  loadManifest,
  type Manifest,
  manifestFile,
  prepare,
  saveManifest,
} from '../dataset/index.js';
import { ifPresent, readRegular, removeLeftovers, sha256 } from '../disk/index.js';
import { expected } from '../errors.js';
import type { SubmitRequest } from './request.js';

/** The folder of the prepared data in that of a submission. */
export const dataFolder = (out: string): string => path.join(out, 'data');

/**
 * Looks at a new source before anything is written.
 *
 * @throws InvalidInputError where it has no layout or no questions.
 */
export async function checkSource(source: string, questions: string | undefined): Promise<void> {
  const root = path.resolve(source);
  await fittingLayout(root);
  if (questions === undefined) {
    await findQuestionFiles(root);
  }
}

/** Prepares the source, if no earlier call did or `begun` is false: then no run depends on what an earlier call prepared. */
export async function prepared(request: SubmitRequest, begun: boolean): Promise<Manifest> {
  const { source, out, seed, validationFraction, boxes, boxUnit } = request;
  const { questions, questionImages } = request;
  const data = dataFolder(out);
  const file = manifestFile(data);
  if (!begun || !existsSync(file)) {
    await checkSource(source, questions);
    const splitting = { seed, validationFraction, boxes, boxUnit };
    const options = { out: data, ...splitting, questions, questionImages };
    return (await prepare(source, options)).manifest;
  }
  await removeLeftovers(data);
  const kept = await loadManifest(data, {}, `Remove ${file} and repeat submit`);
  const manifest = await withSource(kept, path.resolve(source), out);
  if (questionImages !== undefined) {
    await checkQuestionImages(manifest, questionImages);
  }
  await reportChanges(manifest, request);
  return manifest;
}

/**
 * The manifest with its images in `source`, which may have moved or be a copy: its files of labels and questions say whether
 * it is the same release. Another place is kept in the manifest's file.
 *
 * @throws InvalidInputError where it is another release, naming the first file that differs.
 */
async function withSource(manifest: Manifest, source: string, out: string): Promise<Manifest> {
  if (source === path.resolve(manifest.root)) {
    return manifest;
  }
  if (!existsSync(source)) {
    throw expected('an existing folder', 'source', source);
  }
  for (const { path: file, hash } of manifest.labelFiles ?? []) {
    const place = path.resolve(source, file);
    const bytes = await ifPresent(readRegular(place));
    if (bytes === undefined || sha256(bytes) !== hash) {
      const fault = bytes === undefined ? `There is no ${place}` : `${place} has other rows`;
      const remedy = `${fault}. Name the source of the earlier call, or choose another folder for out`;
      throw expected(`the release that ${out} was begun with`, 'source', source, remedy);
    }
  }
  const moved = { ...manifest, root: source };
  await saveManifest(moved, dataFolder(out));
  return moved;
}

/** What changed in the source since an earlier call prepared it. */
async function reportChanges(manifest: Manifest, request: SubmitRequest): Promise<void> {
  const asked = {
    manifest,
    checkHashes: request.checkHashes,
    remedy: 'submit into another folder',
  };
  const changes = [
    ...(await changesSince(asked)),
    ...(await changesSince({ ...asked, part: 'questions' })),
  ];
  for (const sentence of new Set(changes)) {
    request.observer?.onChange?.(sentence);
  }
}
