// Converts between the values of JavaScript and of native/tensorflow.
#include "addon/tensorflow_values.h"

#include <napi.h>

#include <cstdint>
#include <cstring>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

namespace bobbin::addon {
namespace {

using tensorflow::AttributeValue;
using tensorflow::ShapeValue;

// A dtype's typed arrays in JavaScript: the one that comes out, and those that may go in.
struct DtypeArrays {
  TF_DataType type;
  napi_typedarray_type out;
  std::vector<napi_typedarray_type> in;
  const char* name;
};

const DtypeArrays& arrays_of(Napi::Env env, TF_DataType type) {
  static const std::vector<DtypeArrays> kArrays = {
      {TF_FLOAT, napi_float32_array, {napi_float32_array}, "Float32Array"},
      {TF_INT32, napi_int32_array, {napi_int32_array}, "Int32Array"},
      // tfjs writes an int64 as the two int32 halves of its little-endian bytes.
      {TF_INT64,
       napi_bigint64_array,
       {napi_bigint64_array, napi_int32_array},
       "BigInt64Array or Int32Array of halves"},
      {TF_BOOL, napi_uint8_array, {napi_uint8_array}, "Uint8Array"},
      {TF_UINT8,
       napi_uint8_array,
       {napi_uint8_array, napi_uint8_clamped_array},
       "Uint8Array or Uint8ClampedArray"},
      // Real and imaginary parts alternate.
      {TF_COMPLEX64, napi_float32_array, {napi_float32_array}, "Float32Array of pairs"},
      {TF_RESOURCE, napi_uint8_array, {napi_uint8_array}, "Uint8Array"},
  };
  for (const DtypeArrays& entry : kArrays) {
    if (entry.type == type) return entry;
  }
  throw Napi::TypeError::New(
      env,
      "Expected a dtype of uint8, float32, int32, int64, bool, complex64, string or resource "
      "but received TensorFlow's dtype " +
          std::to_string(type));
}

template <typename T>
auto list_or_one(const Napi::Value& value, T convert) -> AttributeValue {
  if (value.IsArray()) return map_array(value, convert);
  return convert(value);
}

std::string_view bytes_of(const Napi::TypedArray& array) {
  const auto* data = static_cast<const char*>(array.ArrayBuffer().Data());
  return {data + array.ByteOffset(), array.ByteLength()};
}

std::string_view bytes_of_string(const Napi::Value& value) {
  if (!value.IsTypedArray()) {
    throw Napi::TypeError::New(value.Env(), "Expected a Uint8Array for each string of a tensor");
  }
  return bytes_of(value.As<Napi::TypedArray>());
}

float to_float(const Napi::Value& value) {
  if (!value.IsNumber()) throw Napi::TypeError::New(value.Env(), "Expected a number");
  return value.As<Napi::Number>().FloatValue();
}

bool to_bool(const Napi::Value& value) {
  if (!value.IsBoolean()) throw Napi::TypeError::New(value.Env(), "Expected a boolean");
  return value.As<Napi::Boolean>().Value();
}

ShapeValue to_shape_value(const Napi::Value& value) { return {to_shape(value)}; }

AttributeValue to_attribute_value(TF_AttrType type, const Napi::Value& value) {
  switch (type) {
    case TF_ATTR_STRING:
      return list_or_one(value, to_string);
    case TF_ATTR_INT:
      return list_or_one(value, to_int64);
    case TF_ATTR_FLOAT:
      return list_or_one(value, to_float);
    case TF_ATTR_TYPE:
      return list_or_one(value, to_dtype);
    case TF_ATTR_BOOL:
      if (!value.IsArray()) return to_bool(value);
      return map_array(value, [](const Napi::Value& element) {
        return static_cast<unsigned char>(to_bool(element) ? 1 : 0);
      });
    case TF_ATTR_SHAPE: {
      // A shape is an array, so a list of shapes is an array of arrays.
      const bool is_list = value.IsArray() && value.As<Napi::Array>().Length() > 0 &&
                           value.As<Napi::Array>().Get(0U).IsArray();
      if (is_list) return map_array(value, to_shape_value);
      return to_shape_value(value);
    }
    default:
      throw Napi::TypeError::New(value.Env(),
                                 "Expected a TF_ATTR_* type of string, int, float, "
                                 "bool, type or shape");
  }
}

}  // namespace

std::int64_t to_int64(const Napi::Value& value) {
  if (!value.IsNumber()) throw Napi::TypeError::New(value.Env(), "Expected an integer");
  return value.As<Napi::Number>().Int64Value();
}

std::string to_string(const Napi::Value& value) {
  if (value.IsTypedArray()) return std::string(bytes_of(value.As<Napi::TypedArray>()));
  if (!value.IsString()) throw Napi::TypeError::New(value.Env(), "Expected a string");
  return value.As<Napi::String>().Utf8Value();
}

TF_DataType to_dtype(const Napi::Value& value) { return static_cast<TF_DataType>(to_int64(value)); }

tensorflow::Shape to_shape(const Napi::Value& value) { return map_array(value, to_int64); }

tensorflow::Attribute to_attribute(const Napi::Value& value) {
  if (!value.IsObject()) throw Napi::TypeError::New(value.Env(), "Expected an op's attribute");
  const auto object = value.As<Napi::Object>();
  const std::string name = to_string(object.Get("name"));
  const auto type = static_cast<TF_AttrType>(to_int64(object.Get("type")));
  try {
    return {name, to_attribute_value(type, object.Get("value"))};
  } catch (const Napi::Error& error) {
    throw Napi::TypeError::New(value.Env(), error.Message() + " for the attribute " + name);
  }
}

tensorflow::HandlePtr to_handle(const tensorflow::Shape& shape, TF_DataType type,
                                const Napi::Value& values) {
  if (type == TF_STRING) return tensorflow::from_strings(shape, map_array(values, bytes_of_string));
  const DtypeArrays& arrays = arrays_of(values.Env(), type);
  bool accepted = false;
  if (values.IsTypedArray()) {
    const napi_typedarray_type received = values.As<Napi::TypedArray>().TypedArrayType();
    for (const napi_typedarray_type candidate : arrays.in) accepted |= candidate == received;
  }
  if (!accepted) {
    throw Napi::TypeError::New(
        values.Env(), std::string("Expected a ") + arrays.name + " for createTensor's values");
  }
  const std::string_view bytes = bytes_of(values.As<Napi::TypedArray>());
  if (type == TF_RESOURCE) return tensorflow::from_resource(bytes);
  return tensorflow::from_bytes(type, shape, bytes);
}

Napi::Array from_shape(Napi::Env env, const tensorflow::Shape& shape) {
  auto array = Napi::Array::New(env, shape.size());
  for (std::size_t i = 0; i < shape.size(); ++i) {
    array.Set(static_cast<std::uint32_t>(i), static_cast<double>(shape[i]));
  }
  return array;
}

Napi::Value from_tensor(Napi::Env env, const TF_Tensor* tensor) {
  const auto copy = [env](std::string_view bytes) {
    auto buffer = Napi::ArrayBuffer::New(env, bytes.size());
    if (!bytes.empty()) std::memcpy(buffer.Data(), bytes.data(), bytes.size());
    return buffer;
  };
  if (TF_TensorType(tensor) == TF_STRING) {
    const std::vector<std::string_view> strings = tensorflow::strings_of(tensor);
    auto array = Napi::Array::New(env, strings.size());
    for (std::size_t i = 0; i < strings.size(); ++i) {
      array.Set(static_cast<std::uint32_t>(i),
                Napi::Uint8Array::New(env, strings[i].size(), copy(strings[i]), 0));
    }
    return array;
  }
  const DtypeArrays& arrays = arrays_of(env, TF_TensorType(tensor));
  const std::size_t bytes = TF_TensorByteSize(tensor);
  const Napi::ArrayBuffer buffer = copy({static_cast<const char*>(TF_TensorData(tensor)), bytes});
  switch (arrays.out) {
    case napi_float32_array:
      return Napi::Float32Array::New(env, bytes / sizeof(float), buffer, 0);
    case napi_int32_array:
      return Napi::Int32Array::New(env, bytes / sizeof(std::int32_t), buffer, 0);
    case napi_bigint64_array:
      return Napi::BigInt64Array::New(env, bytes / sizeof(std::int64_t), buffer, 0);
    default:
      return Napi::Uint8Array::New(env, bytes, buffer, 0);
  }
}

std::vector<std::string> split(const std::string& list) {
  std::vector<std::string> parts;
  std::stringstream stream(list);
  for (std::string part; std::getline(stream, part, ',');) parts.push_back(part);
  return parts;
}

}  // namespace bobbin::addon
