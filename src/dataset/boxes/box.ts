/** The part of a photo to look at: four numbers, and what makes them a box. */
import type { OptionTable } from '../../options.js';

/**
 * Columns from `x0` to before `x1` and rows from `y0` to before `y1` of the upright photo, that is, after its EXIF orientation, in
 * whole pixels from the top left corner. It may reach past the photo's edges.
 */
export type Box = readonly [x0: number, y0: number, x1: number, y1: number];

/** In which unit a source gives its boxes. */
export const boxOptions = {
  boxUnit: {
    type: 'choice',
    choices: ['pixels', 'shares'],
    default: 'pixels',
    help: "unit of boxes: pixels of the upright photo, or shares of the photo's sides, 0…1",
  },
} as const satisfies OptionTable;

export type BoxUnit = (typeof boxOptions.boxUnit.choices)[number];

/** The largest distance from the corner, in pixels: a box's sides then fit into 32 bits. */
export const farthest = 1e9;

/** Whether four numbers, which may come from a file that a person edited, have the order and the size of a box's. */
export const isRectangle = (numbers: readonly unknown[]): numbers is Box =>
  numbers.length === 4 &&
  numbers.every((each) => typeof each === 'number' && Math.abs(each) <= farthest) &&
  (numbers[0] as number) < (numbers[2] as number) &&
  (numbers[1] as number) < (numbers[3] as number);

/** Whether `value` is a {@link Box}. */
export const isBox = (value: unknown): value is Box =>
  Array.isArray(value) && value.every(Number.isInteger) && isRectangle(value);

/** The smallest box that has all of `boxes`, one or more, in it. */
export const unionOf = (boxes: readonly Box[]): Box =>
  boxes.reduce(([x0, y0, x1, y1], box) => [
    Math.min(x0, box[0]),
    Math.min(y0, box[1]),
    Math.max(x1, box[2]),
    Math.max(y1, box[3]),
  ]);
