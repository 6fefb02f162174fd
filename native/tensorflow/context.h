// The eager context: one for each Node environment, with the devices that TensorFlow found.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "tensorflow/owned.h"

namespace bobbin::tensorflow {

struct Device {
  std::string name;           // e.g. "/job:localhost/replica:0/task:0/device:GPU:0"; in a cluster
                              // "/job:worker/replica:0/task:1/device:GPU:0"
  std::string type;           // "CPU", "GPU"
  std::int64_t memory_bytes;  // the limit of TensorFlow's allocations there
};

class Context {
 public:
  // `config` is a serialised ConfigProto; empty means TensorFlow's defaults.
  explicit Context(const std::string& config) : Context(config, "") {}
  // The context of one worker of a cluster, by a serialised ServerDef. Returns when all workers
  // have started; empty means a context that computes alone.
  Context(const std::string& config, const std::string& server_def);

  TFE_Context* get() const { return context_.get(); }
  const std::vector<Device>& devices() const { return devices_; }
  // Finds a device by its name without job and task, e.g. "GPU:0". Throws if TensorFlow does not
  // use it.
  const Device& device(const std::string& name) const;
  bool has_gpu() const { return !gpu_.empty(); }

  // Moves a new tensor to where its kernels run, so that a weight crosses to the GPU once and not
  // at each op. Integers, strings and resources stay: GPU kernels want those in host memory.
  HandlePtr to_kernels(HandlePtr handle) const;

 private:
  ContextPtr context_;
  std::vector<Device> devices_;
  std::string gpu_;
};

}  // namespace bobbin::tensorflow
