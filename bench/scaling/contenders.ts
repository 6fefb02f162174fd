/** The contenders of the measurement of scaling; a contender's program is the file of its name in contenders/. */
import { type Program, python } from '../contenders.js';

export interface ScalingContender extends Program {
  name: string;
}

export const bobbin: ScalingContender = {
  name: 'Bobbin',
  program: { kind: 'node', file: 'networks/scaling-bobbin.ts' },
};

const keras = python('networks/scaling_keras.py', 'peers');

/** The argument is the most MB that travel at once; with 0, TensorFlow decides. */
export const scalingPeers: ScalingContender[] = [
  { name: 'Keras, MultiWorkerMirroredStrategy', program: keras, args: ['0'] },
  { name: 'Keras, the same in packs of 12 MB', program: keras, args: ['12'] },
];
