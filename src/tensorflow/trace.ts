/**
 * A trace: runs a function once on symbols instead of values. Its ops become nodes of a graph, and nothing is computed.
 * What tfjs's backend does differently during a trace is in backend-patches.ts.
 */
import * as tf from '@tensorflow/tfjs';
import { backend } from './backend.js';
import { instanceKey } from './collectives/instance-keys.js';
import { runtime } from './configuration.js';
import { type Flat, flatten, unflatten } from './containers.js';
import type { TracedGraph } from './native-tensorflow.js';
import { idOf, TracedVariables } from './traced-variables.js';
import { userLine } from './user-line.js';
import { VariableVersions } from './variable-versions.js';

/** Numbers of the native table from here on are symbols. */
export const firstSymbol = 2 ** 52;

/** The result of a trace: a function of TensorFlow's. */
export interface Traced {
  /**
   * The function's number. Its inputs are the tensors among the arguments and, if {@link isRandom}, a key for random
   * numbers, int32 [2].
   */
  id: number;
  /** The structure of the function's result; see {@link Flat}. */
  structure: unknown;
  /** The variables that the function reads or writes. */
  variables: tf.Variable[];
  /** For each of `variables`, whether the function writes it. */
  isWritten: boolean[];
  /** The variables whose values the function has taken. */
  constants: VariableVersions;
  /** Whether the function draws random numbers. */
  isRandom: boolean;
  /** Whether the function created variables. */
  created: boolean;
  /** What the function tells the other workers of a cluster, in order; see {@link Trace.collectiveKey}. */
  collectives: readonly string[];
}

/** The graph of a function, for files. */
export interface FunctionGraph extends Omit<TracedGraph, 'captured'> {
  /** Tensors that the graph reads, each with the name of its placeholder. The caller disposes of them. */
  captured: { name: string; tensor: tf.Tensor }[];
}

export interface TraceOptions {
  /** The function's name in TensorFlow. */
  name: string;
  /** The function's name in errors. */
  label: string;
  xla: boolean;
  /** A serialised ConfigProto for this function, or empty. */
  config: Uint8Array;
  /** Whether the ops run one after another on one thread, though each may use several. */
  sequential: boolean;
  /** Whether the function may create variables; only its first call may. */
  mayCreate: boolean;
  /** Whether the result may differ from that of separate ops by rounding. */
  optimize: boolean;
  /** The variables that a frozen function writes; it takes the values of all others. Undefined for an ordinary function. */
  written: ReadonlySet<tf.Variable> | undefined;
  /** Whether the trace makes a function that will be called. */
  isForCalls: boolean;
}

let current: Trace | undefined;

/** A new argument of the running trace. */
const symbolOf = (shape: number[], dtype: number): tf.Tensor =>
  backend.createOutputTensor(runtime().traceArgument(shape, dtype));

/** The running trace; undefined when no function is traced. */
export const tracing = (): Trace | undefined => current;

export class Trace {
  readonly variables: TracedVariables;
  private key: tf.Tensor | undefined;
  private draws = 0;
  private readonly collectives: string[] = [];
  private created = false;
  private failure: Error | undefined;
  private readonly random = Math.random;

  private constructor(private readonly options: TraceOptions) {
    this.variables = new TracedVariables(options.written);
  }

  /** See {@link TraceOptions.optimize}. */
  get isOptimized(): boolean {
    return this.options.optimize;
  }

  /** Whether the trace makes a function that will be called. Some traces only give shapes or a graph. */
  get isForCalls(): boolean {
    return this.options.isForCalls;
  }

  /** Traces `fn` on symbols of the arguments' shapes and dtypes. If it fails, everything is as before. */
  static run(fn: (...args: never[]) => unknown, args: Flat, options: TraceOptions): Traced {
    const trace = new Trace(options);
    return trace.within(() => trace.record(fn, args));
  }

  /** See {@link shapesOf}. */
  static shapes(fn: (...args: tf.Tensor[]) => tf.Tensor[], shapes: number[][]): number[][] {
    const trace = new Trace(plainOptions(fn.name, undefined));
    return trace.within(() => {
      const results = trace.results(fn, shapes).map(({ shape }) => shape);
      runtime().abortTrace();
      return results;
    });
  }

  /** See {@link graphOf}. */
  static graph(fn: (...args: tf.Tensor[]) => tf.Tensor[], shapes: number[][]): FunctionGraph {
    // The function writes no variable: their values are tensors of the graph.
    const trace = new Trace(plainOptions(fn.name, new Set()));
    const capture = ({ name, ...metadata }: TracedGraph['captured'][number]) => ({
      name,
      tensor: tf.keep(backend.createOutputTensor(metadata)),
    });
    let graph: FunctionGraph | undefined;
    trace.within(() => {
      trace.variables.watchAll();
      const results = backend.getInputTensorIds(trace.results(fn, shapes));
      const { captured, ...rest } = runtime().traceGraph(results);
      runtime().abortTrace();
      graph = { ...rest, captured: captured.map(capture) };
    }, false);
    return graph as FunctionGraph;
  }

  /** The results of a function for float32 arguments of the given shapes. */
  private results(fn: (...args: tf.Tensor[]) => tf.Tensor[], shapes: number[][]): tf.Tensor[] {
    return fn(...shapes.map((shape) => symbolOf(shape, runtime().TF_FLOAT)));
  }

  /**
   * Runs what records a trace and ends it.
   *
   * @param frozen whether ops run at once if all of their inputs have values
   */
  private within<Result>(
    record: () => Result,
    frozen = this.options.written !== undefined,
  ): Result {
    TracedVariables.separate();
    runtime().beginTrace(frozen);
    current = this;
    const restore = this.replaceGlobals();
    try {
      return tf.tidy(record as () => tf.TensorContainer) as Result;
    } catch (error) {
      runtime().abortTrace();
      throw this.failure ?? error;
    } finally {
      restore();
      this.key?.dispose();
      this.variables.restore();
      current = undefined;
    }
  }

  private record(fn: (...args: never[]) => unknown, args: Flat): Traced {
    this.variables.watchAll();
    const inputs = args.tensors.map(({ dataId, shape }) => {
      const { dtype } = backend.tensorMap.get(dataId) as { dtype: number };
      return symbolOf(shape, dtype);
    });
    const result = fn(...(unflatten(args.structure, inputs) as never[]));
    if (result instanceof Promise) {
      result.catch(() => {});
      throw new Error(`jit: Expected a synchronous function but received ${this.options.label}`);
    }
    if (this.failure !== undefined) {
      throw this.failure;
    }
    const { tensors, structure } = flatten(result, `the result of ${this.options.label}`);
    const outputs = backend.getInputTensorIds(tensors);
    this.variables.writeAssigned();
    const { name, xla, config, sequential } = this.options;
    const variables = this.variables.used;
    return {
      id: runtime().endTrace(name, outputs, { xla, config, sequential }),
      structure,
      variables,
      isWritten: variables.map((variable) => this.variables.isWritten(variable)),
      constants: new VariableVersions(this.variables.constants),
      isRandom: this.key !== undefined,
      created: this.created,
      collectives: this.collectives,
    };
  }

  /**
   * The number of the next collective op, which is the same on all workers.
   *
   * @param description of the op and its tensor, in words
   */
  collectiveKey(description: string): number {
    if (this.options.xla) {
      throw this.fail(
        'Expected no allReduce or broadcast in a function that XLA compiles. Leave xla out',
      );
    }
    return instanceKey(this.collectives.push(description), description);
  }

  /** A key for random numbers, int32 [2], that differs between calls and between the draws of one call. */
  drawKey(): tf.Tensor1D {
    this.key ??= tf.keep(symbolOf([2], runtime().TF_INT32));
    return tf.add(this.key, tf.tensor1d([this.draws++ * 0x9e3779b9, 0], 'int32'));
  }

  /** Lets `fn` draw random numbers in JavaScript, for numbers that stay the same, such as initial weights. */
  drawOnce<Result>(fn: () => Result): Result {
    const { random } = Math;
    Math.random = this.random;
    try {
      return fn();
    } finally {
      Math.random = random;
    }
  }

  /** An error with the user's line. The first one ends the trace even if the traced function catches it. */
  fail(problem: string): Error {
    const error = new Error(`jit: ${problem}${userLine()}`);
    this.failure ??= error;
    return error;
  }

  /** Creates a variable with a value that is computed now, outside of the graph. */
  private createVariable(initial: tf.Tensor, create: (value: tf.Tensor) => tf.Variable) {
    if (!this.options.mayCreate) {
      throw this.fail(
        `${this.options.label} creates a variable on a later call. Create variables before, or on the first call alone`,
      );
    }
    this.variables.fillResources();
    const id = idOf(initial);
    const value =
      id < firstSymbol ? initial : backend.createOutputTensor(runtime().traceEvaluate(id));
    const variable = create(value);
    this.created = true;
    this.variables.watch(variable);
    return variable;
  }

  /** Until the returned function is called, new variables get values, and Math.random is refused. */
  private replaceGlobals(): () => void {
    const engine = tf.engine();
    const { makeVariable } = engine;
    Math.random = () => {
      throw this.fail(
        'Math.random() would be drawn once and stay the same in every call. Use tf.randomUniform, tf.randomNormal or tf.dropout, or pass the value as a tensor',
      );
    };
    engine.makeVariable = (initial, ...rest) =>
      this.createVariable(initial, (value) => makeVariable.call(engine, value, ...rest));
    return () => {
      Math.random = this.random;
      engine.makeVariable = makeVariable;
    };
  }
}

/** For a trace that makes no function. */
const plainOptions = (label: string, written: TraceOptions['written']): TraceOptions => ({
  name: label,
  label,
  xla: false,
  config: new Uint8Array(),
  sequential: false,
  mayCreate: false,
  optimize: false,
  written,
  isForCalls: false,
});

/** The shapes of the results of a function for float32 arguments of the given shapes. Nothing is computed. */
export const shapesOf = Trace.shapes;

/**
 * The graph of a function for float32 arguments of the given shapes. Nothing is computed; the present values of variables are
 * among those that the graph captures.
 */
export const graphOf = Trace.graph;
