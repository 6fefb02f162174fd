/** Draws a sheet of a data set's images, each beside its views as the epochs of a training see them. */
import type { OverlayOptions } from 'sharp';
import { checkArguments, list, record, type ShapeOf, text as words } from '../../arguments.js';
import type { ImageFile } from '../../dataset/index.js';
import {
  augmentationOptions,
  type LoaderFailure,
  type LoaderOptions,
  loaderOptions,
} from '../../pipeline/index.js';
import { shorten } from '../../width.js';
import { savePicture, text, titleAt, titleWidth } from './drawing.js';
import { renderEpochs } from './epoch-views.js';
import { placed, thumbnail, tile, tileOf } from './tiles.js';
import { pictureOfView } from './views.js';

/** What {@link drawAugmentations} draws. */
export interface AugmentationSheet
  extends Pick<LoaderOptions, 'preprocessing' | 'augmentation' | 'seed'> {
  title: string;
  /** One row each; the caption, e.g. the class, stands below the image. */
  images: readonly (ImageFile & { caption: string })[];
  /** Of which the views are shown, from the first one on. Each gives one view of an image; with a five- or ten-crop a whole set. */
  epochs: number;
}

const isCount = (value: unknown) => Number.isInteger(value) && (value as number) > 0;

const shape = {
  title: words('a title'),
  images: list('a list of images'),
  epochs: { what: 'an integer of at least 1', accepts: isCount },
  preprocessing: record('a preprocessing'),
  augmentation: augmentationOptions,
  seed: loaderOptions.seed,
} satisfies ShapeOf<AugmentationSheet>;

/** What was drawn. */
export interface DrawnAugmentations {
  /** Of each image. */
  views: number;
  /** Images that could not be read; they are grey, and their views black. */
  failures: LoaderFailure[];
}

const gap = 20;
const header = 60;
const pitch = { x: tile + 8, y: tile + 28 };

/**
 * Writes `file`, a JPEG if it is named so, else a PNG, with a row for each image: the image whole, then its views in the order of
 * the epochs. The views are what a training with the same options and seed would see, if these were all of its images.
 *
 * @throws InvalidInputError when an argument is unknown, missing or of another kind.
 */
export async function drawAugmentations(
  sheet: AugmentationSheet,
  file: string,
): Promise<DrawnAugmentations> {
  checkArguments('drawAugmentations', sheet, shape);
  const { title, images, epochs, ...options } = sheet;
  const { pixels, variants, failures } = await renderEpochs(images, epochs, options);
  const { preprocessing } = options;
  const place = (column: number, row: number) => {
    return [gap + column * pitch.x, header + row * pitch.y] as const;
  };
  const [width, height] = place(1 + variants, images.length);
  const elements = [titleAt(gap, title)];
  const overlays: OverlayOptions[] = [];
  const values = preprocessing.crop ** 2 * 3;
  for (const [row, image] of images.entries()) {
    const [x, y] = place(0, row);
    elements.push(text(x, y + tile + 15, shorten(image.caption, width / 8), { size: 11 }));
    overlays.push(placed(await thumbnail(image), x, y));
    for (let view = 0; view < variants; view++) {
      const from = (row * variants + view) * values;
      const shown = pictureOfView(pixels.subarray(from, from + values), preprocessing);
      overlays.push(placed(await tileOf(shown), ...place(1 + view, row)));
    }
  }
  const paper = { width: Math.max(width + gap, 2 * gap + titleWidth(title)), height: height + gap };
  await savePicture({ ...paper, title, elements, overlays }, file);
  return { views: variants, failures };
}
