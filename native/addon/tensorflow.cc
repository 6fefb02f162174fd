// tfjs's ten-method binding and what Bobbin adds to it: converts JavaScript values and back.
#include <napi.h>

#include <cstdint>
#include <cstring>
#include <exception>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "addon/addon.h"
#include "addon/cluster.h"
#include "addon/functions.h"
#include "addon/lease.h"
#include "addon/tensorflow_values.h"
#include "tensorflow/adoption.h"
#include "tensorflow/ops.h"
#include "tensorflow/runtime.h"
#include "tensorflow/status.h"

namespace bobbin::addon {
using tensorflow::HandlePtr;
using tensorflow::Runtime;

Napi::Value metadata(Napi::Env env, Runtime& runtime, HandlePtr handle) {
  auto result = Napi::Object::New(env);
  result.Set("shape", from_shape(env, tensorflow::shape_of(handle.get())));
  result.Set("dtype", static_cast<int>(TFE_TensorHandleDataType(handle.get())));
  result.Set("id", static_cast<double>(runtime.tensors().insert(std::move(handle))));
  return result;
}

Napi::Value metadata(Napi::Env env, Runtime& runtime, std::vector<HandlePtr> handles) {
  auto result = Napi::Array::New(env, handles.size());
  for (std::size_t i = 0; i < handles.size(); ++i) {
    result.Set(static_cast<std::uint32_t>(i), metadata(env, runtime, std::move(handles[i])));
  }
  return result;
}

std::vector<TFE_TensorHandle*> handles(Runtime& runtime, const Napi::Value& ids) {
  return map_array(ids, [&](const Napi::Value& id) { return runtime.tensors().at(to_int64(id)); });
}

namespace {

Napi::Value create_tensor(const Napi::CallbackInfo& info, Runtime& runtime) {
  const tensorflow::Context& context = runtime.context();
  HandlePtr handle = to_handle(to_shape(info[0]), to_dtype(info[1]), info[2]);
  const auto id = runtime.tensors().insert(context.to_kernels(std::move(handle)));
  return Napi::Number::New(info.Env(), static_cast<double>(id));
}

Napi::Value delete_tensor(const Napi::CallbackInfo& info, Runtime& runtime) {
  const std::int64_t id = to_int64(info[0]);
  // A symbolic tensor belongs to its trace.
  if (!tensorflow::Trace::is_symbolic(id)) runtime.tensors().erase(id);
  return info.Env().Undefined();
}

Napi::Value tensor_data_sync(const Napi::CallbackInfo& info, Runtime& runtime) {
  const tensorflow::TensorPtr tensor = tensorflow::resolve(runtime.tensors().at(to_int64(info[0])));
  return from_tensor(info.Env(), tensor.get());
}

Napi::Value execute_op_now(const Napi::CallbackInfo& info, Runtime& runtime) {
  const tensorflow::Context& context = runtime.context();
  const tensorflow::OpCall call{to_string(info[0]), map_array(info[1], to_attribute),
                                handles(runtime, info[2]), static_cast<int>(to_int64(info[3]))};
  return metadata(info.Env(), runtime, tensorflow::execute(context, call));
}

Napi::Value execute_op(const Napi::CallbackInfo& info, Runtime& runtime) {
  tensorflow::Trace* const trace = runtime.trace();
  const bool is_recorded =
      trace != nullptr &&
      !trace->follows_from_values(to_string(info[0]), map_array(info[2], to_int64));
  return is_recorded ? trace_op(info, *trace) : execute_op_now(info, runtime);
}

Napi::Value load_saved_model(const Napi::CallbackInfo& info, Runtime& runtime) {
  const auto id = runtime.load_saved_model(to_string(info[0]), split(to_string(info[1])));
  return Napi::Number::New(info.Env(), static_cast<double>(id));
}

Napi::Value delete_saved_model(const Napi::CallbackInfo& info, Runtime& runtime) {
  runtime.saved_models().erase(to_int64(info[0]));
  return info.Env().Undefined();
}

Napi::Value run_saved_model(const Napi::CallbackInfo& info, Runtime& runtime) {
  const tensorflow::SavedModel& model = runtime.saved_models().at(to_int64(info[0]));
  std::vector<HandlePtr> outputs =
      model.run(split(to_string(info[2])), handles(runtime, info[1]), split(to_string(info[3])));
  for (HandlePtr& output : outputs) output = runtime.context().to_kernels(std::move(output));
  return metadata(info.Env(), runtime, std::move(outputs));
}

Napi::Value count_saved_models(const Napi::CallbackInfo& info, Runtime& runtime) {
  return Napi::Number::New(info.Env(), static_cast<double>(runtime.saved_models().size()));
}

Napi::Value count_tensors(const Napi::CallbackInfo& info, Runtime& runtime) {
  return Napi::Number::New(info.Env(), static_cast<double>(runtime.tensors().size()));
}

Napi::Value is_using_gpu_device(const Napi::CallbackInfo& info, Runtime& runtime) {
  return Napi::Boolean::New(info.Env(), runtime.context().has_gpu());
}

Napi::Value adopt_batch(const Napi::CallbackInfo& info, Runtime& runtime) {
  const tensorflow::Context& context = runtime.context();
  const tensorflow::Shape shape = to_shape(info[1]);
  const TF_DataType type = to_dtype(info[2]);
  HandlePtr handle = tensorflow::adopt(context, take_lease(info[0]), type, shape);
  return metadata(info.Env(), runtime, std::move(handle));
}

Napi::Value configure(const Napi::CallbackInfo& info, Runtime& runtime) {
  const auto config = info[0].As<Napi::Uint8Array>();
  const bool in_time =
      runtime.configure({reinterpret_cast<const char*>(config.Data()), config.ByteLength()});
  return Napi::Boolean::New(info.Env(), in_time);
}

Napi::Value devices(const Napi::CallbackInfo& info, Runtime& runtime) {
  auto result = Napi::Array::New(info.Env());
  for (const tensorflow::Device& device : runtime.context().devices()) {
    const auto entry = Napi::Object::New(info.Env());
    entry.Set("name", device.name);
    entry.Set("type", device.type);
    entry.Set("memoryBytes", static_cast<double>(device.memory_bytes));
    result.Set(result.Length(), entry);
  }
  return result;
}

Napi::Value memory(const Napi::CallbackInfo& info, Runtime& runtime) {
  auto result = Napi::Object::New(info.Env());
  result.Set("tensors", static_cast<double>(runtime.tensors().size()));
  result.Set("bytes", static_cast<double>(runtime.tensors().bytes()));
  result.Set("functions", static_cast<double>(runtime.functions().size()));
  return result;
}

// An exception that reaches Node would end the process.
Napi::Value call_safely(Method method, const Napi::CallbackInfo& info, Runtime& runtime) {
  try {
    return method(info, runtime);
  } catch (const tensorflow::Error& error) {
    auto thrown = Napi::Error::New(info.Env(), error.what());
    thrown.Set("code", error.code());
    throw thrown;
  } catch (const Napi::Error&) {
    throw;
  } catch (const std::exception& error) {
    throw Napi::Error::New(info.Env(), error.what());
  }
}

constexpr std::pair<const char*, Method> kMethods[] = {
    {"createTensor", create_tensor},
    {"deleteTensor", delete_tensor},
    {"tensorDataSync", tensor_data_sync},
    {"executeOp", execute_op},
    {"executeOpNow", execute_op_now},
    {"loadSavedModel", load_saved_model},
    {"deleteSavedModel", delete_saved_model},
    {"runSavedModel", run_saved_model},
    {"getNumOfSavedModels", count_saved_models},
    {"getNumOfTensors", count_tensors},
    {"isUsingGpuDevice", is_using_gpu_device},
    {"adoptBatch", adopt_batch},
    {"configure", configure},
    {"devices", devices},
    {"memory", memory},
};

constexpr std::pair<const char*, int> kConstants[] = {
    {"TF_FLOAT", TF_FLOAT},
    {"TF_INT32", TF_INT32},
    {"TF_INT64", TF_INT64},
    {"TF_BOOL", TF_BOOL},
    {"TF_COMPLEX64", TF_COMPLEX64},
    {"TF_STRING", TF_STRING},
    {"TF_RESOURCE", TF_RESOURCE},
    {"TF_UINT8", TF_UINT8},
    {"TF_BFLOAT16", TF_BFLOAT16},
    {"TF_HALF", TF_HALF},
    {"TF_ATTR_STRING", TF_ATTR_STRING},
    {"TF_ATTR_INT", TF_ATTR_INT},
    {"TF_ATTR_FLOAT", TF_ATTR_FLOAT},
    {"TF_ATTR_BOOL", TF_ATTR_BOOL},
    {"TF_ATTR_TYPE", TF_ATTR_TYPE},
    {"TF_ATTR_SHAPE", TF_ATTR_SHAPE},
};

}  // namespace

void export_tensorflow(Napi::Env env, Napi::Object exports) {
  const auto runtime = std::make_shared<Runtime>();
  const auto export_methods = [&](std::span<const std::pair<const char*, Method>> methods) {
    for (const auto& [name, method] : methods) {
      exports.Set(name, Napi::Function::New(
                            env,
                            [runtime, method = method](const Napi::CallbackInfo& info) {
                              return call_safely(method, info, *runtime);
                            },
                            name));
    }
  };
  export_methods(kMethods);
  export_methods(function_methods());
  export_methods(cluster_methods());
  for (const auto& [name, value] : kConstants) exports.Set(name, value);
  exports.Set("TF_Version", TF_Version());
  // The functions above may outlive the environment; the objects they hold must not.
  env.AddCleanupHook([runtime] { runtime->close(); });
}

}  // namespace bobbin::addon
