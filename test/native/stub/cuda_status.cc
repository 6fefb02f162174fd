// Prints the status of the CUDA library that its argument names, and what comes of opening GPU 0, a
// field a line.
#include <cstdio>

#include "device/library.h"

using namespace bobbin::device;

namespace {

std::string outcome_of_opening(const char* library) {
  try {
    return open_cuda(library, 0)->name();
  } catch (const DeviceError& error) {
    return error.what();
  }
}

}  // namespace

int main(int count, char** arguments) {
  if (count != 2) {
    std::fprintf(stderr, "Expected one path of a CUDA library but received %d.\n", count - 1);
    return 2;
  }
  const CudaStatus status = cuda_status(arguments[1]);
  std::printf("available: %s\nreason: %s\ndriver: %d\nruntime: %d\nname: %s\nopened: %s\n",
              status.available ? "yes" : "no", status.reason.c_str(), status.driver, status.runtime,
              status.name.c_str(), outcome_of_opening(arguments[1]).c_str());
}
