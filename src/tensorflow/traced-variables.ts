/** The variables of a trace: finds those that the function reads, updates or assigns, and restores them afterwards. */
import * as tf from '@tensorflow/tfjs';
import { backend, type Entry } from './backend.js';
import { runtime } from './configuration.js';
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

/**
 * While a function is traced, a variable stands in the graph for a resource of TensorFlow's. A tensor whose data belongs
 * to a variable is a read of it; new data is a new value.
 */
export class TracedVariables {
  /** The data of each variable before the function ran. */
  private readonly before = new Map<tf.Variable, object>();
  /** The variable whose resource holds the data at some point of the trace. */
  private readonly variableOf = new Map<object, tf.Variable>();
  /** Symbols of the variables' resources. */
  private readonly resources = new Map<tf.Variable, number>();
  /** Symbols of the values that were read, by their data. */
  private readonly reads = new Map<object, number>();
  private readonly written = new Set<tf.Variable>();
  /** The variables whose values the graph has as constants. */
  readonly constants = new Set<tf.Variable>();

  /** @param mutable the variables that a frozen function writes, undefined for an ordinary one; see TraceOptions.written */
  constructor(private readonly mutable: ReadonlySet<tf.Variable> | undefined) {}

  /** Gives each variable data that no other tensor shares. Call it before the trace begins: sharing copies values. */
  static separate(): void {
    for (const variable of Object.values(registeredVariables())) {
      if (isShared(variable.dataId)) {
        storeOf(variable);
      }
    }
  }

  /** The variables that the graph reads or writes. */
  get used(): tf.Variable[] {
    return [...this.resources.keys()];
  }

  isWritten(variable: tf.Variable): boolean {
    return this.written.has(variable);
  }

  watchAll(): void {
    for (const variable of Object.values(registeredVariables())) {
      this.watch(variable);
    }
  }

  watch(variable: tf.Variable): void {
    const { dataId } = variable;
    protect(dataId);
    this.before.set(variable, dataId);
    this.variableOf.set(dataId, variable);
  }

  /** The symbol of a tensor that has a variable's value; undefined for any other tensor, and for that of a constant. */
  symbolOf({ dataId }: Pick<tf.Tensor, 'dataId'>): number | undefined {
    const known = this.reads.get(dataId);
    if (known !== undefined) {
      return known;
    }
    const variable = this.variableOf.get(dataId);
    if (variable === undefined || this.isConstant(variable)) {
      return undefined;
    }
    const resource = this.resourceOf(variable);
    const [{ id }] = runtime().executeOp('ReadVariableOp', [typeOf(dataId)], [resource], 1) as [
      TensorMetadata,
    ];
    this.reads.set(dataId, id);
    return id;
  }

  /**
   * Symbols of the variables' resources for an op that changes them. The resources hold the present values; after the
   * call the variables have new data, which stands for the new values.
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

  /** Writes the values that JavaScript assigned to variables, so that the graph assigns them too. */
  writeAssigned(): void {
    const assigned = [...this.before].filter(
      ([variable, dataId]) =>
        variable.dataId !== dataId && this.variableOf.get(variable.dataId) !== variable,
    );
    // Collect all values before the first write: two variables may have exchanged theirs.
    const values = assigned.map(([variable]) => idOf(variable));
    assigned.forEach(([variable], i) => {
      this.write(variable, values[i] as number);
    });
  }

  /** Gives the resources of the graph the values from before the trace, so that a part of it can be computed. */
  fillResources(): void {
    for (const [variable, dataId] of this.before) {
      if (this.resources.has(variable)) {
        copyToResource(variable, dataId);
      }
    }
  }

  /** Gives the variables their data from before the trace again. */
  restore(): void {
    for (const [variable, dataId] of this.before) {
      if (variable.dataId !== dataId && !variable.isDisposed) {
        tf.engine().disposeTensor(variable);
        variable.dataId = dataId;
        tf.engine().incRef(variable, tf.backend());
      }
      unprotect(dataId);
    }
  }

  /** Whether the graph has the variable's value as a constant: from now on, if so. */
  private isConstant(variable: tf.Variable): boolean {
    const isConstant =
      this.mutable !== undefined && !this.mutable.has(variable) && !this.written.has(variable);
    if (isConstant) {
      this.constants.add(variable);
    }
    return isConstant;
  }

  private resourceOf(variable: tf.Variable): number {
    let symbol = this.resources.get(variable);
    if (symbol === undefined) {
      const { shape } = entryOf(variable.dataId);
      symbol = runtime().traceVariable(resourceOf(variable), shape);
      this.resources.set(variable, symbol);
    }
    return symbol;
  }

  private write(variable: tf.Variable, value: number): void {
    const resource = this.resourceOf(variable);
    runtime().executeOp('AssignVariableOp', [typeOf(variable.dataId)], [resource, value], 0);
    this.written.add(variable);
  }
}

/** A tensor's number in the native table. While a function is traced it may be a symbol. */
export const idOf = (tensor: tf.Tensor): number => backend.getInputTensorIds([tensor])[0] as number;

const entryOf = (dataId: object): Entry => backend.tensorMap.get(dataId) as Entry;

const typeOf = (dataId: object): OpAttribute => ({
  name: 'dtype',
  type: runtime().TF_ATTR_TYPE,
  value: entryOf(dataId).dtype,
});
