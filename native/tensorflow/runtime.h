// Everything one Node environment holds of TensorFlow; it ends with that environment.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "tensorflow/context.h"
#include "tensorflow/saved_model.h"
#include "tensorflow/tensors.h"

namespace bobbin::tensorflow {

class Runtime {
 public:
  Runtime() = default;
  Runtime(const Runtime&) = delete;
  Runtime& operator=(const Runtime&) = delete;
  ~Runtime() { close(); }

  // A serialised ConfigProto for the context and for SavedModels. Once TensorFlow has started it
  // changes nothing and returns false.
  bool configure(std::string config);
  // Starts TensorFlow on first use.
  const Context& context();

  std::int64_t load_saved_model(const std::string& folder, const std::vector<std::string>& tags);
  const SavedModel& saved_model(std::int64_t id) const;
  void delete_saved_model(std::int64_t id);
  std::size_t saved_models() const { return models_.size(); }

  Tensors& tensors() { return tensors_; }

  // Frees everything, what lives in the context before the context.
  void close();

 private:
  std::string config_;
  std::optional<Context> context_;
  Tensors tensors_;
  std::map<std::int64_t, SavedModel> models_;
  std::int64_t next_model_ = 0;
};

}  // namespace bobbin::tensorflow
