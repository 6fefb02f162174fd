// Marks what a CUDA compiler compiles for both sides; for any other compiler it says nothing.
#pragma once

#ifdef __CUDACC__
#define BOBBIN_SHARED __host__ __device__
#else
#define BOBBIN_SHARED
#endif
