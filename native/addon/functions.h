// The methods by which JavaScript traces functions and calls them.
#pragma once

#include <napi.h>

#include <span>
#include <utility>
#include <vector>

#include "tensorflow/runtime.h"

namespace bobbin::addon {

using Method = Napi::Value (*)(const Napi::CallbackInfo&, tensorflow::Runtime&);

std::span<const std::pair<const char*, Method>> function_methods();

// Adds an op to the trace under way: executeOp's results, with symbolic tensors.
Napi::Value trace_op(const Napi::CallbackInfo& info, tensorflow::Trace& trace);

// {id, shape, dtype} of tensors that the table then owns.
Napi::Value metadata(Napi::Env env, tensorflow::Runtime& runtime, tensorflow::HandlePtr handle);
Napi::Value metadata(Napi::Env env, tensorflow::Runtime& runtime,
                     std::vector<tensorflow::HandlePtr> handles);

// The live tensors of an array of numbers; borrowed.
std::vector<TFE_TensorHandle*> handles(tensorflow::Runtime& runtime, const Napi::Value& ids);

}  // namespace bobbin::addon
