// Reads fields of JavaScript objects; TypeScript has checked their types.
#pragma once

#include <napi.h>

#include <cstdint>
#include <string>

namespace bobbin::addon {

inline double number(const Napi::Object& object, const char* name) {
  return object.Get(name).ToNumber().DoubleValue();
}

inline std::uint64_t counter(double value) {
  constexpr double kLargest = 9007199254740991;  // Number.MAX_SAFE_INTEGER
  return static_cast<std::uint64_t>(value < kLargest ? value : kLargest);
}

inline std::string text(const Napi::Object& object, const char* name) {
  return object.Get(name).ToString().Utf8Value();
}

inline void range(const Napi::Object& object, const char* name, double& low, double& high) {
  const Napi::Object pair = object.Get(name).ToObject();
  low = pair.Get(0u).ToNumber().DoubleValue();
  high = pair.Get(1u).ToNumber().DoubleValue();
}

}  // namespace bobbin::addon
