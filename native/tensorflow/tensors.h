// A table of tensors: JavaScript has their numbers, the table their handles.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "tensorflow/owned.h"

namespace bobbin::tensorflow {

using Shape = std::vector<std::int64_t>;

// Number of elements of a shape without unknown dimensions; 1 for a scalar.
std::size_t element_count(const Shape& shape);

// Copies `bytes` once, into memory that TensorFlow aligns. Throws if the size does not fit the
// shape.
HandlePtr from_bytes(TF_DataType type, const Shape& shape, std::string_view bytes);

// A TF_STRING tensor; the values are arbitrary bytes.
HandlePtr from_strings(const Shape& shape, const std::vector<std::string_view>& values);

// A resource handle, from the serialised ResourceHandleProto that `resolve` returns for it.
HandlePtr from_resource(std::string_view serialised);

// The values in host memory, shared with the handle if it is there already.
TensorPtr resolve(TFE_TensorHandle* handle);

// The elements of a TF_STRING tensor; valid as long as `tensor` exists.
std::vector<std::string_view> strings_of(const TF_Tensor* tensor);

Shape shape_of(TFE_TensorHandle* handle);

class Tensors {
 public:
  std::int64_t insert(HandlePtr handle);
  // Throws if the number is not, or no longer, that of a tensor.
  TFE_TensorHandle* at(std::int64_t id) const;
  bool contains(std::int64_t id) const { return handles_.contains(id); }
  void erase(std::int64_t id);
  void clear() { handles_.clear(); }
  std::size_t size() const { return handles_.size(); }
  // Sum over tensors of elements × element size: an upper bound, since tensors can share memory.
  std::size_t bytes() const;

 private:
  std::unordered_map<std::int64_t, HandlePtr> handles_;
  std::int64_t next_ = 0;
};

}  // namespace bobbin::tensorflow
