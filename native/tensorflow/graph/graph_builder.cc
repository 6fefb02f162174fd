// Nodes with names of their own; small tensors become constants once.
#include "tensorflow/graph/graph_builder.h"

#include <cstddef>
#include <ios>
#include <sstream>
#include <string>

#include "tensorflow/status.h"

namespace bobbin::tensorflow {
namespace {

constexpr std::size_t kMaxSharedBytes = 4096;

// Equal for tensors of the same dtype, shape and values.
std::string key_of(const TF_Tensor* tensor) {
  std::ostringstream key;
  key << TF_TensorType(tensor);
  for (int i = 0; i < TF_NumDims(tensor); ++i) key << ',' << TF_Dim(tensor, i);
  key << ':';
  key.write(static_cast<const char*>(TF_TensorData(tensor)),
            static_cast<std::streamsize>(TF_TensorByteSize(tensor)));
  return key.str();
}

}  // namespace

TF_OperationDescription* GraphBuilder::begin(const std::string& op, const std::string& name) {
  const std::string unique = std::string(name).append("_").append(std::to_string(names_++));
  return TF_NewOperation(graph_.get(), op.c_str(), unique.c_str());
}

TF_Output GraphBuilder::add_placeholder(TF_DataType type, const Shape& shape) {
  const Status status;
  TF_OperationDescription* description = begin("Placeholder", "argument");
  TF_SetAttrType(description, "dtype", type);
  TF_SetAttrShape(description, "shape", shape.data(), static_cast<int>(shape.size()));
  TF_Operation* operation = TF_FinishOperation(description, status.get());
  status.check("jit");
  return {operation, 0};
}

TF_Output GraphBuilder::add_constant(TFE_TensorHandle* handle) {
  const TensorPtr tensor = resolve(handle);
  const TF_DataType type = TF_TensorType(tensor.get());
  // A string's bytes hold pointers; a large tensor's would be copied once more.
  const bool is_shared = type != TF_STRING && TF_TensorByteSize(tensor.get()) <= kMaxSharedBytes;
  const std::string key = is_shared ? key_of(tensor.get()) : "";
  const auto found = constants_.find(key);
  if (!key.empty() && found != constants_.end()) return found->second;
  const Status status;
  TF_OperationDescription* description = begin("Const", "constant");
  TF_SetAttrType(description, "dtype", type);
  TF_SetAttrTensor(description, "value", tensor.get(), status.get());
  status.check("jit");
  TF_Operation* operation = TF_FinishOperation(description, status.get());
  status.check("jit");
  if (!key.empty()) constants_.emplace(key, TF_Output{operation, 0});
  return {operation, 0};
}

const OpDefinition& GraphBuilder::definition(const std::string& op) {
  const auto found = definitions_.find(op);
  if (found != definitions_.end()) return found->second;
  return definitions_.emplace(op, define(graph_.get(), op)).first->second;
}

}  // namespace bobbin::tensorflow
