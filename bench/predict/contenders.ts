/** The contenders of the comparison of forward passes. */
import { python } from '../contenders.js';
import type { TrainContender } from '../train/contenders.js';

const ours = { kind: 'node', file: 'networks/predict-bobbin.ts' } as const;

/** Always run; the logits of all others are compared with those of the first. */
export const forwards: TrainContender[] = [
  { name: 'Bobbin frozen', program: ours, args: ['frozen'], remarks: 'as prediction computes' },
  { name: 'Bobbin optimize', program: ours, args: ['optimize'], remarks: 'follows its variables' },
];

/** The yardstick of every ratio. */
export const yardstick = 'ONNX Runtime';

export const forwardPeers: TrainContender[] = [
  {
    name: yardstick,
    program: python('networks/predict_runtime.py', 'runtimes'),
    args: ['onnxruntime'],
    remarks: 'exported by torch',
  },
  {
    name: 'OpenVINO',
    program: python('networks/predict_runtime.py', 'runtimes'),
    args: ['openvino'],
    remarks: 'exported by torch; float32',
  },
  {
    name: 'Keras tf.function',
    program: python('networks/predict_runtime.py', 'peers'),
    args: ['keras'],
  },
  {
    name: 'PyTorch torch.compile',
    program: python('networks/predict_runtime.py', 'peers'),
    args: ['torch'],
    remarks: 'channels_last',
  },
  { name: 'Bobbin eager', program: ours, remarks: 'op by op' },
];
