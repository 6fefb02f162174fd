// A graph that grows op by op, and the parts of it that every trace needs.
#pragma once

#include <cstdint>
#include <string>
#include <unordered_map>

#include "tensorflow/graph/op_definition.h"
#include "tensorflow/owned.h"
#include "tensorflow/tensors.h"

namespace bobbin::tensorflow {

class GraphBuilder {
 public:
  GraphBuilder() : graph_(TF_NewGraph()) {}

  TF_Graph* graph() const { return graph_.get(); }
  // Begins a node; TF_FinishOperation must follow, which frees the description.
  TF_OperationDescription* begin(const std::string& op, const std::string& name);
  TF_Output add_placeholder(TF_DataType type, const Shape& shape);
  // The tensor's value; equal small tensors (dtype, shape and bytes) share one node.
  TF_Output add_constant(TFE_TensorHandle* handle);
  // Throws Error if TensorFlow has no such op.
  const OpDefinition& definition(const std::string& op);

 private:
  const GraphPtr graph_;
  std::unordered_map<std::string, TF_Output> constants_;  // By dtype, shape and bytes.
  std::unordered_map<std::string, OpDefinition> definitions_;
  std::int64_t names_ = 0;
};

}  // namespace bobbin::tensorflow
