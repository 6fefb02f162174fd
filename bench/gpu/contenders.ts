/** The contenders with batches on a GPU; a contender's program is the file of its name in contenders/. */
import { type Contender, python } from '../contenders.js';
import type { Load } from '../job.js';

const loads: Load[] = ['crop', 'everything'];
const node = (...args: string[]) =>
  ({ program: { kind: 'node', file: 'bobbin.ts' }, args, loads }) as const;

/** The reference: `npm run bench` judges its pixels, and Bobbin's other contenders must equal it. */
export const inMainMemory: Contender = {
  name: 'bobbin, main memory',
  ...node(),
  remarks: 'no GPU',
};

export const onGpu: Contender[] = [
  {
    name: 'bobbin, workers render',
    ...node('cpu'),
    remarks: 'copied as uint8, normalised on the GPU',
  },
  {
    name: 'bobbin, GPU renders',
    ...node('gpu'),
    remarks: 'decoded by workers and nvJPEG, by their speed',
  },
];

export const gpuPeers: Contender[] = [
  {
    name: 'torchvision v2 (GPU)',
    program: python('with_torch_gpu.py', 'gpu'),
    loads,
    remarks: 'decode_jpeg on the GPU; transforms image by image',
  },
  {
    name: 'kornia (GPU)',
    program: python('with_torch_gpu.py', 'gpu'),
    args: ['kornia'],
    loads,
    remarks: "decode_jpeg on the GPU; torchvision's crop, kornia's colours by the batch",
  },
  {
    name: 'DALI (GPU)',
    program: python('with_dali.py', 'gpu'),
    args: ['gpu'],
    loads,
    coarse: true,
    remarks: "nvJPEG's decode of a window; contrast about 128; hue in YIQ",
  },
];
