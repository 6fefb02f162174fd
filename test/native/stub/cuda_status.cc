// Prints the status of the CUDA library that its argument names, a field a line.
#include <cstdio>

#include "device/library.h"

int main(int count, char** arguments) {
  if (count != 2) {
    std::fprintf(stderr, "Expected one path of a CUDA library but received %d.\n", count - 1);
    return 2;
  }
  const bobbin::device::CudaStatus status = bobbin::device::cuda_status(arguments[1]);
  std::printf("available: %s\nreason: %s\ndriver: %d\nruntime: %d\nname: %s\n",
              status.available ? "yes" : "no", status.reason.c_str(), status.driver, status.runtime,
              status.name.c_str());
}
