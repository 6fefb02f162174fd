/** The public face of the graph stage: networks of other frameworks, computed by TensorFlow. */
export { checkGraph } from './check-graph.js';
export type { Graph, GraphConstant, GraphNode, GraphWeight } from './graph.js';
export { GraphLayer } from './graph-layer.js';
export { Program } from './program.js';
export type { ProgramWeight } from './weights.js';
