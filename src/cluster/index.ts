/** The public face of the cluster stage: several processes that train one network, over TensorFlow's own runtime. */
export { cluster, joined } from './cluster.js';
export { clusterFromEnvironment } from './environment/index.js';
export type { Cluster } from './member.js';
export { gatherNumbers, sumNumbers } from './numbers.js';
export { type ClusterOptions, clusterOptions } from './options.js';
export { together } from './together.js';
export { workerName } from './worker-name.js';
