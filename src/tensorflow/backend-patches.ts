/**
 * All changes to tfjs's backend and engine for traces and stored variables. Import it for this effect alone.
 *
 * - `getInputTensorIds`: during a trace, a tensor with a variable's value becomes a symbol; otherwise a value that only a
 *   resource holds is read back first.
 * - `readSync`: refused for symbols; otherwise reads back in the same way.
 * - `executeSingleOutput`, `executeMultipleOutputs`: an op that the graph refuses is reported with the user's line.
 * - `disposeVariable` of the engine: frees the variable's resource too, and traces that hold its value as a constant.
 */
import * as tf from '@tensorflow/tfjs';
import { backend, override } from './backend.js';
import { freeStore, readBack } from './stored-variables.js';
import { firstSymbol, tracing } from './trace.js';
import { dropTracesOf } from './trace-cache.js';
import { userLine } from './user-line.js';

override('getInputTensorIds', (original) => (tensors) => {
  const idsOf = (some: readonly tf.Tensor[]) => {
    for (const { dataId } of some) {
      if (dataId !== undefined) {
        readBack(dataId);
      }
    }
    return original(some);
  };
  const trace = tracing();
  if (trace === undefined) {
    return idsOf(tensors).map(checkValue);
  }
  return tensors.map(
    (tensor) => trace.variables.symbolOf(tensor) ?? (idsOf([tensor])[0] as number),
  );
});

override('readSync', (original) => (dataId) => {
  const trace = tracing();
  const isSymbol = (backend.tensorMap.get(dataId)?.id ?? -1) >= firstSymbol;
  if (trace !== undefined && (isSymbol || trace.variables.symbolOf({ dataId }) !== undefined)) {
    throw trace.fail(
      'Expected no tensor to be read while the function is traced, since it has no value yet. Return it, and read it outside',
    );
  }
  if (isSymbol) {
    throw outlived();
  }
  readBack(dataId);
  return original(dataId);
});

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

const engine = tf.engine();
const disposeVariable = engine.disposeVariable.bind(engine);
engine.disposeVariable = (variable: tf.Variable) => {
  freeStore(variable);
  dropTracesOf(variable);
  disposeVariable(variable);
};

function checkValue(id: number): number {
  if (id >= firstSymbol) {
    throw outlived();
  }
  return id;
}

/** For a symbol that is used after its trace. */
const outlived = () =>
  new Error(
    'jit: Expected a tensor with a value but received one from inside a traced function. Return it from the function',
  );

/** Adds the user's line to the error of an op during a trace. */
function atUserLine<Result>(op: () => Result): Result {
  try {
    return op();
  } catch (error) {
    if (tracing() !== undefined && error instanceof Error && !error.message.startsWith('jit: ')) {
      error.message = `jit: ${error.message}${userLine()}`;
    }
    throw error;
  }
}
