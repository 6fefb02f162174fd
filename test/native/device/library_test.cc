// A CUDA library that cannot be opened; test/cuda opens the real one.
#include "device/library.h"

#include <filesystem>
#include <fstream>

#include "device/base/device.h"
#include "support/check.h"

using namespace bobbin::device;

TEST("when the CUDA library is not built, then its status says how to build it") {
  const CudaStatus status = cuda_status("/nowhere/bobbin_cuda.so");
  CHECK(!status.available);
  CHECK_EQUAL(status.reason, "no CUDA library, which `BOBBIN_GPU=yes npx bobbin setup` builds");
  CHECK_EQUAL(status.runtime, 0);
  std::string error;
  try {
    open_cuda("/nowhere/bobbin_cuda.so", 1);
  } catch (const DeviceError& thrown) {
    error = thrown.what();
  }
  CHECK_EQUAL(error, "Expected a CUDA device for GPU 1 but received " + status.reason);
  CHECK_EQUAL(cuda_decoders("/nowhere/bobbin_cuda.so", 0), status.reason);
}

TEST("when the CUDA library cannot be opened, then its status says why") {
  const auto file = std::filesystem::temp_directory_path() / "bobbin-no-library.so";
  std::ofstream(file) << "This is text.";
  const CudaStatus status = cuda_status(file);
  std::filesystem::remove(file);
  CHECK(!status.available);
  CHECK_EQUAL(status.reason,
              "a CUDA library that cannot be opened (" + file.string() +
                  ": file too short); `BOBBIN_GPU=yes npx bobbin setup` rebuilds it");
}

TEST("when another library has the CUDA library's path, then its status says so") {
  const CudaStatus status = cuda_status("/proc/self/exe");
  CHECK(!status.available);
  CHECK(status.reason.find("cannot") != std::string::npos);
}
