/** `bobbin import`: turns a file of another framework into the folder of a network. */
import { type Command, Option as Flag } from 'commander';
import { checkTarget } from '../../../disk/index.js';
import { expected } from '../../../errors.js';
import {
  type Imported,
  importNetwork,
  importOptions,
  largestDifference,
  type Reference,
  readReference,
} from '../../../import/index.js';
import type { OptionTable } from '../../../options.js';
import { print } from '../../../width.js';
import { addFlags, pickFlags } from '../../flags.js';
import { describeNetwork, nextStep } from '../../import/report.js';
import { exitCode } from '../../process/exit.js';

const toleranceOption = {
  tolerance: {
    type: 'number',
    default: 1e-4,
    min: 0,
    max: 1,
    help: 'largest difference from the results of a reference, as a share of their largest value',
  },
} as const satisfies OptionTable;

const options = { ...importOptions, ...toleranceOption };

interface Flags {
  out: string;
  name?: string;
  verify?: string[];
  mean?: Triple;
  std?: Triple;
}

type Triple = [number, number, number];

export function configure(command: Command): void {
  command
    .argument('<file>', 'a network: model.onnx, or hf:OWNER/NAME of a hub')
    .requiredOption('--out <folder>', 'folder for the network, which train and createModel take')
    .option('--name <name>', "name of the network (default: the file's or the repository's)")
    .addOption(levelsFlag('mean', 'subtracted from the channels of pixels'))
    .addOption(levelsFlag('std', 'by which the channels are divided then'))
    .option(
      '--verify <images outputs...>',
      'two files of NumPy: images, float32 as the network takes them or uint8, and what another framework computed of them',
    );
  addFlags(command, options);
  command.action(async (file: string, flags: Flags) => {
    const { tolerance, ...preprocessing } = pickFlags(options, flags);
    const { out, name, mean, std } = flags;
    await checkTarget(out, 'folder', '--out');
    const reference = await givenReference(flags.verify);
    const given = { ...preprocessing, mean, std };
    const imported = await importNetwork(file, { out, name, preprocessing: given });
    print(describeNetwork(imported, out));
    if (imported.reference !== undefined) {
      await verify(imported, imported.reference, { name: 'the results in the file', tolerance });
    }
    if (reference !== undefined) {
      await verify(imported, reference, { name: `${flags.verify?.[1]}`, tolerance });
    }
    if (process.exitCode !== exitCode.problems) {
      print(nextStep(out));
    }
  });
}

/** Three numbers in the units of bytes. */
const levelsFlag = (name: string, help: string): Flag =>
  new Flag(
    `--${name} <a,b,c>`,
    `${help}; in units of 0…255, in the order of --channels (default: as the file says)`,
  ).argParser((text) => {
    const values = text.split(',').map((part) => (part.trim() === '' ? Number.NaN : Number(part)));
    if (values.length !== 3 || !values.every(Number.isFinite)) {
      throw expected('three numbers', `--${name}`, text);
    }
    // Networks that take bytes, such as Caffe's, divide them by 1.
    if (values.some((value) => value > 0) && values.every((value) => value < 1)) {
      const levels = values.map((value) => Number((255 * value).toPrecision(6)));
      throw expected('numbers in units of 0…255', `--${name}`, text, `That would be ${levels}`);
    }
    return values;
  });

async function givenReference(files: string[] | undefined): Promise<Reference | undefined> {
  if (files === undefined) {
    return undefined;
  }
  const [images, outputs, ...more] = files;
  if (images === undefined || outputs === undefined || more.length > 0) {
    throw expected('two files, images and outputs,', '--verify', files);
  }
  return readReference(images, outputs);
}

/** Says how far the network is from a reference; more than the tolerance sets the exit code. */
async function verify(
  imported: Imported,
  reference: Reference,
  { name, tolerance }: { name: string; tolerance: number },
): Promise<void> {
  const difference = await largestDifference(imported, reference, name);
  const largest = `The largest difference from ${name} is ${difference.toPrecision(2)} of their largest value`;
  if (difference <= tolerance) {
    print(`${largest}.`);
    return;
  }
  print(`${largest}: more than ${tolerance}. The network does not compute what it should.`);
  process.exitCode = exitCode.problems;
}
