/** The contenders that train to an accuracy; a contender's program is the file of its name in contenders/. */
import { type Program, python } from '../contenders.js';

export interface AccuracyContender extends Program {
  name: string;
  remarks?: string;
}

export const bobbin: AccuracyContender = {
  name: 'Bobbin',
  program: { kind: 'node', file: 'networks/accuracy-bobbin.ts' },
};

/** The accuracy of the best of these is the yardstick of Bobbin's. */
export const accuracyPeers: AccuracyContender[] = [
  {
    name: 'Keras + tf.data',
    program: python('networks/accuracy_keras.py', 'peers'),
    remarks: "weight decay decoupled; contrast about each channel's mean",
  },
  { name: 'PyTorch eager', program: python('networks/accuracy_torch.py', 'peers') },
  {
    name: 'PyTorch compiled',
    program: python('networks/accuracy_torch.py', 'peers'),
    args: ['compile'],
  },
  {
    name: 'fastai',
    program: python('networks/accuracy_fastai.py', 'accuracy'),
    remarks: 'jitter on batches',
  },
];
