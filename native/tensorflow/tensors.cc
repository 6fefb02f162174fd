// A table of tensors: JavaScript has their numbers, the table their handles.
#include "tensorflow/tensors.h"

#include <tensorflow/c/tf_tstring.h>

#include <cstdint>
#include <cstring>
#include <new>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "tensorflow/status.h"

namespace bobbin::tensorflow {
namespace {

HandlePtr handle_of(const TensorPtr& tensor) {
  const Status status;
  HandlePtr handle(TFE_NewTensorHandle(tensor.get(), status.get()));
  status.check("createTensor");
  return handle;
}

void free_strings(void* data, std::size_t bytes, void*) {
  auto* strings = static_cast<TF_TString*>(data);
  for (std::size_t i = 0; i < bytes / sizeof(TF_TString); ++i) TF_StringDealloc(&strings[i]);
  delete[] strings;
}

[[noreturn]] void throw_unknown(std::int64_t id) {
  throw std::invalid_argument("Expected a live tensor's number but received " + std::to_string(id) +
                              ": it was disposed or never created");
}

}  // namespace

std::size_t element_count(const Shape& shape) {
  std::size_t count = 1;
  for (const std::int64_t side : shape) {
    if (side < 0) throw std::invalid_argument("Expected sides of 0 or more for a tensor's shape");
    count *= static_cast<std::size_t>(side);
  }
  return count;
}

HandlePtr from_bytes(TF_DataType type, const Shape& shape, std::string_view bytes) {
  const std::size_t expected = element_count(shape) * TF_DataTypeSize(type);
  if (bytes.size() != expected) {
    throw std::invalid_argument("Expected " + std::to_string(expected) +
                                " bytes for createTensor's values but received " +
                                std::to_string(bytes.size()));
  }
  const TensorPtr tensor(
      TF_AllocateTensor(type, shape.data(), static_cast<int>(shape.size()), bytes.size()));
  if (!tensor) throw std::bad_alloc();
  std::memcpy(TF_TensorData(tensor.get()), bytes.data(), bytes.size());
  return handle_of(tensor);
}

HandlePtr from_strings(const Shape& shape, const std::vector<std::string_view>& values) {
  if (values.size() != element_count(shape)) {
    throw std::invalid_argument("Expected " + std::to_string(element_count(shape)) +
                                " strings for createTensor's values but received " +
                                std::to_string(values.size()));
  }
  auto* strings = new TF_TString[values.size()];
  for (std::size_t i = 0; i < values.size(); ++i) {
    TF_StringInit(&strings[i]);
    TF_StringCopy(&strings[i], values[i].data(), values[i].size());
  }
  const std::size_t bytes = values.size() * sizeof(TF_TString);
  const TensorPtr tensor(TF_NewTensor(TF_STRING, shape.data(), static_cast<int>(shape.size()),
                                      strings, bytes, free_strings, nullptr));
  if (!tensor) throw std::bad_alloc();
  return handle_of(tensor);
}

HandlePtr from_resource(std::string_view serialised) {
  const TensorPtr tensor(TF_AllocateTensor(TF_RESOURCE, nullptr, 0, serialised.size()));
  if (!tensor) throw std::bad_alloc();
  std::memcpy(TF_TensorData(tensor.get()), serialised.data(), serialised.size());
  return handle_of(tensor);
}

TensorPtr resolve(TFE_TensorHandle* handle) {
  const Status status;
  TensorPtr tensor(TFE_TensorHandleResolve(handle, status.get()));
  status.check("tensorDataSync");
  return tensor;
}

std::vector<std::string_view> strings_of(const TF_Tensor* tensor) {
  const auto* strings = static_cast<const TF_TString*>(TF_TensorData(tensor));
  const auto count = static_cast<std::size_t>(TF_TensorElementCount(tensor));
  std::vector<std::string_view> values;
  values.reserve(count);
  for (std::size_t i = 0; i < count; ++i) {
    values.emplace_back(TF_StringGetDataPointer(&strings[i]), TF_StringGetSize(&strings[i]));
  }
  return values;
}

Shape shape_of(TFE_TensorHandle* handle) {
  const Status status;
  const int rank = TFE_TensorHandleNumDims(handle, status.get());
  status.check("shape");
  Shape shape(static_cast<std::size_t>(rank));
  for (int i = 0; i < rank; ++i) {
    shape[static_cast<std::size_t>(i)] = TFE_TensorHandleDim(handle, i, status.get());
    status.check("shape");
  }
  return shape;
}

std::int64_t Tensors::insert(HandlePtr handle) {
  handles_.emplace(next_, std::move(handle));
  return next_++;
}

TFE_TensorHandle* Tensors::at(std::int64_t id) const {
  const auto found = handles_.find(id);
  if (found == handles_.end()) throw_unknown(id);
  return found->second.get();
}

void Tensors::erase(std::int64_t id) {
  if (handles_.erase(id) == 0) throw_unknown(id);
}

std::size_t Tensors::bytes() const {
  const Status status;
  std::size_t total = 0;
  for (const auto& [id, handle] : handles_) {
    const std::int64_t elements = TFE_TensorHandleNumElements(handle.get(), status.get());
    status.check("memory");
    total += static_cast<std::size_t>(elements) *
             TF_DataTypeSize(TFE_TensorHandleDataType(handle.get()));
  }
  return total;
}

}  // namespace bobbin::tensorflow
