// Reads the required fields of a serialised OpDef (tensorflow/core/framework/op_def.proto).
#include "tensorflow/graph/op_definition.h"

#include <cstdint>
#include <stdexcept>
#include <string_view>

#include "tensorflow/status.h"

namespace bobbin::tensorflow {
namespace {

constexpr int kOpInputs = 2;
constexpr int kOpIsStateful = 17;
constexpr int kArgTypeAttr = 4;
constexpr int kArgNumberAttr = 5;
constexpr int kArgTypeListAttr = 6;

std::uint64_t take_varint(std::string_view& bytes) {
  std::uint64_t value = 0;
  for (int shift = 0; shift < 64; shift += 7) {
    if (bytes.empty()) break;
    const auto byte = static_cast<std::uint8_t>(bytes.front());
    bytes.remove_prefix(1);
    value |= static_cast<std::uint64_t>(byte & 0x7f) << shift;
    if (byte < 0x80) return value;
  }
  throw std::runtime_error("TensorFlow's definition of an op is not a protocol buffer");
}

// Calls visit(field, content) for each field. That of a number is empty: a number is left out if it
// is 0, and nothing more is asked of one here.
template <typename Visit>
void for_each_field(std::string_view message, const Visit& visit) {
  while (!message.empty()) {
    const std::uint64_t key = take_varint(message);
    const std::uint64_t value = take_varint(message);
    const bool has_length = (key & 7) == 2;
    if (!has_length && (key & 7) != 0) {
      throw std::runtime_error("TensorFlow's definition of an op has fields of an unknown kind");
    }
    if (!has_length) {
      visit(static_cast<int>(key >> 3), std::string_view{});
      continue;
    }
    if (value > message.size())
      throw std::runtime_error("TensorFlow's definition of an op ends early");
    visit(static_cast<int>(key >> 3), message.substr(0, value));
    message.remove_prefix(value);
  }
}

InputDefinition parse_input(std::string_view message) {
  InputDefinition input;
  for_each_field(message, [&](int field, std::string_view content) {
    if (field == kArgTypeAttr) input.type = content;
    if (field == kArgNumberAttr) input.number = content;
    if (field == kArgTypeListAttr) input.type_list = content;
  });
  return input;
}

}  // namespace

bool OpDefinition::infers(std::string_view attribute) const {
  for (const InputDefinition& input : inputs) {
    if (input.type == attribute || input.number == attribute || input.type_list == attribute) {
      return true;
    }
  }
  return false;
}

OpDefinition define(TF_Graph* graph, const std::string& op) {
  const Status status;
  const BufferPtr buffer(TF_NewBuffer());
  TF_GraphGetOpDef(graph, op.c_str(), buffer.get(), status.get());
  status.check(op);
  OpDefinition definition;
  const std::string_view message(static_cast<const char*>(buffer->data), buffer->length);
  for_each_field(message, [&](int field, std::string_view content) {
    if (field == kOpInputs) definition.inputs.push_back(parse_input(content));
    if (field == kOpIsStateful) definition.is_stateful = true;
  });
  return definition;
}

}  // namespace bobbin::tensorflow
