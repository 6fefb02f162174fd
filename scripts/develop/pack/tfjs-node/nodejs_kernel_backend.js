/** Bobbin's copy of tfjs-node's backend: the class of the active backend. */

const { bobbin, needsBobbin } = require('./bobbin');

const {
  NodeJSKernelBackend,
  nodeBackend,
  getTFDType,
  createTensorsTypeOpAttr,
  createOpAttr,
  ensureTensorflowBackend,
} = bobbin?.kernelBackend ?? { nodeBackend: needsBobbin, ensureTensorflowBackend: needsBobbin };

module.exports = {
  NodeJSKernelBackend,
  nodeBackend,
  getTFDType,
  createTensorsTypeOpAttr,
  createOpAttr,
  ensureTensorflowBackend,
};
