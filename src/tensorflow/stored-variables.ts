/**
 * Variables whose value lies in a resource of TensorFlow, where ops update it in place. To tfjs such a
 * variable is like any other: whoever reads it outside the jitted functions gets its present value.
 */
import * as tf from '@tensorflow/tfjs';
import { backend, type Entry, override } from './backend.js';
import { runtime } from './configuration.js';
import type { OpAttribute, TensorMetadata } from './native-tensorflow.js';

/** A variable's resource, and the tensor data whose value it holds. */
export interface Store {
  resource: number;
  dataId: object | undefined;
  /** Calls under way that use it, and those of them that write it. */
  users: number;
  writers: number;
  name: string;
}

const stores = new WeakMap<tf.Variable, Store>();
/** By the data they hold, of data that is nowhere else unless it was read. */
const held = new WeakMap<object, Store>();

/** As the backend itself has it: neither reads what is stored nor traces. */
const uploadedId = backend.getInputTensorIds.bind(backend);
/** Data kept alive by {@link protect} rather than by a tensor. */
const guarded = new Set<object>();

const entryOf = (dataId: object): Entry => backend.tensorMap.get(dataId) as Entry;

/** All of tfjs's, by name. */
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
    // TensorFlow's ResourceHandle::ANONYMOUS_NAME: freed with its last handle, shared by nobody.
    { name: 'shared_name', type: TF_ATTR_STRING, value: 'cd2c89b7-88b7-44c8-ad83-06c2a9158347' },
  ];
  const [{ id }] = runNow('VarHandleOp', attributes, [], 1);
  const store: Store = {
    resource: id,
    dataId: undefined,
    users: 0,
    writers: 0,
    name: variable.name,
  };
  stores.set(variable, store);
  return store;
}

/** The variable's resource, whatever value it holds. */
export const resourceOf = (variable: tf.Variable): number =>
  (stores.get(variable) ?? createStore(variable)).resource;

/** Lets the resource hold the value of `dataId`, which is the variable's, until the next call. */
export function copyToResource(variable: tf.Variable, dataId: object): void {
  const store = stores.get(variable) ?? createStore(variable);
  if (store.dataId === dataId) {
    return;
  }
  letGo(store);
  // It may be another variable's that was assigned to this one.
  ensureTensor(dataId);
  const tensor = { dataId } as tf.Tensor;
  assign(store, uploadedId([tensor])[0] as number, entryOf(dataId).dtype);
}

/** Whether tensors beside its variable refer to the data. */
export const isShared = (dataId: object): boolean =>
  entryOf(dataId).refCount > (guarded.has(dataId) ? 2 : 1);

/** Keeps data alive, whoever disposes of it, until `unprotect`. */
export function protect(dataId: object): void {
  backend.incRef(dataId);
  guarded.add(dataId);
}

export function unprotect(dataId: object): void {
  guarded.delete(dataId);
  backend.disposeData(dataId);
}

/**
 * The store with the variable's value, which is moved there unless it is there already. Nobody else
 * shares the data afterwards, so that an update in place changes the variable alone.
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
    read(dataId, store);
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

/** The data that the resource holds, where somebody still refers to it, goes on without the resource. */
function letGo(store: Store): void {
  const { dataId } = store;
  store.dataId = undefined;
  if (dataId === undefined || held.get(dataId) !== store) {
    return;
  }
  if (backend.tensorMap.has(dataId)) {
    read(dataId, store);
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

/** Gives the variable data of its own, which has no values yet. */
export function moveToNewData(variable: tf.Variable): object {
  const { shape, dtype } = entryOf(variable.dataId);
  const fresh = backend.createOutputTensor({ id: -1, shape, dtype });
  variable.assign(fresh);
  fresh.dispose();
  return variable.dataId;
}

/** Makes sure that the values which the store holds are a tensor too. */
function read(dataId: object, store: Store): void {
  const entry = entryOf(dataId);
  if (entry.id >= 0) {
    return;
  }
  checkIdle(store);
  const attributes = [{ name: 'dtype', type: runtime().TF_ATTR_TYPE, value: entry.dtype }];
  const [{ id }] = runNow('ReadVariableOp', attributes, [store.resource], 1);
  entry.id = id;
}

/** @throws where a call under way writes the variable, so that it cannot be read. */
export function checkIdle({ writers, name }: Store): void {
  if (writers > 0) {
    throw new Error(
      `Expected no call under way that changes the variable ${name}. Await its promise first`,
    );
  }
}

/** @throws where a call under way uses the variable, so that it cannot be written. */
export function checkUnused({ users, name }: Store): void {
  if (users > 0) {
    throw new Error(
      `Expected no call under way that uses the variable ${name}. Await its promise first`,
    );
  }
}

/** Notes that a call which uses these variables, and writes some, has begun; the result notes its end. */
export function using(variables: readonly Store[], isWritten: readonly boolean[]): () => void {
  const count = (by: number) => {
    variables.forEach((store, i) => {
      store.users += by;
      if (isWritten[i]) {
        store.writers += by;
      }
    });
  };
  count(1);
  return () => count(-1);
}

/** Brings back what lies in a resource alone, for an op or a reader outside the jitted functions. */
function ensureTensor(dataId: object): void {
  const store = held.get(dataId);
  if (store !== undefined) {
    read(dataId, store);
  }
}

override('getInputTensorIds', (original) => (tensors) => {
  for (const { dataId } of tensors) {
    if (dataId !== undefined) {
      ensureTensor(dataId);
    }
  }
  return original(tensors);
});

override('readSync', (original) => (dataId) => {
  ensureTensor(dataId);
  return original(dataId);
});

const engine = tf.engine();
const disposeVariable = engine.disposeVariable.bind(engine);

engine.disposeVariable = (variable: tf.Variable) => {
  const store = stores.get(variable);
  if (store !== undefined) {
    const { dataId } = variable;
    const isItsAlone = store.dataId === dataId && !isShared(dataId);
    if (isItsAlone) {
      held.delete(dataId);
    } else {
      letGo(store);
    }
    stores.delete(variable);
    runtime().deleteTensor(store.resource);
  }
  disposeVariable(variable);
};
