/** The public face of the report: progress on the terminal, tables, and pictures. */

export { type ConfusionPicture, drawConfusion } from './confusion.js';
export { type CurvePoint, drawCurves } from './curves.js';
export { drawEvaluation } from './draw-evaluation.js';
export { drawRun, type FinishedRun } from './draw-run.js';
export {
  clock,
  createProgress,
  type ProgressReporter,
  type ProgressState,
  progressLine,
  withProgress,
} from './progress.js';
export { drawRangeTest } from './range-test.js';
export {
  type AugmentationSheet,
  type DrawnAugmentations,
  drawAugmentations,
} from './sheets/augmentations.js';
export { chooseImages } from './sheets/choose-images.js';
export { drawMistakes, type Mistake } from './sheets/mistakes.js';
export { drawPairs, type ImagePair } from './sheets/pairs.js';
export { drawSuspects } from './sheets/suspects.js';
export { textTable } from './table.js';
export { drawTrials, type TrialPoint } from './trials.js';
