/** Models: networks with pretrained weights, frozen or not, saved with their preprocessing. */
import './random-layers.js';

export { type ArchitectureName, architectureNames, modelOptions } from './architectures.js';
export { BatchNormalization } from './batch-normalization.js';
export {
  type Classifier,
  createModel,
  type ModelOptions,
  setTrainable,
  type Trainable,
} from './classifier.js';
export { loadClassifier, saveClassifier } from './classifier-file.js';
export { Dropout, keyOf, type StepArguments } from './dropout.js';
export { ReLU } from './relu.js';
