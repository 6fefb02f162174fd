/** How torch's libraries name the weights of networks of inverted-residual blocks. */
import { type Naming, torchNaming } from '../weights/namings.js';
import { type InvertedResiduals, type Module, modulesOf, type Place } from './inverted-residual.js';

const namingOf = (network: InvertedResiduals, nameOf: (module: Module) => string): Naming => {
  const modules = modulesOf(network);
  return torchNaming((layer) => nameOf(modules.get(layer) as Module));
};

/** The first of two names for a convolution, the second for its normalisation. */
type Pair = readonly [convolution: string, normalization: string];

const of = ([convolution, normalization]: Pair, { normalizes }: Module): string =>
  normalizes ? normalization : convolution;

/** timm's: `conv_stem`, `blocks.2.1.conv_pw`; a block numbers its normalisations from 1. */
export const timmNaming = (network: InvertedResiduals): Naming =>
  namingOf(network, (module) => {
    const { part, stage, repeat, expands } = module;
    const within = `blocks.${stage}.${repeat}`;
    const names: Record<Place['part'], Pair> = {
      stem: ['conv_stem', 'bn1'],
      top: ['conv_head', 'bn2'],
      expand: [`${within}.conv_pw`, `${within}.bn1`],
      depthwise: [`${within}.conv_dw`, `${within}.bn${expands ? 2 : 1}`],
      squeeze: [`${within}.se.conv_reduce`, ''],
      excite: [`${within}.se.conv_expand`, ''],
      // A block that does not expand has one convolution of points, so it needs no second name.
      project: [`${within}.conv_pw${expands ? 'l' : ''}`, `${within}.bn${expands ? 3 : 2}`],
    };
    return of(names[part], module);
  });

/** Those of the published EfficientNet-Lite, which count all blocks: `_blocks.3._expand_conv`. */
export const countedNaming = (network: InvertedResiduals): Naming =>
  namingOf(network, (module) => {
    const within = `_blocks.${module.block}.`;
    const names: Record<Place['part'], Pair> = {
      stem: ['_conv_stem', '_bn0'],
      top: ['_conv_head', '_bn1'],
      expand: [`${within}_expand_conv`, `${within}_bn0`],
      depthwise: [`${within}_depthwise_conv`, `${within}_bn1`],
      squeeze: [`${within}_se_reduce`, ''],
      excite: [`${within}_se_expand`, ''],
      project: [`${within}_project_conv`, `${within}_bn2`],
    };
    return of(names[module.part], module);
  });

/** A sequence of a convolution and a normalisation. */
const sequence = (name: string): Pair => [`${name}.0`, `${name}.1`];

/**
 * torchvision's MobileNetV2: `features.4.conv.1.0`. Before its version 0.4 the modules of a block were one flat list,
 * `features.4.conv.3`, in which activations have numbers, too.
 */
export const torchvisionMobileNaming = (network: InvertedResiduals, isFlat: boolean): Naming =>
  namingOf(network, (module) => {
    const { part, block, expands } = module;
    const before = expands ? 1 : 0;
    const within = `features.${block + 1}.conv`;
    const listed = (at: number): Pair => [`${within}.${at}`, `${within}.${at + 1}`];
    const activated = (at: number) => (isFlat ? listed(3 * at) : sequence(`${within}.${at}`));
    const names: Partial<Record<Place['part'], Pair>> = {
      stem: sequence('features.0'),
      top: sequence('features.18'),
      expand: activated(0),
      depthwise: activated(before),
      project: listed(isFlat ? 3 * (before + 1) : before + 1),
    };
    return of(names[part] as Pair, module);
  });

/** torchvision's EfficientNet: `features.2.0.block.1.0`, `features.2.0.block.2.fc1`. */
export const torchvisionEfficientNaming = (network: InvertedResiduals): Naming =>
  namingOf(network, (module) => {
    const { part, stage, repeat, expands } = module;
    const before = expands ? 1 : 0;
    const at = (index: number) => `features.${stage + 1}.${repeat}.block.${index}`;
    const names: Record<Place['part'], Pair> = {
      stem: sequence('features.0'),
      top: sequence(`features.${network.stages.length + 1}`),
      expand: sequence(at(0)),
      depthwise: sequence(at(before)),
      squeeze: [`${at(before + 1)}.fc1`, ''],
      excite: [`${at(before + 1)}.fc2`, ''],
      project: sequence(at(before + 2)),
    };
    return of(names[part], module);
  });
