// ReadVariableOp reads; every other op on a variable is taken to write it.
#include "tensorflow/graph/variable_order.h"

#include <cstdint>
#include <string>
#include <vector>

namespace bobbin::tensorflow {
namespace {
constexpr const char* kRead = "ReadVariableOp";
}  // namespace

bool is_collective(const std::string& op) { return op.starts_with("Collective"); }

void VariableOrder::add(std::int64_t id, const Shape& shape) {
  variables_.emplace(id, Variable{shape, nullptr, {}});
}

const Shape* VariableOrder::shape_read_by(const std::string& op,
                                          const std::vector<std::int64_t>& inputs) const {
  if (op != kRead) return nullptr;
  const auto found = variables_.find(inputs.at(0));
  return found == variables_.end() ? nullptr : &found->second.shape;
}

void VariableOrder::order(TF_OperationDescription* description, const std::string& op,
                          const std::vector<std::int64_t>& inputs) const {
  if (is_collective(op) && last_collective_) TF_AddControlInput(description, last_collective_);
  for (const std::int64_t id : inputs) {
    const auto found = variables_.find(id);
    if (found == variables_.end()) continue;
    const Variable& variable = found->second;
    if (variable.last_write) TF_AddControlInput(description, variable.last_write);
    if (op == kRead) continue;
    for (TF_Operation* read : variable.reads) TF_AddControlInput(description, read);
  }
}

void VariableOrder::note(TF_Operation* operation, const std::string& op,
                         const std::vector<std::int64_t>& inputs) {
  const bool collects = is_collective(op);
  if (collects) last_collective_ = operation;
  bool has_effect = collects || TF_OperationNumOutputs(operation) == 0;
  for (const std::int64_t id : inputs) {
    const auto found = variables_.find(id);
    if (found == variables_.end()) continue;
    Variable& variable = found->second;
    if (op == kRead) {
      variable.reads.push_back(operation);
    } else {
      variable.last_write = operation;
      variable.reads.clear();
      has_effect = true;
    }
  }
  if (has_effect) effects_.push_back(operation);
}

}  // namespace bobbin::tensorflow
