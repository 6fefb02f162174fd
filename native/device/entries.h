// The exports of bobbin_cuda.so, which library.cc looks up by name.
#pragma once

#include "device/library.h"

extern "C" {

// A hash of the headers that the library was built from. The other functions may be called only if
// the caller's hash is equal; otherwise the two sides could lay out a class differently.
__attribute__((visibility("default"))) const char* bobbin_cuda_interface();

__attribute__((visibility("default"))) void bobbin_cuda_status(bobbin::device::CudaStatus* status);

// Names the JPEG decoders of GPU `index`, or the reason why it has none. Throws DeviceError.
__attribute__((visibility("default"))) void bobbin_cuda_decoders(int index, std::string* words);

// The caller deletes it. Throws DeviceError.
__attribute__((visibility("default"))) bobbin::device::Device* bobbin_cuda_open(int index);
}
