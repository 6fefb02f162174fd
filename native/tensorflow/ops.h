// Runs one op eagerly.
#pragma once

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "tensorflow/context.h"
#include "tensorflow/owned.h"
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

// Lists as the C API takes them: pointers into the values, which must outlive them.
struct StringViews {
  explicit StringViews(const std::vector<std::string>& values);
  std::vector<const void*> data;
  std::vector<std::size_t> lengths;
};
struct ShapeViews {
  explicit ShapeViews(const std::vector<ShapeValue>& values);
  std::vector<const std::int64_t*> sides;
  std::vector<int> ranks;
};

struct OpCall {
  std::string name;
  std::vector<Attribute> attributes;
  std::vector<TFE_TensorHandle*> inputs;  // borrowed; lists are passed flat
  int outputs;
};

// Throws Error with the op's name and TensorFlow's message.
std::vector<HandlePtr> execute(const Context& context, const OpCall& call);

}  // namespace bobbin::tensorflow
