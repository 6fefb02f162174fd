// An op's attributes, for ops that are run and for ops of a graph alike.
#pragma once

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "tensorflow/status.h"
#include "tensorflow/tensors.h"

namespace bobbin::tensorflow {

// A shape-valued attribute; a type of its own so that it is not taken for a list of integers.
struct ShapeValue {
  Shape sides;
};

// Booleans of a list are bytes, as the C API takes them.
using AttributeValue =
    std::variant<std::string, std::int64_t, float, bool, TF_DataType, ShapeValue,
                 std::vector<std::string>, std::vector<std::int64_t>, std::vector<float>,
                 std::vector<unsigned char>, std::vector<TF_DataType>, std::vector<ShapeValue>>;

struct Attribute {
  std::string name;
  AttributeValue value;
};

// `status` has the errors that TensorFlow finds at once; it reports others when the op is run or
// finished.
void set_attribute(TFE_Op* op, const Attribute& attribute, const Status& status);
void set_attribute(TF_OperationDescription* op, const Attribute& attribute, const Status& status);

}  // namespace bobbin::tensorflow
