/** What others published: the speed of a GPU, and how far training scaled. */
import type { Compute } from './cost-model.js';

export interface Source {
  title: string;
  address: string;
}

/** ResNet50 has 25.6 million weights, whose gradients travel as float32. */
export const resnet50Bytes = 4 * 25.6e6;

/** Two thirds: a backward pass computes the gradients of inputs and those of weights, each in about the time of a forward pass. */
const backwardShare = 2 / 3;

/** @param imagesPerSecond of one GPU alone */
const computeOf = (batch: number, imagesPerSecond: number): Compute => {
  const computeMs = (1000 * batch) / imagesPerSecond;
  return { computeMs, backwardMs: backwardShare * computeMs };
};

const nvidia: Source = {
  title: "NVIDIA's ResNet50 v1.5 for PyTorch",
  address:
    'https://github.com/NVIDIA/DeepLearningExamples/tree/master/PyTorch/Classification/ConvNets/resnet50v1.5',
};
const horovod: Source = {
  title: "Horovod's benchmarks",
  address: 'https://horovod.readthedocs.io/en/stable/benchmarks_include.html',
};
const bottleneck: Source = {
  title: 'Zhang et al. 2020',
  address: 'https://arxiv.org/abs/2006.10103',
};

/** The GPU of the table that is foretold. */
export const gpu = {
  name: 'A100 in mixed precision',
  imagesPerSecond: 2470,
  compute: computeOf(256, 2470),
};

/** A published efficiency, and as much of the set-up as the cost model needs, if that is published. */
export interface Published {
  what: string;
  network: string;
  /** As it is published. */
  efficiency: string;
  source: Source;
  setup?: { servers: number; gigabits: number; bytes: number; compute: Compute };
}

export const published: readonly Published[] = [
  {
    what: 'ResNet50, 32 images a P100, from 8 GPUs to 256',
    network: '50 Gb/s for 8 GPUs',
    efficiency: 'about 90 %',
    source: { title: 'Goyal et al. 2017', address: 'https://arxiv.org/abs/1706.02677' },
    // A backward pass takes 120 ms, section 4.
    setup: {
      ...{ servers: 32, gigabits: 50, bytes: resnet50Bytes },
      compute: { computeMs: 120 / backwardShare, backwardMs: 120 },
    },
  },
  {
    what: 'ResNet-101, 64 images a Pascal GPU, on 512 GPUs',
    network: '25 Gb/s for 4 GPUs, RoCE',
    efficiency: '90 %',
    source: horovod,
    // 44.5 million weights; 1,656.82 images a second on 16 GPUs.
    setup: {
      ...{ servers: 128, gigabits: 25, bytes: 4 * 44.5e6 },
      compute: computeOf(64, 1656.82 / 16),
    },
  },
  {
    what: 'VGG-16 on 512 Pascal GPUs',
    network: '25 Gb/s for 4 GPUs, RoCE',
    efficiency: '68 %',
    source: horovod,
  },
  {
    what: 'three networks on 64 GPUs, Horovod at AWS',
    network: '100 Gb/s for a server',
    efficiency: '60 to 76 %',
    source: bottleneck,
  },
  {
    what: 'ResNet50, 256 images an A100, on 8 GPUs of one machine',
    network: 'NVLink',
    efficiency: '84 % (16,621 of 8 × 2,470 images/s)',
    source: nvidia,
  },
];
