/** Draws suspects.jpg: images whose labels are probably wrong, with their label and the class that they seem to be. */
import path from 'node:path';
import type { TaskSuspects } from '../../evaluation/index.js';
import { count } from '../../plural.js';
import { caption, drawPhotoSheet, percentOf, type SheetPhoto } from './photo-sheet.js';

const mostShown = 48;

/**
 * Writes `folder/suspects.jpg`, whole or not at all, with the 48 most suspicious images at most.
 *
 * @throws InvalidInputError where the system cannot write.
 */
export async function drawSuspects(
  { task, suspects }: TaskSuspects,
  folder: string,
): Promise<void> {
  const shown = suspects.slice(0, mostShown);
  const which = shown.length < suspects.length ? `the first ${shown.length} of ` : '';
  const photos = shown.map(
    ({ file, range, path: name, label, suggestion, probability }): SheetPhoto => ({
      image: { path: file, ...(range && { range }) },
      path: name,
      captions: [caption('seems', suggestion, percentOf(probability)), caption('label', label)],
    }),
  );
  const title = `${task}: ${which}${count(suspects.length, 'suspected label')}`;
  await drawPhotoSheet(
    { title, photos, none: 'No suspected labels.' },
    path.join(folder, 'suspects.jpg'),
  );
}
