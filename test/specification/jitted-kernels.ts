/** Puts each of the backend's kernels into a jitted function, and compares its results with the kernel's own. */
import { jit, tf } from '../../src/tensorflow/index.js';

type KernelConfig = Parameters<typeof tf.registerKernel>[0];
type Kernel = KernelConfig['kernelFunc'];

/** What was found while kernels ran. */
export interface Findings {
  /** Calls of jitted kernels, and the names of those kernels. */
  calls: number;
  jitted: Set<string>;
  /** Kernels that jit refused at least once where they run eagerly. */
  refused: Set<string>;
  /** Results unlike the eager ones: kernel and both. */
  differences: string[];
}

/** Share of a tensor's largest magnitude, for softmax: TensorFlow uses oneDNN's in graphs, and its own outside. */
const tolerance = 1e-6;

/**
 * From now on each kernel call is two calls of a function jitted for that kernel, the first of which may
 * trace it, also where gradients are taken. Those named in `mayBeRefused` run eagerly where they cannot be traced.
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
        // What tracing, or a kernel itself, calls in turn.
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
    // Specifications count on a clone's sharing its tensor's data; a function's results have their own.
    const shares = [eager].flat().some(({ dataId }) => isInput(dataId, call));
    tf.dispose(shares ? results : eager);
    return shares ? eager : results;
  };
}

const isInput = (dataId: object, { inputs }: Parameters<Kernel>[0]): boolean =>
  Object.values(inputs).some((input) => input?.dataId === dataId);

/** As where no gradients are taken: inside of those, a jitted function is not traced. */
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

/** To tfjs's check for leaks: a shared value of a variable's gets a copy when a jitted function uses the variable. */
function countingMoves<T>(run: () => T): T {
  const { registeredVariables, numDataMovesStack } = tf.engine().state;
  const variables: tf.Variable[] = Object.values(registeredVariables);
  const before = variables.map(({ dataId }) => dataId);
  const result = run();
  const moved = variables.filter(({ dataId }, i) => dataId !== before[i]);
  // The check looks at the last.
  numDataMovesStack.push(moved.length);
  return result;
}

/** A kernel's results; some kernels leave it to tfjs-core to make tensors of them. */
function tensorsOf(results: ReturnType<Kernel>): tf.Tensor | tf.Tensor[] {
  if (Array.isArray(results)) {
    return results.flatMap(tensorsOf);
  }
  return results instanceof tf.Tensor ? results : tf.engine().makeTensorFromTensorInfo(results);
}

/** Where the results differ from those expected; undefined where they do not. */
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
