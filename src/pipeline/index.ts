/** The public face of the pipeline stage: images from files to batches. */

export {
  type AugmentChoice,
  augmentOption,
  type ChoiceRequest,
  chooseAugment,
} from './augment-choice.js';
export {
  type Augmentation,
  type AugmentationOptions,
  augmentationOptions,
  evaluationAugmentation,
  viewsOf,
} from './augmentation.js';
export { Batch, type BatchLabels, type BatchParts } from './batch.js';
export { type CheckOptions, checkImages } from './check.js';
export { cudaStatus, requireCuda } from './cuda.js';
export { formatOf, isJpeg, refusalOf } from './decode/kind.js';
export { mostFileBytes, OtherFormat } from './decode/other-formats.js';
export {
  createLoader,
  Loader,
  type LoaderFailure,
  type LoaderStatistics,
} from './loader.js';
export { type Augmenter, type LoaderOptions, loaderOptions } from './loader-options.js';
export {
  adviceOn,
  type Circumstances,
  type Measurement,
  type MeasureRequest,
  measureLoader,
  measurementOf,
  measureOptions,
  muchWaiting,
} from './measure.js';
export type { CudaStatus, Effect, Recipe, Rectangle } from './native-loader.js';
export type { PixelType } from './pixel-type.js';
export {
  checkPreprocessing,
  completePreprocessing,
  type Filter,
  type Fit,
  type Preprocessing,
  preprocessingOptions,
} from './preprocessing.js';
export { type LoaderSample, type LoaderSamples, labelOf } from './samples.js';
export { atStrength } from './strength.js';
export type { Variant } from './variants.js';
export { addWork, noWork, type PipelineWork } from './work.js';
