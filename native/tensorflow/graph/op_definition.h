// TensorFlow's definition of an op: its inputs, the attributes that follow from them, and whether
// it has a state.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "tensorflow/owned.h"

namespace bobbin::tensorflow {

struct InputDefinition {
  // The names of attributes that the input decides; empty if there are none.
  std::string type;       // its dtype
  std::string number;     // how many tensors: it is a list of one dtype
  std::string type_list;  // their dtypes: it is a list of any dtypes

  bool is_list() const { return !number.empty() || !type_list.empty(); }
};

struct OpDefinition {
  std::vector<InputDefinition> inputs;
  // Equal inputs may give different results, or it has effects.
  bool is_stateful = false;

  bool infers(std::string_view attribute) const;
};

// Throws Error if TensorFlow does not know the op.
OpDefinition define(TF_Graph* graph, const std::string& op);

}  // namespace bobbin::tensorflow
