/**
 * Stored variables: their values lie in resources of TensorFlow, where ops update them in place. tfjs sees ordinary
 * variables: code outside of jitted functions reads the present value, which is then copied back from the resource.
 */
import * as tf from '@tensorflow/tfjs';
import { backend, type Entry } from './backend.js';
import { runtime } from './configuration.js';
import type { OpAttribute, TensorMetadata } from './native-tensorflow.js';

/** A variable's resource. */
export interface Store {
  resource: number;
  /** The tensor data whose values the resource holds; undefined when it holds no data's values. */
  dataId: object | undefined;
  /** Running asynchronous calls that use the variable. */
  users: number;
  /** Running asynchronous calls that write the variable. */
  writers: number;
  /** Number of calls that have written the variable in place. */
  writes: number;
  /** The variable's name. */
  name: string;
}

const stores = new WeakMap<tf.Variable, Store>();
/** The store that holds the values of this data. No tensor of TensorFlow's has them, unless they were read back. */
const held = new WeakMap<object, Store>();

/** The backend's own function, without Bobbin's patch: it neither reads back nor traces. */
const uploadedId = backend.getInputTensorIds.bind(backend);
/** Data that {@link protect} keeps alive. */
const guarded = new Set<object>();

const entryOf = (dataId: object): Entry => backend.tensorMap.get(dataId) as Entry;

/** All of tfjs's variables by name. */
export const registeredVariables = (): Record<string, tf.Variable> =>
  tf.engine().state.registeredVariables as Record<string, tf.Variable>;

/** Runs an op at once, even while a function is traced. */
function runNow(name: string, attributes: OpAttribute[], inputs: number[], outputs: number) {
  return runtime().executeOpNow(name, attributes, inputs, outputs) as [TensorMetadata];
}

function createStore(variable: tf.Variable): Store {
  const { TF_ATTR_TYPE, TF_ATTR_SHAPE, TF_ATTR_STRING } = runtime();
  const { dtype, shape } = entryOf(variable.dataId);
  const attributes = [
    { name: 'dtype', type: TF_ATTR_TYPE, value: dtype },
    { name: 'shape', type: TF_ATTR_SHAPE, value: shape },
    // TensorFlow's ResourceHandle::ANONYMOUS_NAME: the resource has no name to share and is freed with its last handle.
    { name: 'shared_name', type: TF_ATTR_STRING, value: 'cd2c89b7-88b7-44c8-ad83-06c2a9158347' },
  ];
  const [{ id }] = runNow('VarHandleOp', attributes, [], 1);
  const store: Store = {
    resource: id,
    dataId: undefined,
    users: 0,
    writers: 0,
    writes: 0,
    name: variable.name,
  };
  stores.set(variable, store);
  return store;
}

/** The variable's resource; it may hold an old value. */
export const resourceOf = (variable: tf.Variable): number =>
  (stores.get(variable) ?? createStore(variable)).resource;

/** Copies the values of `dataId`, the variable's data, to its resource, where they stay until the next call. */
export function copyToResource(variable: tf.Variable, dataId: object): void {
  const store = stores.get(variable) ?? createStore(variable);
  if (store.dataId === dataId) {
    return;
  }
  detach(store);
  // The data may be another variable's, assigned to this one.
  readBack(dataId);
  const tensor = { dataId } as tf.Tensor;
  assign(store, uploadedId([tensor])[0] as number, entryOf(dataId).dtype);
}

/** Whether other tensors than its variable refer to the data. */
export const isShared = (dataId: object): boolean =>
  entryOf(dataId).refCount > (guarded.has(dataId) ? 2 : 1);

/** Keeps data alive until {@link unprotect}, even if its tensors are disposed. */
export function protect(dataId: object): void {
  backend.incRef(dataId);
  guarded.add(dataId);
}

export function unprotect(dataId: object): void {
  guarded.delete(dataId);
  backend.disposeData(dataId);
}

/**
 * The variable's store, which afterwards holds its present value. No other tensor shares the variable's data then, so
 * that an update in place changes the variable alone.
 *
 * @throws an Error when the variable was disposed or a running call uses it.
 */
export function storeOf(variable: tf.Variable): Store {
  if (variable.isDisposed) {
    throw new Error(`Expected a live variable for ${variable.name} but it was disposed`);
  }
  const store = stores.get(variable) ?? createStore(variable);
  const { dataId } = variable;
  const entry = entryOf(dataId);
  if (store.dataId !== dataId) {
    checkUnused(store);
    copyToResource(variable, dataId);
  } else if (isShared(dataId)) {
    copyToTensor(dataId, store);
  }
  if (isShared(dataId)) {
    if (held.get(dataId) === store) {
      held.delete(dataId);
    }
    hold(store, moveToNewData(variable));
  } else {
    if (entry.id >= 0) {
      runtime().deleteTensor(entry.id);
    }
    entry.id = -1;
    hold(store, dataId);
  }
  return store;
}

/** Names a value of a variable: another one has another version. */
export interface Version {
  /** The variable's data: another object after each assignment. */
  dataId: object;
  writes: number;
}

/** The version of the variable's value after the calls so far, those under way included. */
export const versionOf = (variable: tf.Variable): Version => ({
  dataId: variable.dataId,
  writes: stores.get(variable)?.writes ?? 0,
});

/** Ends the tie between a store and the data it holds. If tensors still refer to the data, its values are read back. */
function detach(store: Store): void {
  const { dataId } = store;
  store.dataId = undefined;
  if (dataId === undefined || held.get(dataId) !== store) {
    return;
  }
  if (backend.tensorMap.has(dataId)) {
    copyToTensor(dataId, store);
  }
  held.delete(dataId);
}

function hold(store: Store, dataId: object): void {
  const other = held.get(dataId);
  if (other !== undefined) {
    other.dataId = undefined;
  }
  store.dataId = dataId;
  held.set(dataId, store);
}

function assign({ resource }: Store, value: number, dtype: number): void {
  const attributes = [{ name: 'dtype', type: runtime().TF_ATTR_TYPE, value: dtype }];
  runNow('AssignVariableOp', attributes, [resource, value], 0);
}

/** Gives the variable new data, which has no values yet, and returns it. */
export function moveToNewData(variable: tf.Variable): object {
  const { shape, dtype } = entryOf(variable.dataId);
  const fresh = backend.createOutputTensor({ id: -1, shape, dtype });
  variable.assign(fresh);
  fresh.dispose();
  return variable.dataId;
}

/** Copies the values from the store to a tensor, unless there is one already. */
function copyToTensor(dataId: object, store: Store): void {
  const entry = entryOf(dataId);
  if (entry.id >= 0) {
    return;
  }
  checkIdle(store);
  const attributes = [{ name: 'dtype', type: runtime().TF_ATTR_TYPE, value: entry.dtype }];
  const [{ id }] = runNow('ReadVariableOp', attributes, [store.resource], 1);
  entry.id = id;
}

/** @throws an Error when a running call writes the variable, so that it cannot be read. */
export function checkIdle({ writers, name }: Store): void {
  if (writers > 0) {
    throw new Error(
      `Expected no call under way that changes the variable ${name}. Await its promise first`,
    );
  }
}

/** @throws an Error when a running call uses the variable, so that it cannot be written. */
export function checkUnused({ users, name }: Store): void {
  if (users > 0) {
    throw new Error(
      `Expected no call under way that uses the variable ${name}. Await its promise first`,
    );
  }
}

/** Counts a call that uses these variables and writes some of them as running, until the returned function is called. */
export function using(variables: readonly Store[], isWritten: readonly boolean[]): () => void {
  const count = (by: number) => {
    variables.forEach((store, i) => {
      store.users += by;
      if (isWritten[i]) {
        store.writers += by;
        store.writes += 1;
      }
    });
  };
  count(1);
  return () => count(-1);
}

/** Makes sure that a tensor has the data's values: copies them if only a resource holds them. */
export function readBack(dataId: object): void {
  const store = held.get(dataId);
  if (store !== undefined) {
    copyToTensor(dataId, store);
  }
}

/** Frees the resource of a variable that is about to be disposed. Tensors that share its data keep their values. */
export function freeStore(variable: tf.Variable): void {
  const store = stores.get(variable);
  if (store === undefined) {
    return;
  }
  const { dataId } = variable;
  if (store.dataId === dataId && !isShared(dataId)) {
    held.delete(dataId);
  } else {
    detach(store);
  }
  stores.delete(variable);
  runtime().deleteTensor(store.resource);
}
