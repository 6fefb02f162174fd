// Sets an op's attributes, for eager ops and for ops of a graph.
#include "tensorflow/attributes.h"

#include <cstddef>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <variant>
#include <vector>

namespace bobbin::tensorflow {
namespace {

// The C API's functions for an eager op.
struct Eager {
  static constexpr auto set_string = TFE_OpSetAttrString;
  static constexpr auto set_int = TFE_OpSetAttrInt;
  static constexpr auto set_float = TFE_OpSetAttrFloat;
  static constexpr auto set_bool = TFE_OpSetAttrBool;
  static constexpr auto set_type = TFE_OpSetAttrType;
  static constexpr auto set_strings = TFE_OpSetAttrStringList;
  static constexpr auto set_ints = TFE_OpSetAttrIntList;
  static constexpr auto set_floats = TFE_OpSetAttrFloatList;
  static constexpr auto set_bools = TFE_OpSetAttrBoolList;
  static constexpr auto set_types = TFE_OpSetAttrTypeList;
  static constexpr auto set_shape = TFE_OpSetAttrShape;
  static constexpr auto set_shapes = TFE_OpSetAttrShapeList;
};

// The functions for a graph's op; they do not have a status.
struct Graph {
  static constexpr auto set_string = TF_SetAttrString;
  static constexpr auto set_int = TF_SetAttrInt;
  static constexpr auto set_float = TF_SetAttrFloat;
  static constexpr auto set_bool = TF_SetAttrBool;
  static constexpr auto set_type = TF_SetAttrType;
  static constexpr auto set_strings = TF_SetAttrStringList;
  static constexpr auto set_ints = TF_SetAttrIntList;
  static constexpr auto set_floats = TF_SetAttrFloatList;
  static constexpr auto set_bools = TF_SetAttrBoolList;
  static constexpr auto set_types = TF_SetAttrTypeList;
  static void set_shape(TF_OperationDescription* op, const char* name, const std::int64_t* sides,
                        int rank, TF_Status*) {
    TF_SetAttrShape(op, name, sides, rank);
  }
  static void set_shapes(TF_OperationDescription* op, const char* name,
                         const std::int64_t* const* sides, const int* ranks, int count,
                         TF_Status*) {
    TF_SetAttrShapeList(op, name, sides, ranks, count);
  }
};

// One overload per type of value.
template <typename Api, typename Op>
struct Setter {
  Op* op;
  const char* name;
  TF_Status* status;

  void operator()(const std::string& value) const {
    Api::set_string(op, name, value.data(), value.size());
  }
  void operator()(std::int64_t value) const { Api::set_int(op, name, value); }
  void operator()(float value) const { Api::set_float(op, name, value); }
  void operator()(bool value) const { Api::set_bool(op, name, value ? 1 : 0); }
  void operator()(TF_DataType value) const { Api::set_type(op, name, value); }
  void operator()(const ShapeValue& value) const {
    Api::set_shape(op, name, value.sides.data(), static_cast<int>(value.sides.size()), status);
  }
  void operator()(const std::vector<std::string>& values) const {
    std::vector<const void*> data;
    std::vector<std::size_t> lengths;
    for (const std::string& value : values) {
      data.push_back(value.data());
      lengths.push_back(value.size());
    }
    Api::set_strings(op, name, data.data(), lengths.data(), static_cast<int>(values.size()));
  }
  void operator()(const std::vector<std::int64_t>& values) const {
    Api::set_ints(op, name, values.data(), static_cast<int>(values.size()));
  }
  void operator()(const std::vector<float>& values) const {
    Api::set_floats(op, name, values.data(), static_cast<int>(values.size()));
  }
  void operator()(const std::vector<unsigned char>& values) const {
    Api::set_bools(op, name, values.data(), static_cast<int>(values.size()));
  }
  void operator()(const std::vector<TF_DataType>& values) const {
    Api::set_types(op, name, values.data(), static_cast<int>(values.size()));
  }
  void operator()(const std::vector<ShapeValue>& values) const {
    std::vector<const std::int64_t*> sides;
    std::vector<int> ranks;
    for (const ShapeValue& value : values) {
      sides.push_back(value.sides.data());
      ranks.push_back(static_cast<int>(value.sides.size()));
    }
    Api::set_shapes(op, name, sides.data(), ranks.data(), static_cast<int>(values.size()), status);
  }
};

template <typename Api, typename Op>
void set(Op* op, const Attribute& attribute, const Status& status) {
  std::visit(Setter<Api, Op>{op, attribute.name.c_str(), status.get()}, attribute.value);
}

struct IsList {
  template <typename T>
  bool operator()(const T&) const {
    return false;
  }
  template <typename T>
  bool operator()(const std::vector<T>&) const {
    return true;
  }
};

// Refuses a list for an attribute of one value. TensorFlow ignores such a list if it has inferred
// the value from the inputs.
void check_list(TFE_Op* op, const std::string& name, const Status& status) {
  unsigned char takes_list = 0;
  TFE_OpGetAttrType(op, name.c_str(), &takes_list, status.get());
  if (status.ok() && takes_list == 0) {
    throw std::invalid_argument("Expected one value for the attribute " + name +
                                " but received a list");
  }
}

}  // namespace

void set_attribute(TFE_Op* op, const Attribute& attribute, const Status& status) {
  if (std::visit(IsList{}, attribute.value)) check_list(op, attribute.name, status);
  set<Eager>(op, attribute, status);
}

void set_attribute(TF_OperationDescription* op, const Attribute& attribute, const Status& status) {
  set<Graph>(op, attribute, status);
}

}  // namespace bobbin::tensorflow
