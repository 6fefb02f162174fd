/** Labels that are probably wrong, by answers of a network that was not trained on the images. */
import { doubtsOf } from '../../evaluation/index.js';
import type { AnsweredImage, TaskAnswers } from './answers.js';
import { photoOf, type Thumbnail } from './thumbnails.js';

/** A label in doubt. */
export interface DoubtfulLabel {
  path: string;
  label: string;
  /** The class that the image seems to be. */
  suggestion: string;
  /** Of the suggestion, 0…1. */
  probability: number;
  photo: Thumbnail | undefined;
}

/** With a photo; more are named only. */
const mostPhotos = 8;

/** The suspected labels, the most suspicious first, as `npx bobbin suspects` lists them. */
export async function doubtfulLabels(
  { images, classes }: TaskAnswers,
  pictures: boolean,
): Promise<DoubtfulLabel[]> {
  const doubts = doubtsOf(images, classes.length);
  return await Promise.all(
    doubts.map(async ({ index, suggestion }, place) => {
      const { path, label, row, file } = images[index] as AnsweredImage;
      const hasPhoto = pictures && file !== undefined && place < mostPhotos;
      return {
        path,
        label: classes[label] as string,
        suggestion: classes[suggestion] as string,
        probability: row[suggestion] as number,
        photo: hasPhoto ? await photoOf(file) : undefined,
      };
    }),
  );
}
