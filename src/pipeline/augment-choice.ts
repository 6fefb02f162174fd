/** `augment: auto`: measures whether the CPU or the GPU makes batches of the user's files faster, and chooses. */
import {
  checkArguments,
  list,
  number,
  optional,
  record,
  type ShapeOf,
  text,
} from '../arguments.js';
import { resolveOptions } from '../options.js';
import { type Augmentation, augmentationOptions } from './augmentation.js';
import { cudaStatus } from './cuda.js';
import { type Augmenter, loaderOptions } from './loader-options.js';
import { type MeasureRequest, measureLoader, measureOptions } from './measure.js';
import type { CudaStatus } from './native-loader.js';
import type { Preprocessing } from './preprocessing.js';

/** {@link loaderOptions}' `augment` for commands that can wait for a measurement. */
export const augmentOption = {
  ...loaderOptions.augment,
  choices: ['cpu', 'gpu', 'auto'],
  help: `${loaderOptions.augment.help}; auto measures both on your images`,
} as const;

/** The device that renders views faster, and why. */
export interface AugmentChoice {
  augment: Augmenter;
  /** One sentence: what was chosen, and why. */
  reason: string;
}

/** Images a second of a loader without a consumer. */
export interface AugmentRates {
  cpu: number;
  gpu: number;
}

/** Below this speed-up stay on the CPU: the training step needs the GPU, and the CPU threads are idle anyway. */
const worthwhile = 0.2;

/** Why the GPU cannot or need not augment; undefined where only a measurement can decide. */
export function obstacleToGpu(
  { available, reason }: Pick<CudaStatus, 'available' | 'reason'>,
  augmentation: Augmentation,
  { fit }: Pick<Preprocessing, 'fit'> = {},
): string | undefined {
  if (!available) {
    return `there is no CUDA device: ${reason}`;
  }
  if (fit === 'pad') {
    return 'photos are padded (fit pad), which the CPU does in any case';
  }
  const names = effectsOnCpu(augmentation).flatMap(({ name, always }) => (always ? [name] : []));
  if (names.length === 0) {
    return undefined;
  }
  return `every image goes through ${names.join(' and ')}, which the CPU does in any case`;
}

/** Chooses by the measured rates. */
export function chooseByRates(
  { cpu, gpu }: AugmentRates,
  augmentation: Augmentation,
): AugmentChoice {
  const augment = gpu > cpu * (1 + worthwhile) ? 'gpu' : 'cpu';
  const cpuRate = `${cpu.toFixed(0)} images/s`;
  const gpuRate = `${gpu.toFixed(0)} images/s`;
  const outcome =
    augment === 'gpu'
      ? `Augmenting on the GPU: ${gpuRate} against ${cpuRate} on the CPU`
      : `Augmenting on the CPU: ${cpuRate} against ${gpuRate} on the GPU`;
  const tie =
    augment === 'cpu' && gpu > cpu
      ? ', too little more to take the GPU from the training step'
      : '';
  const names = effectsOnCpu(augmentation).map(({ name }) => name);
  const mixed =
    names.length > 0 ? `; the CPU renders images with ${names.join(' or ')} in any case` : '';
  return { augment, reason: `${outcome}${tie}${mixed}.` };
}

/** The effects that are on and that the GPU's kernel cannot render; `always`: no image goes without it. */
function effectsOnCpu(augmentation: Augmentation): { name: string; always: boolean }[] {
  return Object.entries(augmentationOptions).flatMap(([name, option]) => {
    const value = augmentation[name as keyof Augmentation];
    if (!('needsWholeView' in option) || typeof value !== 'number' || value === 0) {
      return [];
    }
    return [{ name, always: !('isProbability' in option) || value === 1 }];
  });
}

/** What `chooseAugment` measures. */
export interface ChoiceRequest extends Omit<MeasureRequest, 'files' | 'seconds' | 'augment'> {
  /** Absolute paths, as an array or a table of samples. */
  files: Pick<MeasureRequest['files'], 'length' | 'at'>;
  /** Another reason against the GPU, in words. */
  obstacle?: string | undefined;
}

const { dtype, gpuDevice, memory } = loaderOptions;

const choiceShape = {
  files: list('an array of paths'),
  threads: number,
  preprocessing: record('the preprocessing of a model'),
  augmentation: augmentationOptions,
  batchSize: measureOptions.batchSize,
  obstacle: optional(text('a reason')),
  ...{ dtype, gpuDevice, memory },
} as const satisfies ShapeOf<ChoiceRequest>;

/**
 * Chooses by the options or else by a measurement: for three seconds, two loaders take turns on some of the files.
 * Never throws for a fault of the GPU: the CPU augments then.
 *
 * @throws InvalidInputError when an option is unknown, missing or out of its range.
 */
export async function chooseAugment(request: ChoiceRequest): Promise<AugmentChoice> {
  checkArguments('chooseAugment', request, choiceShape);
  const { obstacle, files, ...loading } = request;
  const augmentation = resolveOptions(augmentationOptions, request.augmentation, 'augmentation');
  const found = obstacleToGpu(cudaStatus(), augmentation, request.preprocessing) ?? obstacle;
  if (found !== undefined) {
    return onCpu(found);
  }
  const some = { ...loading, files: spread(files), seconds: secondsPerTurn };
  const rateOf = async (augment: Augmenter) =>
    (await measureLoader({ ...some, augment })).imagesPerSecond;
  // The first turn reads the files from the disk and starts the device; the second one counts.
  await rateOf('cpu');
  try {
    await rateOf('gpu');
    return chooseByRates({ cpu: await rateOf('cpu'), gpu: await rateOf('gpu') }, augmentation);
  } catch (error) {
    return onCpu(`the GPU failed: ${(error as Error).message}`);
  }
}

const onCpu = (why: string): AugmentChoice => ({
  augment: 'cpu',
  reason: `Augmenting on the CPU: ${why}.`,
});

const secondsPerTurn = 0.75;
/** Enough for a rate, few enough to load each more than once. */
const mostFiles = 1024;

/** At most {@link mostFiles} of the files, evenly spaced. */
function spread<File>(files: Pick<readonly File[], 'length' | 'at'>): File[] {
  const step = Math.ceil(files.length / mostFiles);
  const count = Math.ceil(files.length / step);
  return Array.from({ length: count }, (_, index) => files.at(index * step) as File);
}
