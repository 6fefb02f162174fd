// Makes a tensor of a slot of the pipeline's ring without a copy.
#include "tensorflow/adoption.h"

#include <tensorflow/c/eager/c_api_experimental.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>

#include "core/batch/slot.h"
#include "tensorflow/status.h"

namespace bobbin::tensorflow {
namespace {

void end_lease(void*, std::size_t, void* lease) { delete static_cast<core::SlotLease*>(lease); }

}  // namespace

HandlePtr adopt(const Context& context, std::unique_ptr<core::SlotLease> lease, TF_DataType type,
                const Shape& shape) {
  const std::size_t bytes = element_count(shape) * TF_DataTypeSize(type);
  if (bytes > lease->bytes()) {
    throw std::invalid_argument("Expected a shape of at most " + std::to_string(lease->bytes()) +
                                " bytes for adoptBatch but received one of " +
                                std::to_string(bytes));
  }
  // TensorFlow accepts any address, but its kernels load whole vectors.
  if (reinterpret_cast<std::uintptr_t>(lease->data()) % TF_TensorDefaultAlignment() != 0) {
    throw std::logic_error("adoptBatch: the slot is not aligned as TensorFlow needs it");
  }
  const Device& device = context.device(lease->memory().device());
  std::uint8_t* data = lease->data();
  const Status status;
  // If the call fails, TensorFlow also ends the lease.
  HandlePtr handle(TFE_NewTensorHandleFromDeviceMemory(
      context.get(), device.name.c_str(), type, shape.data(), static_cast<int>(shape.size()), data,
      bytes, end_lease, lease.release(), status.get()));
  status.check("adoptBatch");
  if (device.type != "CPU") return handle;
  return context.to_kernels(std::move(handle));
}

}  // namespace bobbin::tensorflow
