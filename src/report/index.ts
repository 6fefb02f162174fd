/** The public face of the report: progress on the terminal, tables, and pictures. */

export { type ConfusionPicture, drawConfusion } from './confusion.js';
export {
  type AugmentationSheet,
  drawAugmentations,
  drawMistakes,
  type Mistake,
} from './contact-sheet.js';
export { type CurvePoint, drawCurves } from './curves.js';
export {
  clock,
  createProgress,
  type ProgressReporter,
  type ProgressState,
  progressLine,
  withProgress,
} from './progress.js';
export { textTable } from './table.js';
