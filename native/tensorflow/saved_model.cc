// A SavedModel: its graph and a session with its variables restored.
#include "tensorflow/saved_model.h"

#include <charconv>
#include <cstddef>
#include <stdexcept>
#include <string>
#include <vector>

#include "tensorflow/status.h"
#include "tensorflow/tensors.h"

namespace bobbin::tensorflow {

void SavedModel::CloseSession::operator()(TF_Session* session) const {
  const Status status;
  TF_DeleteSession(session, status.get());
}

SavedModel::SavedModel(const std::string& folder, const std::vector<std::string>& tags,
                       const std::string& config)
    : graph_(TF_NewGraph()) {
  const std::string operation = "loadSavedModel(" + folder + ")";
  const Status status;
  const SessionOptionsPtr options(TF_NewSessionOptions());
  TF_SetConfig(options.get(), config.data(), config.size(), status.get());
  status.check(operation);
  std::vector<const char*> tag_names;
  tag_names.reserve(tags.size());
  for (const std::string& tag : tags) tag_names.push_back(tag.c_str());
  session_.reset(TF_LoadSessionFromSavedModel(options.get(), nullptr, folder.c_str(),
                                              tag_names.data(), static_cast<int>(tag_names.size()),
                                              graph_.get(), nullptr, status.get()));
  status.check(operation);
}

TF_Output SavedModel::output(const std::string& name) const {
  const std::size_t colon = name.find(':');
  int index = 0;
  if (colon != std::string::npos) {
    std::from_chars(name.data() + colon + 1, name.data() + name.size(), index);
  }
  TF_Operation* operation = TF_GraphOperationByName(graph_.get(), name.substr(0, colon).c_str());
  if (operation == nullptr || index >= TF_OperationNumOutputs(operation)) {
    throw std::invalid_argument("Expected an output of the SavedModel's graph but received \"" +
                                name + "\"");
  }
  return {operation, index};
}

std::vector<HandlePtr> SavedModel::run(const std::vector<std::string>& input_names,
                                       const std::vector<TFE_TensorHandle*>& inputs,
                                       const std::vector<std::string>& output_names) const {
  if (input_names.size() != inputs.size()) {
    // tfjs-node's words, which its users may look for.
    throw std::invalid_argument("Length of input op names (" + std::to_string(input_names.size()) +
                                ") does not match the length of input tensors (" +
                                std::to_string(inputs.size()) + ").");
  }
  std::vector<TF_Output> feeds;
  std::vector<TensorPtr> owned_values;
  std::vector<TF_Tensor*> values;
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    feeds.push_back(output(input_names[i]));
    owned_values.push_back(resolve(inputs[i]));
    values.push_back(owned_values.back().get());
  }
  std::vector<TF_Output> fetches;
  fetches.reserve(output_names.size());
  for (const std::string& name : output_names) fetches.push_back(output(name));

  const Status status;
  std::vector<TF_Tensor*> results(fetches.size());
  TF_SessionRun(session_.get(), nullptr, feeds.data(), values.data(),
                static_cast<int>(feeds.size()), fetches.data(), results.data(),
                static_cast<int>(fetches.size()), nullptr, 0, nullptr, status.get());
  status.check("runSavedModel");
  const std::vector<TensorPtr> owned_results(results.begin(), results.end());
  std::vector<HandlePtr> handles;
  for (const TensorPtr& result : owned_results) {
    handles.emplace_back(TFE_NewTensorHandle(result.get(), status.get()));
    status.check("runSavedModel");
  }
  return handles;
}

}  // namespace bobbin::tensorflow
