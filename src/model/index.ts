/** Models: networks with pretrained weights, frozen or not, saved with their preprocessing. */
import './layer-graph.js';
import './layers/keras/index.js';
import './layers/random-layers.js';

export { checkNetwork } from './choose-network.js';
export {
  aClassifier,
  type BuiltClassifier,
  built,
  type Classifier,
  checkHead,
  featuresOf,
  headsOf,
  type ImageModel,
  inputOfHead,
  partOf,
  setTrainable,
  type Trainable,
  trainableChoices,
} from './classifier.js';
export {
  describedClassifier,
  descriptionOf,
  readClassifier,
  saveClassifier,
} from './classifier-file.js';
export { createModel, type ModelOptions } from './create-model.js';
export { describeNetwork, type NetworkDescription, networksAtHand } from './describe-network.js';
export { checkFiniteWeights, nonFiniteValue, weightsOf } from './finite-weights.js';
export { forwardOf } from './forward.js';
export {
  type Head,
  type HeadTask,
  haveSameHeads,
  headName,
  headsFor,
  isLogits,
  isSameHead,
  logitsName,
  outputsOf,
} from './heads.js';
export { BatchNormalization } from './layers/batch-normalization.js';
export { Dropout, keyOf, type StepArguments } from './layers/dropout.js';
export { ReLU } from './layers/relu.js';
export { type NetworkName, networkNames, weightsPackages } from './networks/index.js';
export { atSize, caffePixels, imageNetPixels, signedPixels } from './networks/network.js';
export { type NetworkRecord, type NetworkSource, onlySide } from './networks/record.js';
export { networkFile, saveNetwork } from './networks/save-network.js';
export { completeModel, modelOptions, networkPath, weightsPath } from './options.js';
export { pinWeights, weightsSha256 } from './pretrained.js';
export {
  type Epoch,
  findRun,
  loadClassifier,
  openRun,
  type Run,
  type RunChoice,
  recordOf,
  runOptions,
  runsIn,
} from './runs.js';
export { setStochasticDepth } from './stochastic-depth.js';
export { WeightSum } from './weight-sum.js';
export { widenBfloat16, widenFloat16 } from './weights/floats.js';
export { looksLikeHdf5 } from './weights/hdf5/hdf5.js';
export type { NamedTensor, NamedTensors } from './weights/index.js';
export { readJsonBytes } from './weights/json-bytes.js';
export { type KerasWeight, readKerasHdf5, shortNames, weightsIn } from './weights/keras-hdf5.js';
export { floatsOf, type ModelJson, parseModelJson } from './weights/model-json.js';
export { withPositions } from './weights/positions.js';
export { readSafetensors } from './weights/safetensors.js';
export { preprocessingOf } from './weights/timm-config.js';
export { safetensorsPieces } from './weights/write-safetensors.js';
