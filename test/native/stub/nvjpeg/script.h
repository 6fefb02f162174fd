// The answers of the nvJPEG stub, and its recorded calls; the test program owns the only one.
#pragma once

#include <nvjpeg.h>

struct NvjpegScript {
  nvjpegStatus_t create_hardware = NVJPEG_STATUS_SUCCESS;
  unsigned engines = 1;
  // The results of creating the states of the engine and of the other backends, and of the size
  // hint.
  nvjpegStatus_t hardware_state = NVJPEG_STATUS_SUCCESS, phases_state = NVJPEG_STATUS_SUCCESS;
  nvjpegStatus_t pre_allocate = NVJPEG_STATUS_SUCCESS;
  bool hardware_takes_regions = true;
  nvjpegStatus_t decode_batch = NVJPEG_STATUS_SUCCESS;
  nvjpegStatus_t region_in_phases = NVJPEG_STATUS_SUCCESS;
  nvjpegStatus_t decode_host = NVJPEG_STATUS_SUCCESS;

  int handles = 0;                 // Of any kind, not yet destroyed.
  int batches = 0;                 // Decoded batches.
  int hybrid = 0, gpu_hybrid = 0;  // Files, by backend.
};

extern NvjpegScript nvjpeg_script;
