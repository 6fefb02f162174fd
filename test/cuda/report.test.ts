/** The output of the CUDA compiler, read by `npm run build:cuda`. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readResources, resourceTable, spilling } from '../../scripts/develop/cuda-report.mjs';

/** The output of nvcc 13.0, except for the numbers of the second kernel. */
const log = `
[ 83%] Building CUDA object native/cuda/CMakeFiles/bobbin_cuda_objects.dir/normalize.cu.o
ptxas info    : 0 bytes gmem
ptxas info    : Compiling entry function '_ZN6bobbin4cuda40_GLOBAL__N__d0d366e4_8_trial_cu_2a16864212trial_kernelILNS_4core9PixelTypeE1ELNS_6device6LayoutE0EEEvNS0_13NormalizeTaskEl' for 'sm_80'
ptxas info    : Function properties for _ZN6bobbin4cuda40_GLOBAL__N__d0d366e4_8_trial_cu_2a16864212trial_kernelILNS_4core9PixelTypeE1ELNS_6device6LayoutE0EEEvNS0_13NormalizeTaskEl
    0 bytes stack frame, 0 bytes spill stores, 0 bytes spill loads
ptxas info    : Used 10 registers, used 0 barriers, 416 bytes cmem[0]
ptxas info    : Compile time = 2.122 ms
ptxas info    : 0 bytes gmem
ptxas info    : Compiling entry function '_ZN6bobbin4cuda4sumsEPf' for 'sm_90'
ptxas info    : Function properties for _ZN6bobbin4cuda4sumsEPf
    24 bytes stack frame, 16 bytes spill stores, 20 bytes spill loads
ptxas info    : Function properties for __internal_trig_reduction_slowpathd
    8 bytes stack frame, 4 bytes spill stores, 4 bytes spill loads
ptxas info    : Used 255 registers, used 1 barriers, 40 bytes cumulative stack size, 1032 bytes smem
ptxas info    : Compile time = 10.963 ms
[100%] Linking CXX shared module ../../bobbin_cuda.so
`;

test('when the compiler lists kernels, then each is read by its name and architecture', () => {
  assert.deepEqual(readResources(log), [
    {
      kernel: 'trial_kernel<kBfloat16, kChannelsLast>',
      architecture: 'sm_80',
      registers: 10,
      shared: 0,
      stack: 0,
      spillStores: 0,
      spillLoads: 0,
    },
    {
      kernel: 'sums',
      architecture: 'sm_90',
      registers: 255,
      shared: 1032,
      stack: 32,
      spillStores: 20,
      spillLoads: 24,
    },
  ]);
});

test('when a kernel or a function that it calls spills registers, then the kernel is named', () => {
  assert.deepEqual(spilling(readResources(log)), ['sums for sm_90']);
});

test('when kernels are printed, then each has a line of aligned columns', () => {
  assert.equal(
    resourceTable(readResources(log)),
    `\
kernel                                  architecture  registers  shared memory  stack  spill stores  spill loads
trial_kernel<kBfloat16, kChannelsLast>  sm_80                10              0      0             0            0
sums                                    sm_90               255           1032     32            20           24`,
  );
});
