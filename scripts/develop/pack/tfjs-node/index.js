/** The API of @tensorflow/tfjs-node 4.22 over Bobbin's backend, or over tfjs's own backends where Bobbin has no addon. */

const { bobbin, platform } = require('./bobbin');
const tf = require('@tensorflow/tfjs');
const { ProgbarLogger } = require('./callbacks');
const nodeIo = require('./io');

const version = { ...tf.version, 'tfjs-node': require('./version').version };
const io = { ...tf.io, ...nodeIo };

/** Makes tfjs's CPU backend the active one, since it alone is ready at once; WASM can be chosen if it is installed. */
function startWithoutBobbin() {
  const { nodeFileSystemRouter } = require('./io/file_system');
  tf.io.registerLoadRouter(nodeFileSystemRouter);
  tf.io.registerSaveRouter(nodeFileSystemRouter);
  let choice = 'install @tensorflow/tfjs-backend-wasm for a faster one';
  try {
    require('@tensorflow/tfjs-backend-wasm');
    choice = "`await tf.setBackend('wasm')` is faster";
  } catch (error) {
    if (error.code !== 'MODULE_NOT_FOUND') {
      throw error;
    }
  }
  tf.setBackend('cpu');
  // tfjs's CPU backend would add a banner that advises tfjs-node.
  tf.backend().firstUse = false;
  console.warn(
    `@bobbin/tfjs-node: The package bobbin is not installed here (it runs on Linux x64 with glibc, and this is ${platform}), so tfjs's slow CPU backend computes; ${choice}.`,
  );
}

if (bobbin === undefined) {
  startWithoutBobbin();
}
// `verbose: 1` of model.fit, as in tfjs-node.
tf.registerCallbackConstructor(1, ProgbarLogger);

module.exports = { ...require('@tensorflow/tfjs'), ...require('./node'), version, io };
Object.defineProperty(module.exports, '__esModule', { value: true });
