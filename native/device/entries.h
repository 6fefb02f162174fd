// What bobbin_cuda.so exports: the names by which library.cc looks for them.
#pragma once

#include "device/library.h"

extern "C" {

// A hash of the headers that the library was built from. The others may be called only where it
// is the caller's own: else the two sides could lay out a class differently.
__attribute__((visibility("default"))) const char* bobbin_cuda_interface();

__attribute__((visibility("default"))) void bobbin_cuda_status(bobbin::device::CudaStatus* status);

// What decodes JPEGs on GPU `index`, or why nothing does. Throws DeviceError.
__attribute__((visibility("default"))) void bobbin_cuda_decoders(int index, std::string* words);

// The caller's to delete. Throws DeviceError.
__attribute__((visibility("default"))) bobbin::device::Device* bobbin_cuda_open(int index);
}
