// Tensors by number: JavaScript holds the numbers, this table the handles.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "tensorflow/owned.h"

namespace bobbin::tensorflow {

using Shape = std::vector<std::int64_t>;

// Elements of a shape without unknown dimensions; 1 for a scalar.
std::size_t element_count(const Shape& shape);

// Copies `bytes` once, into memory that TensorFlow aligns. `bytes` is checked against the shape.
HandlePtr from_bytes(TF_DataType type, const Shape& shape, std::string_view bytes);

// A TF_STRING tensor of the values, which are arbitrary bytes.
HandlePtr from_strings(const Shape& shape, const std::vector<std::string_view>& values);

// A resource handle from the serialised ResourceHandleProto that `resolve` yields for one.
HandlePtr from_resource(std::string_view serialised);

// The values in host memory, shared with the handle where it lies there.
TensorPtr resolve(TFE_TensorHandle* handle);

// The elements of a TF_STRING tensor; valid as long as `tensor`.
std::vector<std::string_view> strings_of(const TF_Tensor* tensor);

Shape shape_of(TFE_TensorHandle* handle);

class Tensors {
 public:
  std::int64_t insert(HandlePtr handle);
  // Throws where the number is not (or no longer) a tensor's.
  TFE_TensorHandle* at(std::int64_t id) const;
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
