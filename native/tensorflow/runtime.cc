// All TensorFlow objects of one Node environment; they are freed with it.
#include "tensorflow/runtime.h"

#include <cstdint>
#include <memory>
#include <mutex>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace bobbin::tensorflow {
bool Runtime::configure(std::string config) {
  if (context_) return false;
  config_ = std::move(config);
  return true;
}

const Context& Runtime::context() {
  if (!context_) context_.emplace(config_);
  return *context_;
}

std::int64_t Runtime::load_saved_model(const std::string& folder,
                                       const std::vector<std::string>& tags) {
  return models_.add(folder, tags, config_);
}

Trace& Runtime::begin_trace(bool frozen) {
  if (trace_) throw std::logic_error("jit: a function is being traced already");
  trace_ = std::make_unique<Trace>(context(), tensors_, next_symbol_, frozen);
  return *trace_;
}

void Runtime::close() {
  const std::lock_guard lock(running_);
  closed_ = true;
  trace_.reset();
  functions_.clear();
  models_.clear();
  tensors_.clear();
  context_.reset();
}

}  // namespace bobbin::tensorflow
