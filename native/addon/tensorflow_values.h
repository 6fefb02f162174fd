// Converts between the values of JavaScript and of native/tensorflow.
#pragma once

#include <napi.h>

#include <cstdint>
#include <string>
#include <type_traits>
#include <vector>

#include "tensorflow/ops.h"
#include "tensorflow/tensors.h"

namespace bobbin::addon {

// Each throws Napi::TypeError if the value has another type.
std::int64_t to_int64(const Napi::Value& value);
std::string to_string(const Napi::Value& value);
TF_DataType to_dtype(const Napi::Value& value);
tensorflow::Shape to_shape(const Napi::Value& value);
// An object of tfjs's TFEOpAttr: {name, type: TF_ATTR_*, value: one or an array}.
tensorflow::Attribute to_attribute(const Napi::Value& value);
// A typed array that fits the dtype; for TF_STRING an array of Uint8Array.
tensorflow::HandlePtr to_handle(const tensorflow::Shape& shape, TF_DataType type,
                                const Napi::Value& values);

Napi::Array from_shape(Napi::Env env, const tensorflow::Shape& shape);
// A new typed array of the values; for TF_STRING an array of new Uint8Arrays.
Napi::Value from_tensor(Napi::Env env, const TF_Tensor* tensor);

// tfjs passes lists of names as one string with commas.
std::vector<std::string> split(const std::string& list);

template <typename Convert>
auto map_array(const Napi::Value& value, Convert convert) {
  if (!value.IsArray()) throw Napi::TypeError::New(value.Env(), "Expected an array");
  const auto array = value.As<Napi::Array>();
  std::vector<std::decay_t<decltype(convert(value))>> result;
  result.reserve(array.Length());
  for (std::uint32_t i = 0; i < array.Length(); ++i) result.push_back(convert(array.Get(i)));
  return result;
}

}  // namespace bobbin::addon
