// A slot of the input pipeline's ring becomes a tensor without a copy.
#include "tensorflow/adoption.h"

#include <cstdint>
#include <new>
#include <stdexcept>
#include <string>

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
  // TF_NewTensor would copy an unaligned buffer without a word.
  if (reinterpret_cast<std::uintptr_t>(lease->data()) % TF_TensorDefaultAlignment() != 0) {
    throw std::logic_error("adoptBatch: the slot is not aligned as TensorFlow needs it");
  }
  std::uint8_t* data = lease->data();
  const TensorPtr tensor(TF_NewTensor(type, shape.data(), static_cast<int>(shape.size()), data,
                                      bytes, end_lease, lease.release()));
  if (!tensor) throw std::bad_alloc();
  const Status status;
  HandlePtr handle(TFE_NewTensorHandle(tensor.get(), status.get()));
  status.check("adoptBatch");
  return context.place(std::move(handle));
}

}  // namespace bobbin::tensorflow
