/** The public face of the import stage: files of other frameworks become folders of networks. */
export { largestDifference, readReference } from './compare.js';
export type { Reference } from './format.js';
export { type Imported, type ImportOptions, importNetwork } from './import-network.js';
export { onnxNetwork } from './onnx/whole.js';
export { type Fields, intsIn, WireReader } from './onnx/wire.js';
export { importOptions } from './options.js';
