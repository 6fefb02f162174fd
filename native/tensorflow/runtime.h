// All TensorFlow objects of one Node environment; they are freed with it.
#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "tensorflow/context.h"
#include "tensorflow/graph/function.h"
#include "tensorflow/graph/trace.h"
#include "tensorflow/numbered.h"
#include "tensorflow/saved_model.h"
#include "tensorflow/tensors.h"

namespace bobbin::tensorflow {

class Runtime {
 public:
  Runtime() = default;
  Runtime(const Runtime&) = delete;
  Runtime& operator=(const Runtime&) = delete;
  ~Runtime() { close(); }

  // Sets a serialised ConfigProto for the context and for SavedModels. Returns false, without
  // effect, once TensorFlow has started.
  bool configure(std::string config);
  // Starts TensorFlow on first use.
  const Context& context();

  // A cluster starts on another thread: `begin_cluster` gives the ConfigProto for its context, and
  // `end_cluster` takes the context, or null if the start failed. Meanwhile TensorFlow cannot be
  // used. Throws once TensorFlow has started: its tables of variables would be lost.
  std::string begin_cluster();
  void end_cluster(std::shared_ptr<const Context> context);
  // The context that computes with other workers; a thread that waits for them shares it. Throws
  // outside of a cluster.
  std::shared_ptr<const Context> cluster() const;

  std::int64_t load_saved_model(const std::string& folder, const std::vector<std::string>& tags);
  Numbered<SavedModel>& saved_models() { return models_; }
  // Shared, so that a call under way outlives the function's deletion.
  Numbered<std::shared_ptr<const Function>>& functions() { return functions_; }
  Tensors& tensors() { return tensors_; }

  // While there is a trace, ops are added to it instead of run. Throws if one is under way.
  Trace& begin_trace(bool frozen);
  // Null outside a trace.
  Trace* trace() { return trace_.get(); }
  void end_trace() { trace_.reset(); }

  // A thread that runs a function must hold this mutex: `close` waits for it, and nothing may run
  // once the runtime is closed.
  std::mutex& running() { return running_; }
  bool closed() const { return closed_; }

  // Frees everything; the context's objects before the context. Collectives under way fail, for
  // `close` waits for the function that runs them.
  void close();

 private:
  std::string config_;
  std::shared_ptr<const Context> context_;
  enum class Cluster { kNone, kStarts, kStarted } cluster_ = Cluster::kNone;
  Tensors tensors_;
  Numbered<SavedModel> models_{"a loaded SavedModel"};
  std::int64_t next_symbol_ = Trace::kFirstId;
  std::unique_ptr<Trace> trace_;
  Numbered<std::shared_ptr<const Function>> functions_{"a traced function"};
  std::mutex running_;
  bool closed_ = false;
};

}  // namespace bobbin::tensorflow
