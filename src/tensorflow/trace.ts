/** A function being traced: its tensors are symbols, its ops go into a graph, its variables are found. */
import * as tf from '@tensorflow/tfjs';
import { backend, override } from './backend.js';
import { runtime } from './configuration.js';
import { type Flat, flatten, unflatten } from './containers.js';
import type { OpAttribute, TensorMetadata } from './native-tensorflow.js';
import {
  copyToResource,
  isShared,
  moveToNewData,
  protect,
  registeredVariables,
  resourceOf,
  storeOf,
  unprotect,
} from './stored-variables.js';
import { userLine } from './user-line.js';

/** The native table's numbers from here on are symbols'. */
const firstSymbol = 2 ** 52;

/** What a trace found. */
export interface Traced {
  /** Number of the function; its inputs are the arguments' tensors, and {@link key} where there is one. */
  id: number;
  /** Of the result. */
  structure: unknown;
  /** Every variable that is read or written, and of each whether it is written. */
  variables: tf.Variable[];
  isWritten: boolean[];
  /** Whether it draws random numbers, from a key that is its last input: int32 [2]. */
  isRandom: boolean;
  /** Whether it created variables. */
  created: boolean;
}

export interface TraceOptions {
  /** How TensorFlow knows the function, and how errors call it. */
  name: string;
  label: string;
  xla: boolean;
  /** A serialised ConfigProto for the function alone, or empty. */
  config: Uint8Array;
  /** Whether the function may create variables, which only its first call may. */
  mayCreate: boolean;
}

let current: Trace | undefined;

/** The trace under way. */
export const tracing = (): Trace | undefined => current;

export class Trace {
  /** Each variable's data before the function ran. */
  private readonly before = new Map<tf.Variable, object>();
  /** The variable whose resource, at some time of the trace, holds the data. */
  private readonly variableOf = new Map<object, tf.Variable>();
  /** Symbols of the variables' resources, and of their values by data. */
  private readonly resources = new Map<tf.Variable, number>();
  private readonly reads = new Map<object, number>();
  private readonly written = new Set<tf.Variable>();
  private key: tf.Tensor | undefined;
  private draws = 0;
  private created = false;
  private failure: Error | undefined;
  private readonly random = Math.random;

  private constructor(private readonly options: TraceOptions) {}

  /** Traces `fn` on arguments like these. Leaves no trace of it where it fails. */
  static run(fn: (...args: never[]) => unknown, args: Flat, options: TraceOptions): Traced {
    const trace = new Trace(options);
    // Before the trace begins: what is shared is copied.
    for (const variable of Object.values(registeredVariables())) {
      if (isShared(variable.dataId)) {
        storeOf(variable);
      }
    }
    runtime().beginTrace();
    current = trace;
    const restore = trace.replaceGlobals();
    try {
      return tf.tidy(() => trace.record(fn, args)) as unknown as Traced;
    } catch (error) {
      runtime().abortTrace();
      throw trace.failure ?? error;
    } finally {
      restore();
      trace.key?.dispose();
      trace.restoreVariables();
      current = undefined;
    }
  }

  private record(fn: (...args: never[]) => unknown, args: Flat): Traced & tf.TensorContainer {
    for (const variable of Object.values(registeredVariables())) {
      this.watch(variable);
    }
    const inputs = args.tensors.map(({ dataId, shape }) => {
      const { dtype } = backend.tensorMap.get(dataId) as { dtype: number };
      return backend.createOutputTensor(runtime().traceArgument(shape, dtype));
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
    this.writeVariables();
    const { name, xla, config } = this.options;
    return {
      id: runtime().endTrace(name, outputs, { xla, config }),
      structure,
      variables: [...this.resources.keys()],
      isWritten: [...this.resources.keys()].map((variable) => this.written.has(variable)),
      isRandom: this.key !== undefined,
      created: this.created,
    } as unknown as Traced & tf.TensorContainer;
  }

  private watch(variable: tf.Variable): void {
    const { dataId } = variable;
    protect(dataId);
    this.before.set(variable, dataId);
    this.variableOf.set(dataId, variable);
  }

  /** The symbol of a tensor that stands for a variable's value; undefined for any other. */
  symbolOf({ dataId }: Pick<tf.Tensor, 'dataId'>): number | undefined {
    const known = this.reads.get(dataId);
    if (known !== undefined) {
      return known;
    }
    const variable = this.variableOf.get(dataId);
    if (variable === undefined) {
      return undefined;
    }
    const resource = this.resourceOf(variable);
    const [{ id }] = runtime().executeOp('ReadVariableOp', [typeOf(dataId)], [resource], 1) as [
      TensorMetadata,
    ];
    this.reads.set(dataId, id);
    return id;
  }

  private resourceOf(variable: tf.Variable): number {
    let symbol = this.resources.get(variable);
    if (symbol === undefined) {
      const { shape, dtype } = entryOf(variable.dataId);
      symbol = runtime().traceVariable(resourceOf(variable), shape, dtype);
      this.resources.set(variable, symbol);
    }
    return symbol;
  }

  /**
   * Symbols of the variables' resources, holding their present values, for an op that changes them;
   * afterwards the variables have their new values.
   */
  forUpdate(variables: readonly tf.Variable[]): number[] {
    for (const variable of variables) {
      const { dataId } = variable;
      if (!this.variableOf.has(dataId)) {
        this.write(variable, idOf(variable));
      } else if (isShared(dataId)) {
        this.symbolOf(variable);
      }
    }
    return variables.map((variable) => {
      const resource = this.resourceOf(variable);
      this.variableOf.set(moveToNewData(variable), variable);
      this.written.add(variable);
      return resource;
    });
  }

  private write(variable: tf.Variable, value: number): void {
    const resource = this.resourceOf(variable);
    runtime().executeOp('AssignVariableOp', [typeOf(variable.dataId)], [resource, value], 0);
    this.written.add(variable);
  }

  /** Variables that JavaScript assigned get their values in the graph. */
  private writeVariables(): void {
    const assigned = [...this.before].filter(
      ([variable, dataId]) =>
        variable.dataId !== dataId && this.variableOf.get(variable.dataId) !== variable,
    );
    // All values before any of them is written: variables may have changed places.
    const values = assigned.map(([variable]) => idOf(variable));
    assigned.forEach(([variable], i) => {
      this.write(variable, values[i] as number);
    });
  }

  private restoreVariables(): void {
    for (const [variable, dataId] of this.before) {
      if (variable.dataId !== dataId && !variable.isDisposed) {
        tf.engine().disposeTensor(variable);
        variable.dataId = dataId;
        tf.engine().incRef(variable, tf.backend());
      }
      unprotect(dataId);
    }
  }

  /** An int32 [2] that differs in every call, and among the draws of one call. */
  drawKey(): tf.Tensor1D {
    this.key ??= tf.keep(
      backend.createOutputTensor(runtime().traceArgument([2], runtime().TF_INT32)),
    );
    return tf.add(this.key, tf.tensor1d([this.draws++ * 0x9e3779b9, 0], 'int32'));
  }

  /** Lets JavaScript draw random numbers, for what is to stay as it is: the initial values of weights. */
  drawOnce<Result>(fn: () => Result): Result {
    const { random } = Math;
    Math.random = this.random;
    try {
      return fn();
    } finally {
      Math.random = random;
    }
  }

  /** Remembers the first failure, so that the trace fails even where the function catches it. */
  fail(problem: string): Error {
    const error = new Error(`jit: ${problem}${userLine()}`);
    this.failure ??= error;
    return error;
  }

  private createVariable(initial: tf.Tensor, create: (value: tf.Tensor) => tf.Variable) {
    if (!this.options.mayCreate) {
      throw this.fail(
        `${this.options.label} creates a variable on a later call. Create variables before, or on the first call alone`,
      );
    }
    for (const [variable, dataId] of this.before) {
      if (this.resources.has(variable)) {
        copyToResource(variable, dataId);
      }
    }
    const id = idOf(initial);
    const value =
      id < firstSymbol ? initial : backend.createOutputTensor(runtime().traceEvaluate(id));
    const variable = create(value);
    this.created = true;
    this.watch(variable);
    return variable;
  }

  /** While tracing, variables are created with values, and JavaScript's random numbers are refused. */
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

const entryOf = (dataId: object) =>
  backend.tensorMap.get(dataId) as { shape: number[]; dtype: number; id: number };

const idOf = (tensor: tf.Tensor): number => backend.getInputTensorIds([tensor])[0] as number;

const typeOf = (dataId: object): OpAttribute => ({
  name: 'dtype',
  type: runtime().TF_ATTR_TYPE,
  value: entryOf(dataId).dtype,
});

/** @throws for a symbol that outlived its trace. */
function checkValue(id: number): number {
  if (id >= firstSymbol) {
    throw new Error(
      'jit: Expected a tensor with a value but received one from inside a traced function. Return it from the function',
    );
  }
  return id;
}

override('getInputTensorIds', (original) => (tensors) => {
  const trace = current;
  if (trace === undefined) {
    return original(tensors).map(checkValue);
  }
  return tensors.map((tensor) => trace.symbolOf(tensor) ?? (original([tensor])[0] as number));
});

override('readSync', (original) => (dataId) => {
  const isSymbol = (backend.tensorMap.get(dataId)?.id ?? -1) >= firstSymbol;
  if (current !== undefined && (isSymbol || current.symbolOf({ dataId }) !== undefined)) {
    throw current.fail(
      'Expected no tensor to be read while the function is traced, since it has no value yet. Return it, and read it outside',
    );
  }
  if (isSymbol) {
    checkValue(firstSymbol);
  }
  return original(dataId);
});

/** Ops that the graph does not take are refused by the user's line. */
function atUserLine<Result>(op: () => Result): Result {
  try {
    return op();
  } catch (error) {
    if (current !== undefined && error instanceof Error && !error.message.startsWith('jit: ')) {
      error.message = `jit: ${error.message}${userLine()}`;
    }
    throw error;
  }
}

override(
  'executeSingleOutput',
  (original) =>
    (...args) =>
      atUserLine(() => original(...args)),
);
override(
  'executeMultipleOutputs',
  (original) =>
    (...args) =>
      atUserLine(() => original(...args)),
);
