/** Configures TensorFlow: its threads, GPU and precision, as serialised ConfigProtos. */
import { expected } from '../errors.js';
import { native } from '../native.js';
import { type OptionValues, resolveOptions } from '../options.js';
import { bytesField, intField, varint } from '../protobuf.js';
import type { NativeTensorFlow } from './native-tensorflow.js';

/** Options of {@link configure}. */
export const runtimeOptions = {
  gpu: {
    type: 'choice',
    choices: ['auto', 'off'],
    default: 'auto',
    help: 'use a GPU if TensorFlow finds one, or never',
  },
  gpuDevice: { type: 'integer', default: 0, min: 0, max: 63, help: 'number of the GPU' },
  gpuAllowGrowth: {
    type: 'boolean',
    default: true,
    help: 'take GPU memory when it is needed, not all at the start',
  },
  gpuMemoryLimitMB: {
    type: 'integer',
    default: 0,
    min: 0,
    max: 1 << 24,
    help: 'largest GPU memory to take, in MiB; 0: all',
  },
  interOpThreads: {
    type: 'integer',
    default: 0,
    min: 0,
    max: 1024,
    help: 'ops of a graph that run at the same time; 0: one for each core',
  },
  intraOpThreads: {
    type: 'integer',
    default: 0,
    min: 0,
    max: 1024,
    help: 'threads that share one op; 0: one for each core',
  },
} as const;

/** The options of `configure`, all of them given. */
export type RuntimeOptions = OptionValues<typeof runtimeOptions>;

let chosen: RuntimeOptions | undefined;

/**
 * Configures TensorFlow. Call it before the first tensor.
 *
 * @throws InvalidInputError when an option is out of its range, and a plain Error when TensorFlow has already started.
 */
export function configure(options: Partial<RuntimeOptions>): void {
  if (!choose(options)) {
    throw new Error('configure: TensorFlow has already started. Call it before the first tensor');
  }
}

/**
 * Lets TensorFlow compute with `count` threads, of which each op may use all. Sums are divided among threads, so their number
 * decides how results are rounded.
 *
 * @param name the option, for errors
 * @param opsAtOnce ops that may run at the same time
 * @throws InvalidInputError when TensorFlow has started with another number
 */
export function useThreads(count: number, name: string, opsAtOnce = count): void {
  const now = chosen?.intraOpThreads;
  if (now === count || choose({ ...chosen, intraOpThreads: count, interOpThreads: opsAtOnce })) {
    return;
  }
  const started = now === 0 ? 'one for each core (0)' : `${now}`;
  const remedy = 'TensorFlow of this process has started with them: begin another process';
  throw expected(started, name, count, remedy);
}

/** The addon, with the default configuration unless `configure` was called. This folder gets the addon only here. */
export function runtime(): NativeTensorFlow {
  chosenOptions();
  return native() as NativeTensorFlow;
}

/** The present configuration for a cluster's ServerDef: a serialised ConfigProto. */
export const sessionConfig = (): Uint8Array => configProto(chosenOptions());

/** The present configuration, with which TensorFlow runs or will start. */
export function chosenOptions(): RuntimeOptions {
  if (chosen === undefined) {
    choose({});
  }
  return chosen as RuntimeOptions;
}

/** The number of the GPU on which TensorFlow computes; undefined if it computes on the CPU. Starts TensorFlow. */
export function gpuInUse(): number | undefined {
  return runtime().isUsingGpuDevice() ? chosenOptions().gpuDevice : undefined;
}

function choose(options: Partial<RuntimeOptions>): boolean {
  const values = resolveOptions(runtimeOptions, options, 'configure');
  const inTime = (native() as NativeTensorFlow).configure(configProto(values));
  chosen = inTime ? values : (chosen ?? values);
  return inTime;
}

/** A serialised `tensorflow.ConfigProto`. The field numbers are from TensorFlow's config.proto. */
export function configProto(options: RuntimeOptions): Uint8Array {
  const gpuOff = options.gpu === 'off';
  // A map's entry. The value 0 is the default, but TensorFlow's own serialiser writes it.
  const noGpu = [...bytesField(1, Buffer.from('GPU')), ...varint(2 << 3), 0];
  return Uint8Array.from([
    ...(gpuOff ? bytesField(1, noGpu) : []),
    ...intField(2, options.intraOpThreads),
    ...intField(5, options.interOpThreads),
    ...bytesField(6, gpuOptions(options)),
    ...softPlacement(),
  ]);
}

/** The type in which a function computes convolutions and products of matrices. */
export type Precision = 'float32' | 'bfloat16' | 'float16';

/** @throws InvalidInputError for float16 without a GPU, and for bfloat16 with a GPU. */
export function checkPrecision(precision: Precision): void {
  const fitting = runtime().isUsingGpuDevice() ? 'float16' : 'bfloat16';
  if (precision !== 'float32' && precision !== fitting) {
    throw expected(`float32 or, on this device, ${fitting}`, 'precision', precision);
  }
}

/**
 * A ConfigProto for a traced function. TensorFlow runs its graph optimizer, which fuses and folds ops, only on functions that
 * are called with one: it is empty for float32 without `optimize`. In half precision the optimizer also puts casts around ops
 * that gain by it. The field numbers are from rewriter_config.proto: auto_mixed_precision is for float16 on a GPU,
 * auto_mixed_precision_onednn_bfloat16 for a CPU.
 *
 * @throws InvalidInputError as {@link checkPrecision} does.
 */
export function functionConfig(precision: Precision, optimize: boolean): Uint8Array {
  checkPrecision(precision);
  if (precision === 'float32' && !optimize) {
    return new Uint8Array();
  }
  const on = 1;
  const rewrite = precision === 'float32' ? [] : intField(precision === 'bfloat16' ? 31 : 23, on);
  const graph = bytesField(10, rewrite);
  return Uint8Array.from([...bytesField(10, graph), ...softPlacement()]);
}

function gpuOptions(options: RuntimeOptions): number[] {
  const memoryLimit = Buffer.alloc(4);
  memoryLimit.writeFloatLE(options.gpuMemoryLimitMB);
  const virtualDevice = bytesField(1, memoryLimit);
  const experimental = bytesField(1, virtualDevice);
  return [
    ...intField(4, options.gpuAllowGrowth ? 1 : 0),
    ...bytesField(5, Buffer.from(String(options.gpuDevice))),
    ...(options.gpuMemoryLimitMB > 0 ? bytesField(9, experimental) : []),
  ];
}

/** allow_soft_placement: an op without a GPU kernel runs on the CPU. */
const softPlacement = (): number[] => intField(7, 1);
