/** The public face of the report: progress on the terminal, tables, and pictures. */

export type { CurvePoint, TrialPoint } from './charts/index.js';
export { drawEvaluation } from './draw-evaluation.js';
export { drawRun, type FinishedRun } from './draw-run.js';
export { type Watch, watchRuns } from './page/watch.js';
export { type ReportRequest, writeReport } from './page/write-report.js';
export {
  type ConfusionPicture,
  drawConfusion,
  drawCurves,
  drawRangeTest,
  drawTrials,
} from './pictures.js';
export {
  clock,
  createProgress,
  type ProgressReporter,
  type ProgressState,
  progressLine,
  withProgress,
} from './progress.js';
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
