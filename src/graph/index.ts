/** The public face of the graph stage: networks of other frameworks, computed by TensorFlow. */
export { atSide, positionsOf, withSide } from './at-side.js';
export { FixedSide } from './change.js';
export { checkGraph } from './check-graph.js';
export type { Graph, GraphConstant, GraphNode, GraphWeight } from './graph.js';
export { GraphLayer } from './graph-layer.js';
export { factorNames, type Matrix, matricesOf, withFactors } from './low-rank.js';
export { resampled } from './positions.js';
export { neededNodes, Program } from './program.js';
export { branchOf, type Origin, residualSums } from './residual.js';
export type { ProgramWeight } from './weights.js';
