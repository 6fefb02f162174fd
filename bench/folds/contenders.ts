/** The contenders that train on folds; a contender's program is the file of its name in contenders/. */
import { type Program, python } from '../contenders.js';

export interface FoldContender extends Program {
  name: string;
  remarks?: string;
}

export const bobbin: FoldContender = {
  name: 'Bobbin',
  program: { kind: 'node', file: 'networks/folds-bobbin.ts' },
};

const timm = python('networks/folds_timm.py', 'accuracy');

/** Each gets as many epochs as fit into Bobbin's time. */
export const foldPeers: FoldContender[] = [
  {
    name: 'fastai',
    program: python('networks/folds_fastai.py', 'accuracy'),
    remarks: 'fine_tune, with its defaults',
  },
  {
    name: 'timm',
    program: timm,
    remarks: "parts of timm with train.py's defaults: batches of 128, 5 epochs of warm-up",
  },
  {
    name: 'timm, short run',
    program: timm,
    args: ['--batch-size', '32', '--warmup-epochs', '1', '--sched-on-updates'],
    remarks: 'as timm, with batches of 32, 1 epoch of warm-up, and a new rate each step',
  },
];
