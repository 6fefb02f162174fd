// What bobbin_cuda.so exports: the names by which library.cc looks for them.
#pragma once

#include "device/library.h"

extern "C" {

// A hash of the headers that the library was built from. The other two may be called only where it
// is the caller's own: else the two sides could lay out a class differently.
__attribute__((visibility("default"))) const char* bobbin_cuda_interface();

__attribute__((visibility("default"))) void bobbin_cuda_status(bobbin::device::CudaStatus* status);

// The caller's to delete. Throws DeviceError.
__attribute__((visibility("default"))) bobbin::device::Device* bobbin_cuda_open(int index);
}
