/** `bobbin submit`: makes a verified submission from a source folder. */
import type { Command } from 'commander';
import { prepareOptions } from '../../dataset/index.js';
import { submitOptions } from '../../submission/index.js';
import { pickFlags } from '../flags.js';
import { interruptible } from '../interrupt.js';
import { runSubmit, showPictures } from '../submit-report.js';
import { trainingOptions } from '../training-options.js';

export const options = {
  ...trainingOptions,
  ...prepareOptions,
  ...submitOptions,
  seed: { ...prepareOptions.seed, help: 'seed of the split and of all training' },
};

export function configure(command: Command): void {
  command
    .requiredOption('--data <folder>', 'source folder in the FashionAI layout')
    .requiredOption('--out <folder>', 'folder for the prepared data, the runs and the submission');
  command.action(async (flags: { data: string; out: string }) => {
    const { seed, validationFraction, models, crops, checkHashes, ...training } = pickFlags(
      options,
      flags,
    );
    const request = {
      source: flags.data,
      out: flags.out,
      seed,
      validationFraction,
      models,
      crops,
      checkHashes,
      training,
    };
    const result = await interruptible(
      'Stopped with a checkpoint. Repeat the command to continue.',
      (signal) => runSubmit({ ...request, signal }),
    );
    showPictures(flags.out, result);
  });
}
