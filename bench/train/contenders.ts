/** The contenders of the comparison of training steps; a contender's program is the file of its name in contenders/. */
import { type Program, python } from '../contenders.js';

export interface TrainContender extends Program {
  name: string;
  /** How it differs, or what it represents: a remark for the table. */
  remarks?: string;
}

const node = (file: string) => ({ kind: 'node', file }) as const;

/** Always run; the first one comes first, because the logits and losses of the others are compared with it. */
export const bobbins: TrainContender[] = [
  { name: 'Bobbin eager', program: node('networks/train-bobbin.ts') },
  { name: 'Bobbin jit', program: node('networks/train-bobbin.ts'), args: ['jit'] },
];

/** Run only where XLA is asked for: it compiles for minutes. */
export const compiled: TrainContender[] = [
  { name: 'Bobbin jit + XLA', program: node('networks/train-bobbin.ts'), args: ['jit', 'xla'] },
  { name: 'Keras + XLA', program: python('networks/train_keras.py', 'peers'), args: ['xla'] },
];

/** The faster of these is the yardstick of every ratio. */
export const yardsticks = ['Keras tf.function', 'PyTorch eager'];

export const trainPeers: TrainContender[] = [
  {
    name: 'tfjs-node',
    program: node('networks/train-tfjs.ts'),
    remarks: "tfjs-node's kernels and stock layers, on TensorFlow 2.21",
  },
  { name: 'Keras tf.function', program: python('networks/train_keras.py', 'peers') },
  {
    name: 'PyTorch eager',
    program: python('networks/train_torch.py', 'peers'),
    args: ['channels_last'],
    remarks: 'channels_last',
  },
  {
    name: 'PyTorch torch.compile',
    program: python('networks/train_torch.py', 'peers'),
    args: ['channels_last', 'compile'],
    remarks: 'channels_last',
  },
];
