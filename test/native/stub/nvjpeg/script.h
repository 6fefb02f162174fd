// What the stub of nvJPEG is to answer, and what it was asked; the test program owns the one of it.
#pragma once

#include <nvjpeg.h>

struct NvjpegScript {
  nvjpegStatus_t create_hardware = NVJPEG_STATUS_SUCCESS;
  unsigned engines = 1;
  // What making the engine's state and that of the other backends gives, and the hint of sizes.
  nvjpegStatus_t hardware_state = NVJPEG_STATUS_SUCCESS, phases_state = NVJPEG_STATUS_SUCCESS;
  nvjpegStatus_t pre_allocate = NVJPEG_STATUS_SUCCESS;
  bool hardware_takes_regions = true;
  nvjpegStatus_t decode_batch = NVJPEG_STATUS_SUCCESS;
  nvjpegStatus_t region_in_phases = NVJPEG_STATUS_SUCCESS;
  nvjpegStatus_t decode_host = NVJPEG_STATUS_SUCCESS;

  int handles = 0;                 // Of any kind, that have not been ended.
  int batches = 0;                 // That were decoded.
  int hybrid = 0, gpu_hybrid = 0;  // Files, by backend.
};

extern NvjpegScript nvjpeg_script;
