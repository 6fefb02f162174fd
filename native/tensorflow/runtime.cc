// All TensorFlow objects of one Node environment; they are freed with it.
#include "tensorflow/runtime.h"

#include <cstdint>
#include <memory>
#include <mutex>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "tensorflow/cluster/cluster.h"

namespace bobbin::tensorflow {
bool Runtime::configure(std::string config) {
  // A cluster that starts has its configuration already.
  if (context_ || cluster_ == Cluster::kStarts) return false;
  config_ = std::move(config);
  return true;
}

const Context& Runtime::context() {
  if (cluster_ == Cluster::kStarts) {
    throw std::logic_error("The cluster is starting: await the promise of cluster() first");
  }
  if (!context_) context_ = std::make_shared<const Context>(config_);
  return *context_;
}

std::string Runtime::begin_cluster() {
  if (cluster_ == Cluster::kStarts) throw std::logic_error("cluster: It is starting already");
  if (context_) {
    throw std::logic_error(
        "cluster: TensorFlow has already started. Call it once, before the first tensor, variable "
        "and model of the process");
  }
  cluster_ = Cluster::kStarts;
  return config_;
}

void Runtime::end_cluster(std::shared_ptr<const Context> context) {
  cluster_ = context ? Cluster::kStarted : Cluster::kNone;
  context_ = std::move(context);
}

std::shared_ptr<const Context> Runtime::cluster() const {
  if (cluster_ != Cluster::kStarted) throw std::logic_error("cluster: It has not started");
  return context_;
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
  std::unique_lock lock(running_, std::try_to_lock);
  if (!lock.owns_lock()) {
    if (cluster_ == Cluster::kStarted) abort_collectives(*context_, "the process ends");
    lock.lock();
  }
  closed_ = true;
  trace_.reset();
  functions_.clear();
  models_.clear();
  tensors_.clear();
  context_.reset();
}

}  // namespace bobbin::tensorflow
