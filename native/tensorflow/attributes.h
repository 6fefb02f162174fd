// Sets an op's attributes, for eager ops and for ops of a graph.
#pragma once

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "tensorflow/status.h"
#include "tensorflow/tensors.h"

namespace bobbin::tensorflow {

// A shape; a separate type, so that it is not mistaken for a list of integers.
struct ShapeValue {
  Shape sides;
};

// Booleans in a list are bytes, as in the C API.
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
