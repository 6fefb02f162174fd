/** The flags that say which network is trained and how, shared by the commands that train. */
import { type Command, Option as Flag } from 'commander';
import { architectureNames, type ModelOptions } from '../model/index.js';
import type { OptionTable, OptionValues } from '../options.js';
import { type TrainOptions, trainAugmentationOptions, trainOptions } from '../training/index.js';
import { addFlags, pickFlags } from './flags.js';

const networkOptions = {
  size: {
    type: 'integer',
    default: 224,
    min: 32,
    max: 1024,
    help: "side of the network's input in pixels, a multiple of 32",
  },
  pretrained: { type: 'boolean', default: true, help: 'the published ImageNet weights' },
} as const satisfies OptionTable;

// One --seed serves the split and the models; the commands that train declare it themselves.
const { seed: _, ...trainFlags } = trainOptions;

/** Adds --model, its size and weights, and every option of training and augmentation. */
export function addModelFlags(command: Command): Command {
  command.addOption(
    new Flag('--model <name>', 'network to train')
      .choices(architectureNames)
      .default('efficientnet-lite0'),
  );
  addFlags(command, networkOptions);
  addFlags(command, trainFlags);
  return addFlags(command, trainAugmentationOptions);
}

/** The parsed flags of {@link addModelFlags} as {@link train} takes them. */
export function pickModelFlags(flags: object): Training {
  const { size, pretrained }: OptionValues<typeof networkOptions> = pickFlags(
    networkOptions,
    flags,
  );
  const architecture = (flags as { model: ModelOptions['architecture'] }).model;
  return {
    ...pickFlags(trainFlags, flags),
    model: { architecture, size, pretrained },
    augmentation: pickFlags(trainAugmentationOptions, flags),
  };
}

interface Training extends OptionValues<typeof trainFlags> {
  model: NonNullable<TrainOptions['model']>;
  augmentation: OptionValues<typeof trainAugmentationOptions>;
}
