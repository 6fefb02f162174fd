// What TensorFlow knows of an op: its inputs, and which attributes follow from them.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "tensorflow/owned.h"

namespace bobbin::tensorflow {

struct InputDefinition {
  // Attributes that the input decides; empty where there is none.
  std::string type;       // its dtype
  std::string number;     // how many tensors: it is a list of one dtype
  std::string type_list;  // their dtypes: it is a list of any dtypes

  bool is_list() const { return !number.empty() || !type_list.empty(); }
};

struct OpDefinition {
  std::vector<InputDefinition> inputs;

  bool infers(std::string_view attribute) const;
};

// Throws Error where TensorFlow has no such op.
OpDefinition define(TF_Graph* graph, const std::string& op);

}  // namespace bobbin::tensorflow
