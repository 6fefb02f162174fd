// All TensorFlow objects of one Node environment; they are freed with it.
#include "tensorflow/runtime.h"

#include <stdexcept>

namespace bobbin::tensorflow {
namespace {

[[noreturn]] void throw_unknown_model(std::int64_t id) {
  throw std::invalid_argument("Expected a loaded SavedModel's number but received " +
                              std::to_string(id));
}

}  // namespace

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
  models_.try_emplace(next_model_, folder, tags, config_);
  return next_model_++;
}

const SavedModel& Runtime::saved_model(std::int64_t id) const {
  const auto found = models_.find(id);
  if (found == models_.end()) throw_unknown_model(id);
  return found->second;
}

void Runtime::delete_saved_model(std::int64_t id) {
  if (models_.erase(id) == 0) throw_unknown_model(id);
}

Trace& Runtime::begin_trace() {
  if (trace_) throw std::logic_error("jit: a function is being traced already");
  trace_ = std::make_unique<Trace>(context(), tensors_, next_symbol_);
  return *trace_;
}

std::int64_t Runtime::add_function(Function function) {
  functions_.emplace(next_function_, std::make_shared<const Function>(std::move(function)));
  return next_function_++;
}

std::shared_ptr<const Function> Runtime::function(std::int64_t id) const {
  const auto found = functions_.find(id);
  if (found == functions_.end()) {
    throw std::invalid_argument("Expected a traced function's number but received " +
                                std::to_string(id));
  }
  return found->second;
}

void Runtime::delete_function(std::int64_t id) {
  if (functions_.erase(id) == 0) function(id);
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
