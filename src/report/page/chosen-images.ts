/** The images that the page shows: the worst mistakes and the least certain answers, and where the network looked. */
import { findRun, openRun } from '../../model/index.js';
import { gradCam } from '../../prediction/index.js';
import type { AnsweredImage, AtHand, TaskAnswers } from './answers.js';
import type { TrainedRun } from './read-runs.js';
import { lookOf, photoOf, type Thumbnail } from './thumbnails.js';

/** An image of the page. */
export interface ShownImage {
  path: string;
  truth: string;
  prediction: string;
  /** Of the prediction, 0…1. */
  probability: number;
  /** The class with the second greatest probability, and that. */
  second: { name: string; probability: number };
  /** Undefined if the image is not at hand, or cannot be read. */
  photo: Thumbnail | undefined;
  /** Where the network looked for its prediction. */
  look: Thumbnail | undefined;
}

export interface ChosenImages {
  /** Wrong answers, the most probable ones first. */
  worst: ShownImage[];
  /** Wrong answers of all. */
  mistakes: number;
  /** Answers with the least lead over the second class, the least first, without those that are shown before. */
  unsure: ShownImage[];
  /** Why no image shows where the network looked. */
  noLook: string | undefined;
}

/** With few results a page shows this many images of each kind. */
const mostImages = 8;
/** All pages together show about this many of each kind, so that they stay small. */
const imagesInAll = 80;

/** Chooses the images of a result, and makes their pictures, if the data set is at hand. */
export async function picturesOf(
  run: TrainedRun,
  answers: TaskAnswers,
  { epoch, results }: AtHand & { results: number },
): Promise<ChosenImages> {
  const shown = Math.max(3, Math.min(mostImages, Math.floor(imagesInAll / results)));
  const wrong = answers.images.filter(({ top, label }) => top !== label);
  const falling = [...wrong].sort((a, b) => probabilityOf(b) - probabilityOf(a));
  const worst = falling.slice(0, shown);
  const others = answers.images.filter((image) => !worst.includes(image));
  const unsure = others.sort((a, b) => leadOf(a) - leadOf(b)).slice(0, shown);
  const chosen = [...worst, ...unsure];
  const { looks, noLook } = await looksOf(run, answers.task, { chosen, epoch });
  const pictured = await Promise.all(
    chosen.map((image, index) => shownImage(image, answers.classes, looks[index])),
  );
  return {
    ...{ worst: pictured.slice(0, worst.length), unsure: pictured.slice(worst.length) },
    ...{ mistakes: wrong.length, noLook },
  };
}

const probabilityOf = ({ row, top }: AnsweredImage): number => row[top] as number;

/** How far the top class is before the second one. */
const leadOf = (image: AnsweredImage): number =>
  probabilityOf(image) - (image.row[secondOf(image)] as number);

/** The class with the second greatest probability. */
function secondOf({ row, top }: AnsweredImage): number {
  let second = top === 0 ? 1 : 0;
  for (const [index, value] of row.entries()) {
    second = index !== top && value > (row[second] as number) ? index : second;
  }
  return Math.min(second, row.length - 1);
}

async function shownImage(
  image: AnsweredImage,
  classes: readonly string[],
  look: Thumbnail | undefined,
): Promise<ShownImage> {
  const { path, label, top, row, file } = image;
  const second = secondOf(image);
  const nameOf = (place: number) => classes[place] as string;
  return {
    ...{ path, truth: nameOf(label), prediction: nameOf(top), probability: probabilityOf(image) },
    second: { name: nameOf(second), probability: row[second] as number },
    photo: file && (await photoOf(file)),
    look,
  };
}

/** Where the network looked, for each image for which that is known. */
async function looksOf(
  run: TrainedRun,
  task: string,
  { chosen, epoch }: Pick<AtHand, 'epoch'> & { chosen: readonly AnsweredImage[] },
): Promise<{ looks: (Thumbnail | undefined)[]; noLook: string | undefined }> {
  const images = chosen.flatMap(({ file }) => file ?? []);
  if (images.length < chosen.length || images.length === 0) {
    return { looks: [], noLook: 'The data set is not at hand: `--data FOLDER` shows the photos.' };
  }
  const several = run.tasks.length > 1;
  const opened = await findRun(run.folder, { task: several ? task : undefined, epoch });
  const classifier = await openRun(opened, epoch);
  try {
    const classes = chosen.map(({ top }) => top);
    const seen = await gradCam({ classifier, images, classes });
    if (seen === undefined) {
      return { looks: [], noLook };
    }
    const { preprocessing } = classifier;
    const looks = await Promise.all(seen.map((each) => each && lookOf(each, preprocessing)));
    return { looks, noLook: undefined };
  } finally {
    classifier.model.dispose();
  }
}

const noLook =
  'Where the network looked is not shown: it has no map, whose places are places of the image, such as a transformer, or it was imported as a graph.';
