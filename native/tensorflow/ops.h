// Runs one op eagerly.
#pragma once

#include <string>
#include <vector>

#include "tensorflow/attributes.h"
#include "tensorflow/context.h"
#include "tensorflow/owned.h"

namespace bobbin::tensorflow {

struct OpCall {
  std::string name;
  std::vector<Attribute> attributes;
  std::vector<TFE_TensorHandle*> inputs;  // borrowed; lists are passed flat
  int outputs;
};

// Throws Error with the op's name and TensorFlow's message.
std::vector<HandlePtr> execute(const Context& context, const OpCall& call);

}  // namespace bobbin::tensorflow
