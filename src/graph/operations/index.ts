/** The operations that a graph may have: every export of these files is one, under ONNX's name. */
import type { Operation } from '../node.js';
import * as activation from './activation.js';
import * as conversion from './conversion.js';
import * as convolution from './convolution.js';
import * as elementwise from './elementwise.js';
import * as linear from './linear.js';
import * as normalization from './normalization.js';
import * as parts from './parts.js';
import * as pooling from './pooling.js';
import * as reduction from './reduction.js';
import * as resize from './resize.js';
import * as scatter from './scatter.js';
import * as shape from './shape.js';

const files = [
  activation,
  conversion,
  convolution,
  elementwise,
  linear,
  normalization,
  parts,
  pooling,
  reduction,
  resize,
  scatter,
  shape,
];

/** By their names. As CommonJS, a file has a member `default` besides, which is itself. */
export const operations: Readonly<Record<string, Operation>> = Object.fromEntries(
  files.flatMap(Object.entries<Operation>).filter(([name]) => name !== 'default'),
);
