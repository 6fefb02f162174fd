// The methods with which JavaScript traces functions and calls them.
#pragma once

#include <napi.h>

#include <span>
#include <utility>
#include <vector>

#include "tensorflow/runtime.h"

namespace bobbin::addon {

using Method = Napi::Value (*)(const Napi::CallbackInfo&, tensorflow::Runtime&);

std::span<const std::pair<const char*, Method>> function_methods();

// Adds an op to the current trace; returns executeOp's results, with symbolic tensors.
Napi::Value trace_op(const Napi::CallbackInfo& info, tensorflow::Trace& trace);

// {id, shape, dtype} of each tensor; the table then owns them.
Napi::Value metadata(Napi::Env env, tensorflow::Runtime& runtime, tensorflow::HandlePtr handle);
Napi::Value metadata(Napi::Env env, tensorflow::Runtime& runtime,
                     std::vector<tensorflow::HandlePtr> handles);

// The live tensors with the numbers of an array; borrowed.
std::vector<TFE_TensorHandle*> handles(tensorflow::Runtime& runtime, const Napi::Value& ids);

}  // namespace bobbin::addon
