// All TensorFlow objects of one Node environment; they are freed with it.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "tensorflow/context.h"
#include "tensorflow/graph/function.h"
#include "tensorflow/graph/trace.h"
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

  std::int64_t load_saved_model(const std::string& folder, const std::vector<std::string>& tags);
  const SavedModel& saved_model(std::int64_t id) const;
  void delete_saved_model(std::int64_t id);
  std::size_t saved_models() const { return models_.size(); }

  Tensors& tensors() { return tensors_; }

  // While there is a trace, ops are added to it instead of run. Throws where one is under way.
  Trace& begin_trace();
  // Null outside a trace.
  Trace* trace() { return trace_.get(); }
  void end_trace() { trace_.reset(); }

  std::int64_t add_function(Function function);
  // Shared, so that a call under way outlives the function's deletion.
  std::shared_ptr<const Function> function(std::int64_t id) const;
  void delete_function(std::int64_t id);
  std::size_t functions() const { return functions_.size(); }

  // Held by whoever runs a function on another thread: `close` waits for it, and once it is closed
  // nothing may run.
  std::mutex& running() { return running_; }
  bool closed() const { return closed_; }

  // Frees everything; the context's objects before the context.
  void close();

 private:
  std::string config_;
  std::optional<Context> context_;
  Tensors tensors_;
  std::map<std::int64_t, SavedModel> models_;
  std::int64_t next_model_ = 0;
  std::int64_t next_symbol_ = Trace::kFirstId;
  std::unique_ptr<Trace> trace_;
  std::map<std::int64_t, std::shared_ptr<const Function>> functions_;
  std::int64_t next_function_ = 0;
  std::mutex running_;
  bool closed_ = false;
};

}  // namespace bobbin::tensorflow
