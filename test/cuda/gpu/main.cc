// bobbin_cuda_tests [NAME…]: runs the cases of this folder on GPU 0, or those whose name or file
// contains a NAME. Exits 77 if there is no GPU, like automake's skipped tests, and 1 if a case
// failed.
#include <iostream>
#include <memory>

#include "../../native/support/run_cases.h"
#include "cuda/nvjpeg.h"
#include "device/entries.h"

namespace {

constexpr int kNothingTested = 77;

}  // namespace

int main(int count, char** arguments) {
  bobbin::device::CudaStatus status;
  bobbin_cuda_status(&status);
  if (!status.available) {
    std::cout << "No GPU was tested: " << status.reason << "\n";
    return kNothingTested;
  }
  const bobbin::cuda::Nvjpeg nvjpeg(std::make_shared<bobbin::cuda::Context>(0));
  std::cout << status.name << ", driver for CUDA " << status.driver / 1000 << "."
            << status.driver % 1000 / 10 << ", runtime " << status.runtime / 1000 << "."
            << status.runtime % 1000 / 10 << ", " << nvjpeg.state() << "\n";
  return bobbin::test::run_cases({arguments + 1, arguments + count});
}
