// Marks functions that a CUDA compiler compiles for host and device; other compilers ignore it.
#pragma once

#ifdef __CUDACC__
#define BOBBIN_SHARED __host__ __device__
#else
#define BOBBIN_SHARED
#endif
