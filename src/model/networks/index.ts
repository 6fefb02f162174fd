/** The networks Bobbin can build, each with the preprocessing its pretrained weights ask for. */
import { expected } from '../../errors.js';
import type { OptionTable } from '../../options.js';
import type { Preprocessing } from '../../pipeline/index.js';
import type { tf } from '../../tensorflow/index.js';
import { loadLayersWeights } from '../weights/layers-weights.js';
import { loadLite0Weights } from '../weights/lite0-weights.js';
import type { Backbone } from './builder.js';
import { efficientNetLite0 } from './efficientnet-lite0.js';
import { mobileNetV2 } from './mobilenet-v2.js';
import { resNet50V2 } from './resnet50-v2.js';

export interface Architecture {
  /** Side of the input in pixels that the weights were trained at. */
  size: number;
  /** Share of pooled features dropped in training before the head. */
  dropout: number;
  pixels: Pick<Preprocessing, 'mean' | 'std' | 'channels'>;
  build(size: number, seed: number): Backbone;
  /** Loads pretrained weights: the published ones where there are any, or those of a file. */
  load(model: tf.LayersModel, source: true | string): Promise<void>;
}

/** Keras's pixels for ResNet50V2 and MobileNetV2: −1…1. */
const signed: Architecture['pixels'] = {
  mean: [127.5, 127.5, 127.5],
  std: [127.5, 127.5, 127.5],
  channels: 'rgb',
};

const architectures = {
  'efficientnet-lite0': {
    size: 224,
    dropout: 0.2,
    pixels: { mean: [127, 127, 127], std: [128, 128, 128], channels: 'rgb' },
    build: efficientNetLite0,
    load: loadLite0Weights,
  },
  'resnet50-v2': {
    size: 224,
    dropout: 0,
    pixels: signed,
    build: resNet50V2,
    load: loadLayersWeights,
  },
  'mobilenet-v2': {
    size: 224,
    dropout: 0,
    pixels: signed,
    build: mobileNetV2,
    load: loadLayersWeights,
  },
} satisfies Record<string, Architecture>;

export type ArchitectureName = keyof typeof architectures;

export const architectureNames = Object.keys(architectures) as ArchitectureName[];

/** Which network is built, and how, as commands are told it. */
export const modelOptions = {
  architecture: {
    type: 'choice',
    choices: architectureNames,
    default: 'efficientnet-lite0',
    flag: 'model',
    help: 'network to train',
  },
  size: {
    type: 'integer',
    default: 224,
    min: 32,
    max: 1024,
    help: "side of the network's input in pixels, a multiple of 32",
  },
  pretrained: { type: 'boolean', default: true, help: 'the published ImageNet weights' },
} as const satisfies OptionTable;

/** @throws InvalidInputError for a name that is none of {@link architectureNames} */
export function architectureNamed(name: string): Architecture {
  if (!Object.hasOwn(architectures, name)) {
    throw expected(`one of ${architectureNames.join(', ')}`, 'architecture', name);
  }
  return architectures[name as ArchitectureName];
}

/** The record for a model with a `size` × `size` input; a fixed crop keeps 224 of 256 as in the originals. */
export function preprocessingOf(architecture: Architecture, size: number): Preprocessing {
  return { resize: Math.round((size * 256) / 224), crop: size, ...architecture.pixels };
}
