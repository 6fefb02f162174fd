/** tfjs-node's backend: the class of the active backend, and functions that reach it. */

const { bobbin, needsBobbin } = require('./bobbin');

const {
  NodeJSKernelBackend = needsBobbin,
  nodeBackend = needsBobbin,
  getTFDType = needsBobbin,
  createTensorsTypeOpAttr = needsBobbin,
  createOpAttr = needsBobbin,
  ensureTensorflowBackend = needsBobbin,
} = bobbin?.kernelBackend ?? {};

module.exports = {
  NodeJSKernelBackend,
  nodeBackend,
  getTFDType,
  createTensorsTypeOpAttr,
  createOpAttr,
  ensureTensorflowBackend,
};
