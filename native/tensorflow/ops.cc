// Runs one op eagerly.
#include "tensorflow/ops.h"

#include "tensorflow/status.h"

namespace bobbin::tensorflow {
namespace {

// One overload per attribute type of the C API.
struct AttributeSetter {
  TFE_Op* op;
  const char* name;
  const Status& status;

  void operator()(const std::string& value) const {
    TFE_OpSetAttrString(op, name, value.data(), value.size());
  }
  void operator()(std::int64_t value) const { TFE_OpSetAttrInt(op, name, value); }
  void operator()(float value) const { TFE_OpSetAttrFloat(op, name, value); }
  void operator()(bool value) const { TFE_OpSetAttrBool(op, name, value ? 1 : 0); }
  void operator()(TF_DataType value) const { TFE_OpSetAttrType(op, name, value); }
  void operator()(const ShapeValue& value) const {
    TFE_OpSetAttrShape(op, name, value.sides.data(), static_cast<int>(value.sides.size()),
                       status.get());
  }
  void operator()(const std::vector<std::string>& values) const {
    StringViews views(values);
    TFE_OpSetAttrStringList(op, name, views.data.data(), views.lengths.data(),
                            static_cast<int>(values.size()));
  }
  void operator()(const std::vector<std::int64_t>& values) const {
    TFE_OpSetAttrIntList(op, name, values.data(), static_cast<int>(values.size()));
  }
  void operator()(const std::vector<float>& values) const {
    TFE_OpSetAttrFloatList(op, name, values.data(), static_cast<int>(values.size()));
  }
  void operator()(const std::vector<unsigned char>& values) const {
    TFE_OpSetAttrBoolList(op, name, values.data(), static_cast<int>(values.size()));
  }
  void operator()(const std::vector<TF_DataType>& values) const {
    TFE_OpSetAttrTypeList(op, name, values.data(), static_cast<int>(values.size()));
  }
  void operator()(const std::vector<ShapeValue>& values) const {
    ShapeViews views(values);
    TFE_OpSetAttrShapeList(op, name, views.sides.data(), views.ranks.data(),
                           static_cast<int>(values.size()), status.get());
  }
};

}  // namespace

StringViews::StringViews(const std::vector<std::string>& values) {
  for (const std::string& value : values) {
    data.push_back(value.data());
    lengths.push_back(value.size());
  }
}

ShapeViews::ShapeViews(const std::vector<ShapeValue>& values) {
  for (const ShapeValue& value : values) {
    sides.push_back(value.sides.data());
    ranks.push_back(static_cast<int>(value.sides.size()));
  }
}

std::vector<HandlePtr> execute(const Context& context, const OpCall& call) {
  const Status status;
  const OpPtr op(TFE_NewOp(context.get(), call.name.c_str(), status.get()));
  status.check(call.name);
  // Inputs first: TensorFlow infers type attributes from them and lets the first setting win, while
  // tfjs's kernels name an input's type where they have just cast it (Mean).
  for (TFE_TensorHandle* input : call.inputs) {
    TFE_OpAddInput(op.get(), input, status.get());
    status.check(call.name);
  }
  for (const Attribute& attribute : call.attributes) {
    std::visit(AttributeSetter{op.get(), attribute.name.c_str(), status}, attribute.value);
    status.check(call.name);
  }
  std::vector<TFE_TensorHandle*> results(static_cast<std::size_t>(call.outputs));
  int count = call.outputs;
  TFE_Execute(op.get(), results.data(), &count, status.get());
  status.check(call.name);
  return {results.begin(), results.begin() + count};
}

}  // namespace bobbin::tensorflow
