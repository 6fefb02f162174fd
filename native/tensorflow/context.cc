// The eager context: one for each Node environment, with the devices that TensorFlow found.
#include "tensorflow/context.h"

#include <tensorflow/c/c_api_experimental.h>

#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "tensorflow/status.h"

namespace bobbin::tensorflow {
namespace {

ContextPtr create_context(const std::string& config, const std::string& server_def) {
  const Status status;
  const ContextOptionsPtr options(TFE_NewContextOptions());
  TFE_ContextOptionsSetConfig(options.get(), config.data(), config.size(), status.get());
  status.check("configure");
  ContextPtr context(TFE_NewContext(options.get(), status.get()));
  status.check("TensorFlow context");
  if (!server_def.empty()) {
    TFE_EnableCollectiveOps(context.get(), server_def.data(), server_def.size(), status.get());
    status.check("cluster");
  }
  return context;
}

std::vector<Device> list_devices(TFE_Context* context) {
  const Status status;
  const DeviceListPtr list(TFE_ContextListDevices(context, status.get()));
  status.check("device list");
  std::vector<Device> devices;
  for (int i = 0; i < TF_DeviceListCount(list.get()); ++i) {
    Device device;
    device.name = TF_DeviceListName(list.get(), i, status.get());
    status.check("device name");
    device.type = TF_DeviceListType(list.get(), i, status.get());
    status.check("device type");
    device.memory_bytes = TF_DeviceListMemoryBytes(list.get(), i, status.get());
    status.check("device memory");
    devices.push_back(std::move(device));
  }
  return devices;
}

}  // namespace

Context::Context(const std::string& config, const std::string& server_def)
    : context_(create_context(config, server_def)), devices_(list_devices(context_.get())) {
  for (const Device& device : devices_) {
    if (device.type == "GPU" && gpu_.empty()) gpu_ = device.name;
  }
}

const Device& Context::device(const std::string& name) const {
  const std::string end = "/device:" + name;
  for (const Device& device : devices_) {
    if (device.name.ends_with(end)) return device;
  }
  throw std::invalid_argument("Expected " + name +
                              " among the devices that TensorFlow uses but received none");
}

HandlePtr Context::to_kernels(HandlePtr handle) const {
  const TF_DataType type = TFE_TensorHandleDataType(handle.get());
  const bool computes_on_gpu = type == TF_FLOAT || type == TF_BFLOAT16 || type == TF_HALF ||
                               type == TF_COMPLEX64 || type == TF_BOOL || type == TF_UINT8;
  if (gpu_.empty() || !computes_on_gpu) return handle;
  const Status status;
  HandlePtr moved(TFE_TensorHandleCopyToDevice(handle.get(), get(), gpu_.c_str(), status.get()));
  status.check("copy to " + gpu_);
  return moved;
}

}  // namespace bobbin::tensorflow
