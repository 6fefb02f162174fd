/** The API of @tensorflow/tfjs-node 4.22 over Bobbin's backend, or over tfjs's own backends where Bobbin has no addon. */

const { bobbin, absence, isInstalled } = require('./bobbin');
const tf = require('@tensorflow/tfjs');
const { ProgbarLogger } = require('./callbacks');
const nodeIo = require('./io');

const version = { ...tf.version, 'tfjs-node': require('../package.json').version };
const io = { ...tf.io, ...nodeIo };

/** Registers tfjs's WASM backend if it is installed, and returns the advice about it. */
function registerWasm() {
  if (!isInstalled('@tensorflow/tfjs-backend-wasm')) {
    return 'install @tensorflow/tfjs-backend-wasm 4.22.0 for a faster one';
  }
  require('@tensorflow/tfjs-backend-wasm');
  return "`await tf.setBackend('wasm')` chooses the faster WASM backend";
}

/** Hands over tfjs's CPU backend, since it alone computes at once, as programs of tfjs-node expect. */
function startWithoutBobbin() {
  const { nodeFileSystemRouter } = require('./io/file_system');
  tf.io.registerLoadRouter(nodeFileSystemRouter);
  tf.io.registerSaveRouter(nodeFileSystemRouter);
  const advice = registerWasm();
  tf.setBackend('cpu');
  // At its first use, the backend would recommend tfjs-node.
  tf.backend().firstUse = false;
  console.warn(`@bobbin/tfjs-node: tfjs's slow CPU backend computes, since ${absence}; ${advice}.`);
}

if (bobbin === undefined) {
  startWithoutBobbin();
}
// `verbose: 1` of model.fit, as in tfjs-node.
tf.registerCallbackConstructor(1, ProgbarLogger);

// Node finds the names of ES modules in this form only.
module.exports = { ...require('@tensorflow/tfjs'), ...require('./node'), version, io };
// Bobbin replaces functions that its `jit` could not trace otherwise.
for (const name of Object.keys(bobbin ? tf : {})) {
  if (bobbin.tf[name] !== tf[name]) {
    module.exports[name] = bobbin.tf[name];
  }
}
Object.defineProperty(module.exports, '__esModule', { value: true });
