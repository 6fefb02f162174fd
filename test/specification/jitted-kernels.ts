/** Runs each kernel of the backend in a jitted function, and compares the results with the eager kernel's. */
import { jit, tf } from '../../src/tensorflow/index.js';

type KernelConfig = Parameters<typeof tf.registerKernel>[0];
type Kernel = KernelConfig['kernelFunc'];

/** The results of the comparison. */
export interface Findings {
  /** Number of calls of jitted kernels, and the names of the kernels. */
  calls: number;
  jitted: Set<string>;
  /** Kernels that jit refused at least once, although they run eagerly. */
  refused: Set<string>;
  /** Results that differ from the eager ones: the kernel and both results. */
  differences: string[];
}

/** Share of a tensor's largest magnitude, for softmax: TensorFlow uses oneDNN's softmax only in graphs. */
const tolerance = 1e-6;

/**
 * After this call, each kernel call is two calls of a function jitted for that kernel, the first of which may
 * trace it, also in gradients. Kernels in `mayBeRefused` run eagerly if they cannot be traced.
 */
export function jitKernels(mayBeRefused: readonly string[]): Findings {
  const findings: Findings = {
    calls: 0,
    jitted: new Set(),
    refused: new Set(),
    differences: [],
  };
  let isInside = false;
  for (const config of tf.getKernelsForBackend('tensorflow')) {
    const { kernelName, kernelFunc, backendName } = config;
    const jitted = jittedKernel(config, findings, mayBeRefused.includes(kernelName));
    tf.unregisterKernel(kernelName, backendName);
    tf.registerKernel({
      ...config,
      kernelFunc: (call) => {
        // Kernels that tracing, or another kernel, calls.
        if (isInside) {
          return kernelFunc(call);
        }
        isInside = true;
        try {
          return untaped(() => countingMoves(() => jitted(call)));
        } finally {
          isInside = false;
        }
      },
    });
  }
  return findings;
}

function jittedKernel(
  { kernelName, kernelFunc }: KernelConfig,
  findings: Findings,
  mayBeRefused: boolean,
): Kernel {
  const run = jit(
    (inputs, attrs) => tensorsOf(kernelFunc({ inputs, attrs, backend: tf.backend() })),
    { maxTraces: 10_000 },
  );
  return (call) => {
    let results: tf.Tensor | tf.Tensor[];
    try {
      tf.dispose(run(call.inputs, call.attrs));
      results = run(call.inputs, call.attrs);
    } catch (error) {
      if (!mayBeRefused) {
        throw error;
      }
      const eager = kernelFunc(call);
      findings.refused.add(kernelName);
      return eager;
    }
    findings.calls += 1;
    findings.jitted.add(kernelName);
    const eager = tensorsOf(kernelFunc(call));
    const difference = differenceOf([results].flat(), [eager].flat());
    if (difference !== undefined) {
      findings.differences.push(`${kernelName}: ${difference}`);
    }
    // Specifications expect that a clone shares its tensor's data; results of a function have their own.
    const shares = [eager].flat().some(({ dataId }) => isInput(dataId, call));
    tf.dispose(shares ? results : eager);
    return shares ? eager : results;
  };
}

const isInput = (dataId: object, { inputs }: Parameters<Kernel>[0]): boolean =>
  Object.values(inputs).some((input) => input?.dataId === dataId);

/** Runs outside gradients, because a jitted function is not traced inside them. */
function untaped<T>(run: () => T): T {
  const { state } = tf.engine();
  const { gradientDepth } = state;
  state.gradientDepth = 0;
  try {
    return run();
  } finally {
    state.gradientDepth = gradientDepth;
  }
}

/** For tfjs's check for leaks: a shared value of a variable is copied when a jitted function uses the variable. */
function countingMoves<T>(run: () => T): T {
  const { registeredVariables, numDataMovesStack } = tf.engine().state;
  const variables: tf.Variable[] = Object.values(registeredVariables);
  const before = variables.map(({ dataId }) => dataId);
  const result = run();
  const moved = variables.filter(({ dataId }, i) => dataId !== before[i]);
  // The check reads the last one.
  numDataMovesStack.push(moved.length);
  return result;
}

/** A kernel's results; for some kernels tfjs-core makes the tensors. */
function tensorsOf(results: ReturnType<Kernel>): tf.Tensor | tf.Tensor[] {
  if (Array.isArray(results)) {
    return results.flatMap(tensorsOf);
  }
  return results instanceof tf.Tensor ? results : tf.engine().makeTensorFromTensorInfo(results);
}

/** The first difference from the expected results, or undefined. */
function differenceOf(results: tf.Tensor[], expected: tf.Tensor[]): string | undefined {
  const kinds = [results, expected].map((tensors) =>
    tensors.map(({ dtype, shape }) => `${dtype}[${shape}]`).join(),
  );
  if (kinds[0] !== kinds[1]) {
    return `${kinds[0]} instead of ${kinds[1]}`;
  }
  for (const [i, tensor] of expected.entries()) {
    const right = valuesOf(tensor);
    const found = valuesOf(results[i] as tf.Tensor);
    const isExact = tensor.dtype !== 'float32' && tensor.dtype !== 'complex64';
    const bound = isExact ? 0 : tolerance * largestOf(right as ArrayLike<number>);
    const at = right.findIndex(
      (value, j) => !Object.is(value, found[j]) && !(Math.abs(+value - +(found[j] ?? 0)) <= bound),
    );
    if (at >= 0) {
      return `${found[at]} instead of ${right[at]} at ${at} of ${kinds[0]}`;
    }
  }
  return undefined;
}

const valuesOf = (tensor: tf.Tensor): (number | string)[] => [...tensor.dataSync<never>()];

function largestOf(values: ArrayLike<number>): number {
  let largest = 0;
  for (let i = 0; i < values.length; i++) {
    const magnitude = Math.abs(values[i] as number);
    if (magnitude > largest && magnitude < Number.POSITIVE_INFINITY) {
      largest = magnitude;
    }
  }
  return largest;
}
