/** The public face of the report: progress on the terminal, tables, and pictures. */

export {
  type AugmentationSheet,
  type DrawnAugmentations,
  drawAugmentations,
} from './augmentations.js';
export { chooseImages } from './choose-images.js';
export { type ConfusionPicture, drawConfusion } from './confusion.js';
export { type CurvePoint, drawCurves } from './curves.js';
export { drawEvaluation } from './draw-evaluation.js';
export { drawRun, type FinishedRun } from './draw-run.js';
export { drawMistakes, type Mistake } from './mistakes.js';
export { drawPairs, type ImagePair } from './pairs.js';
export {
  clock,
  createProgress,
  type ProgressReporter,
  type ProgressState,
  progressLine,
  withProgress,
} from './progress.js';
export { drawRangeTest } from './range-test.js';
export { drawSuspects } from './suspects.js';
export { textTable } from './table.js';
export { drawTrials, type TrialPoint } from './trials.js';
