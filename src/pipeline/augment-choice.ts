/** `augment: auto`: measures who is faster at making batches of somebody's own files, CPU or GPU, and chooses. */
import { resolveOptions } from '../options.js';
import { type Augmentation, augmentationOptions } from './augmentation.js';
import { cudaStatus } from './cuda.js';
import { type Augmenter, loaderOptions } from './loader-options.js';
import { type MeasureRequest, measureLoader } from './measure.js';
import type { CudaStatus } from './native-loader.js';

/** {@link loaderOptions}' `augment` for whoever can wait for a measurement. */
export const augmentOption = {
  ...loaderOptions.augment,
  choices: ['cpu', 'gpu', 'auto'],
  help: `${loaderOptions.augment.help}; auto measures both on the images at hand`,
} as const;

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

/**
 * A GPU that is faster by less than this share is left to the training step, which needs it; the threads that render have
 * nothing better to do.
 */
const worthwhile = 0.2;

/** Why the GPU cannot augment or need not try; undefined where only a measurement can tell. */
export function obstacleToGpu(
  { available, reason }: Pick<CudaStatus, 'available' | 'reason'>,
  { rotation, randAugment, blur }: Augmentation,
): string | undefined {
  if (!available) {
    return `there is no CUDA device: ${reason}`;
  }
  // What the kernel cannot do, since it needs the whole view in between, where no image goes without it.
  const always = { rotation: rotation > 0, randAugment: randAugment > 0, blur: blur === 1 };
  const names = Object.entries(always).flatMap(([name, is]) => (is ? [name] : []));
  if (names.length === 0) {
    return undefined;
  }
  return `every image goes through ${names.join(' and ')}, which the CPU does in any case`;
}

/** Chooses by what was measured. */
export function chooseByRates({ cpu, gpu }: AugmentRates, { blur }: Augmentation): AugmentChoice {
  const augment = gpu > cpu * (1 + worthwhile) ? 'gpu' : 'cpu';
  const cpuRate = `${cpu.toFixed(0)} images/s`;
  const gpuRate = `${gpu.toFixed(0)} images/s`;
  const outcome =
    augment === 'gpu'
      ? `Augmenting on the GPU: ${gpuRate} against ${cpuRate} on the CPU`
      : `Augmenting on the CPU: ${cpuRate} against ${gpuRate} on the GPU`;
  const tie = augment === 'cpu' && gpu > cpu ? ', too few more to take it from the training' : '';
  const mixed = blur > 0 ? '; images that are blurred the CPU renders in any case' : '';
  return { augment, reason: `${outcome}${tie}${mixed}.` };
}

export interface ChoiceRequest extends Omit<MeasureRequest, 'seconds' | 'augment'> {
  /** What else rules the GPU out, in words. */
  obstacle?: string | undefined;
}

/**
 * Chooses by the circumstances or else by a measurement: for three seconds, two loaders take turns on some of the files.
 * Never throws for what is wrong with the GPU.
 */
export async function chooseAugment(request: ChoiceRequest): Promise<AugmentChoice> {
  const { obstacle, files, ...loading } = request;
  const augmentation = resolveOptions(augmentationOptions, request.augmentation);
  const found = obstacleToGpu(cudaStatus(), augmentation) ?? obstacle;
  if (found !== undefined) {
    return onCpu(found);
  }
  const some = { ...loading, files: spread(files), seconds: secondsPerTurn };
  const rateOf = async (augment: Augmenter) =>
    (await measureLoader({ ...some, augment })).imagesPerSecond;
  // The first turn fetches the files from the disk and wakes the device up; the second one counts.
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
/** Enough for a rate, few enough to see each more than once. */
const mostFiles = 1024;

/** At most {@link mostFiles}, from all over. */
function spread<File>(files: readonly File[]): File[] {
  const step = Math.ceil(files.length / mostFiles);
  return files.filter((_, index) => index % step === 0);
}
