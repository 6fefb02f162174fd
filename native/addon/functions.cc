// The methods with which JavaScript traces functions and calls them.
#include "addon/functions.h"

#include <napi.h>

#include <cstdint>
#include <exception>
#include <memory>
#include <mutex>
#include <span>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "addon/tensorflow_values.h"
#include "tensorflow/graph/trace.h"
#include "tensorflow/status.h"

namespace bobbin::addon {
namespace {

using tensorflow::HandlePtr;
using tensorflow::Runtime;
using tensorflow::Trace;

Napi::Value symbol(Napi::Env env, std::int64_t id, TF_DataType type,
                   const tensorflow::Shape& shape) {
  auto result = Napi::Object::New(env);
  result.Set("id", static_cast<double>(id));
  result.Set("shape", from_shape(env, shape));
  result.Set("dtype", static_cast<int>(type));
  return result;
}

Trace& trace_under_way(Runtime& runtime) {
  if (!runtime.trace()) throw std::logic_error("jit: no function is being traced");
  return *runtime.trace();
}

Napi::Value begin_trace(const Napi::CallbackInfo& info, Runtime& runtime) {
  runtime.begin_trace(info[0].ToBoolean().Value());
  return info.Env().Undefined();
}

Napi::Value trace_argument(const Napi::CallbackInfo& info, Runtime& runtime) {
  const tensorflow::Shape shape = to_shape(info[0]);
  const TF_DataType type = to_dtype(info[1]);
  return symbol(info.Env(), trace_under_way(runtime).add_argument(type, shape), type, shape);
}

Napi::Value trace_variable(const Napi::CallbackInfo& info, Runtime& runtime) {
  const std::int64_t id =
      trace_under_way(runtime).add_variable(to_int64(info[0]), to_shape(info[1]));
  return Napi::Number::New(info.Env(), static_cast<double>(id));
}

Napi::Value trace_evaluate(const Napi::CallbackInfo& info, Runtime& runtime) {
  return metadata(info.Env(), runtime, trace_under_way(runtime).evaluate(to_int64(info[0])));
}

Napi::Value trace_source(const Napi::CallbackInfo& info, Runtime& runtime) {
  const Trace& trace = trace_under_way(runtime);
  const tensorflow::RecordedOp* op = trace.source(to_int64(info[0]));
  if (op == nullptr) return info.Env().Undefined();
  const auto inputs = Napi::Array::New(info.Env(), op->inputs.size());
  for (std::uint32_t i = 0; i < op->inputs.size(); ++i) {
    const tensorflow::SymbolicTensor input = trace.describe(op->inputs[i]);
    inputs.Set(i, symbol(info.Env(), input.id, input.type, input.shape));
  }
  auto result = Napi::Object::New(info.Env());
  result.Set("name", op->name);
  result.Set("inputs", inputs);
  return result;
}

Napi::Value trace_again(const Napi::CallbackInfo& info, Runtime& runtime) {
  Trace& trace = trace_under_way(runtime);
  const tensorflow::RecordedOp* op = trace.source(to_int64(info[0]));
  if (op == nullptr) throw std::invalid_argument("jit: Expected the first result of an op");
  const tensorflow::SymbolicTensor result =
      trace.add({op->name, op->attributes, map_array(info[1], to_int64), op->outputs}).at(0);
  return symbol(info.Env(), result.id, result.type, result.shape);
}

Napi::Array from_names(Napi::Env env, const std::vector<std::string>& names) {
  auto array = Napi::Array::New(env, names.size());
  for (std::uint32_t i = 0; i < names.size(); ++i) array.Set(i, names[i]);
  return array;
}

Napi::Value trace_graph(const Napi::CallbackInfo& info, Runtime& runtime) {
  const Napi::Env env = info.Env();
  tensorflow::TraceGraph graph = trace_under_way(runtime).graph(map_array(info[0], to_int64));
  const auto captured = Napi::Array::New(env, graph.captured.size());
  for (std::uint32_t i = 0; i < graph.captured.size(); ++i) {
    const auto tensor =
        metadata(env, runtime, std::move(graph.captured[i].second)).As<Napi::Object>();
    tensor.Set("name", graph.captured[i].first);
    captured.Set(i, tensor);
  }
  auto result = Napi::Object::New(env);
  const std::string& definition = graph.definition;
  result.Set("definition", Napi::Buffer<char>::Copy(env, definition.data(), definition.size()));
  result.Set("arguments", from_names(env, graph.arguments));
  result.Set("outputs", from_names(env, graph.outputs));
  result.Set("captured", captured);
  return result;
}

Napi::Value end_trace(const Napi::CallbackInfo& info, Runtime& runtime) {
  const auto options = info[2].As<Napi::Object>();
  const std::int64_t id = runtime.functions().add(
      std::make_shared<const tensorflow::Function>(trace_under_way(runtime).finish(
          to_string(info[0]), map_array(info[1], to_int64),
          {options.Get("xla").ToBoolean().Value(), to_string(options.Get("config")),
           options.Get("sequential").ToBoolean().Value()})));
  runtime.end_trace();
  return Napi::Number::New(info.Env(), static_cast<double>(id));
}

Napi::Value abort_trace(const Napi::CallbackInfo& info, Runtime& runtime) {
  runtime.end_trace();
  return info.Env().Undefined();
}

Napi::Value call_function(const Napi::CallbackInfo& info, Runtime& runtime) {
  const auto function = runtime.functions().at(to_int64(info[0]));
  return metadata(info.Env(), runtime, function->call(handles(runtime, info[1])));
}

// One call on a thread of Node's pool, and its promise.
class Call : public Napi::AsyncWorker {
 public:
  Call(Napi::Env env, Runtime& runtime, std::shared_ptr<const tensorflow::Function> function,
       std::vector<HandlePtr> inputs)
      : AsyncWorker(env),
        runtime_(runtime),
        function_(std::move(function)),
        inputs_(std::move(inputs)),
        deferred_(Napi::Promise::Deferred::New(env)) {}

  Napi::Promise promise() const { return deferred_.Promise(); }

 protected:
  void Execute() override {
    const std::lock_guard lock(runtime_.running());
    std::vector<TFE_TensorHandle*> borrowed;
    borrowed.reserve(inputs_.size());
    for (const HandlePtr& input : inputs_) borrowed.push_back(input.get());
    try {
      if (runtime_.closed()) throw std::runtime_error("the environment has ended");
      outputs_ = function_->call(borrowed);
    } catch (const tensorflow::Error& error) {
      code_ = error.code();
      SetError(error.what());
    } catch (const std::exception& error) {
      SetError(error.what());
    }
    // Still locked: the context's objects must be freed before the context.
    inputs_.clear();
    function_.reset();
  }

  void OnOK() override { deferred_.Resolve(metadata(Env(), runtime_, std::move(outputs_))); }

  void OnError(const Napi::Error& error) override {
    if (!code_.empty()) error.Value().Set("code", code_);
    deferred_.Reject(error.Value());
  }

 private:
  Runtime& runtime_;
  std::shared_ptr<const tensorflow::Function> function_;
  std::vector<HandlePtr> inputs_;
  std::vector<HandlePtr> outputs_;
  std::string code_;
  Napi::Promise::Deferred deferred_;
};

Napi::Value call_function_async(const Napi::CallbackInfo& info, Runtime& runtime) {
  std::vector<HandlePtr> inputs;
  const tensorflow::Status status;
  for (TFE_TensorHandle* handle : handles(runtime, info[1])) {
    // A second handle, because JavaScript may delete the tensor before the call is over.
    inputs.emplace_back(TFE_TensorHandleCopySharingTensor(handle, status.get()));
    status.check("jit");
  }
  auto* call =
      new Call(info.Env(), runtime, runtime.functions().at(to_int64(info[0])), std::move(inputs));
  call->Queue();
  return call->promise();
}

Napi::Value delete_function(const Napi::CallbackInfo& info, Runtime& runtime) {
  runtime.functions().erase(to_int64(info[0]));
  return info.Env().Undefined();
}

constexpr std::pair<const char*, Method> kMethods[] = {
    {"beginTrace", begin_trace},
    {"traceArgument", trace_argument},
    {"traceVariable", trace_variable},
    {"traceEvaluate", trace_evaluate},
    {"traceSource", trace_source},
    {"traceAgain", trace_again},
    {"traceGraph", trace_graph},
    {"endTrace", end_trace},
    {"abortTrace", abort_trace},
    {"callFunction", call_function},
    {"callFunctionAsync", call_function_async},
    {"deleteFunction", delete_function},
};

}  // namespace

std::span<const std::pair<const char*, Method>> function_methods() { return kMethods; }

Napi::Value trace_op(const Napi::CallbackInfo& info, Trace& trace) {
  const std::vector<tensorflow::SymbolicTensor> results =
      trace.add({to_string(info[0]), map_array(info[1], to_attribute), map_array(info[2], to_int64),
                 static_cast<int>(to_int64(info[3]))});
  auto array = Napi::Array::New(info.Env(), results.size());
  for (std::uint32_t i = 0; i < results.size(); ++i) {
    array.Set(i, symbol(info.Env(), results[i].id, results[i].type, results[i].shape));
  }
  return array;
}

}  // namespace bobbin::addon
