// A SavedModel: its graph and a session with its variables restored.
#pragma once

#include <string>
#include <vector>

#include "tensorflow/owned.h"

namespace bobbin::tensorflow {

class SavedModel {
 public:
  // `config` is a serialised ConfigProto, the same as the context's.
  SavedModel(const std::string& folder, const std::vector<std::string>& tags,
             const std::string& config);

  // Names come from the signature: "operation" or "operation:output". Returns one handle for each
  // output name, in host memory.
  std::vector<HandlePtr> run(const std::vector<std::string>& input_names,
                             const std::vector<TFE_TensorHandle*>& inputs,
                             const std::vector<std::string>& output_names) const;

 private:
  // A destructor could not report the status of the session's deletion.
  struct CloseSession {
    void operator()(TF_Session* session) const;
  };

  TF_Output output(const std::string& name) const;

  GraphPtr graph_;
  std::unique_ptr<TF_Session, CloseSession> session_;
};

}  // namespace bobbin::tensorflow
