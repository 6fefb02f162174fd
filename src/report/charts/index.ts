/** The charts: each is a function from data to an SVG element that has its own title, axes and description. */

export { arrange } from './arrange.js';
export { type BalanceParts, type ClassCount, classBalanceChart } from './class-balance.js';
export { type ConfusionParts, confusedPairsChart, type PairsParts } from './confused-pairs.js';
export { confusionChart, mostMatrixClasses } from './confusion.js';
export { imageSizesChart, type SizeCount, type SizesParts } from './image-sizes.js';
export {
  type CoverageCurve,
  type CoverageParts,
  precisionCoverageChart,
} from './precision-coverage.js';
export { type RangeTestParts, rangeTestChart } from './range-test.js';
export { type ReliabilityBin, type ReliabilityParts, reliabilityChart } from './reliability.js';
export type { Chart, Words } from './render.js';
export { type ScoreRow, type ScoresParts, scoreIntervalsChart } from './score-intervals.js';
export { themeCss } from './theme.js';
export {
  accuracyChart,
  type CurveOptions,
  type CurvePoint,
  learningRateChart,
  lossChart,
  speedChart,
  waitShareChart,
} from './training-curves.js';
export { type TrialPoint, type TrialsParts, trialsChart } from './trials.js';
