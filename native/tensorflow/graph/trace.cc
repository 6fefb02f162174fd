// Records a function's ops as a graph instead of running them.
#include "tensorflow/graph/trace.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <stdexcept>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "tensorflow/status.h"

namespace bobbin::tensorflow {
namespace {

// Larger tensors become inputs: TensorFlow copies a constant in each of its passes over a graph.
constexpr std::size_t kMaxConstantBytes = 4096;

std::size_t bytes_of(TFE_TensorHandle* handle) {
  const Status status;
  const std::int64_t elements = TFE_TensorHandleNumElements(handle, status.get());
  status.check("jit");
  return static_cast<std::size_t>(elements) * TF_DataTypeSize(TFE_TensorHandleDataType(handle));
}

// How many tensors the list among the inputs has that `definition` leaves room for.
std::size_t list_length(const OpDefinition& definition, const RecordedOp& op) {
  std::size_t lists = 0;
  for (const InputDefinition& input : definition.inputs) lists += input.is_list() ? 1 : 0;
  const std::size_t single = definition.inputs.size() - lists;
  if (lists == 0) return 0;
  if (op.inputs.size() < single || (op.inputs.size() - single) % lists != 0) {
    throw std::invalid_argument(op.name + ": Expected lists of equal length but received " +
                                std::to_string(op.inputs.size()) + " tensors");
  }
  return (op.inputs.size() - single) / lists;
}

}  // namespace

Trace::Trace(const Context& context, const Tensors& tensors, std::int64_t& next_id, bool frozen)
    : context_(context),
      tensors_(tensors),
      next_id_(next_id),
      first_id_(next_id),
      frozen_(frozen) {}

std::int64_t Trace::add_symbol(Symbol symbol) {
  symbols_.push_back(symbol);
  return next_id_++;
}

const Trace::Symbol& Trace::symbol(std::int64_t id) const {
  if (id < first_id_ || id >= next_id_) {
    throw std::invalid_argument(
        "Expected a tensor of the function that is being traced but received one of an earlier "
        "trace: a jitted function must return a tensor, not leave it in a variable of JavaScript");
  }
  return symbols_[static_cast<std::size_t>(id - first_id_)];
}

std::int64_t Trace::add_argument(TF_DataType type, const Shape& shape) {
  arguments_.push_back(graph_.add_placeholder(type, shape));
  return add_symbol({arguments_.back(), -1, -1});
}

std::int64_t Trace::add_variable(std::int64_t resource, const Shape& shape) {
  const TF_Output placeholder = graph_.add_placeholder(TF_RESOURCE, {});
  captures_.emplace(resource, placeholder);
  const Status status;
  captured_inputs_.push_back(placeholder);
  captured_.emplace_back(TFE_TensorHandleCopySharingTensor(tensors_.at(resource), status.get()));
  status.check("jit");
  const std::int64_t id = add_symbol({placeholder, -1, resource});
  variables_.add(id, shape);
  return id;
}

TF_Output Trace::input(std::int64_t id) {
  if (is_symbolic(id)) return symbol(id).output;
  const auto found = captures_.find(id);
  if (found != captures_.end()) return found->second;
  const TF_Output output = capture(id);
  captures_.emplace(id, output);
  return output;
}

// A tensor from outside never changes, so the function stores its value.
TF_Output Trace::capture(std::int64_t id) {
  TFE_TensorHandle* handle = tensors_.at(id);
  const Status status;
  held_[id].reset(TFE_TensorHandleCopySharingTensor(handle, status.get()));
  status.check("jit");
  const TF_DataType type = TFE_TensorHandleDataType(handle);
  // TensorFlow's graph optimizer does not fuse a convolution with a bias that is a constant.
  const bool is_vector = frozen_ && type == TF_FLOAT && !shape_of(handle).empty();
  const bool fits = type == TF_STRING || bytes_of(handle) <= kMaxConstantBytes;
  if (fits && !is_vector && type != TF_RESOURCE) return graph_.add_constant(handle);
  captured_inputs_.push_back(graph_.add_placeholder(type, shape_of(handle)));
  captured_.emplace_back(TFE_TensorHandleCopySharingTensor(handle, status.get()));
  status.check("jit");
  return captured_inputs_.back();
}

bool Trace::follows_from_values(const std::string& op, const std::vector<std::int64_t>& inputs) {
  // JavaScript may have deleted a tensor that the graph has captured: `add` takes it from there.
  const auto has_value = [&](std::int64_t id) { return !is_symbolic(id) && tensors_.contains(id); };
  return frozen_ && !inputs.empty() && std::ranges::all_of(inputs, has_value) &&
         !graph_.definition(op).is_stateful;
}

std::vector<SymbolicTensor> Trace::add(RecordedOp op) {
  const OpDefinition& known = graph_.definition(op.name);
  // Before the description is begun: only finishing it would free that.
  for (const std::int64_t id : op.inputs) input(id);
  list_length(known, op);
  const Status status;
  TF_OperationDescription* description = graph_.begin(op.name, op.name);
  add_inputs(description, op);
  variables_.order(description, op.name, op.inputs);
  for (const Attribute& attribute : op.attributes) {
    // The inputs decide these attributes: some kernels of tfjs give the dtype of an input before
    // its cast (Mean).
    if (known.infers(attribute.name)) continue;
    set_attribute(description, attribute, status);
  }
  TF_Operation* operation = TF_FinishOperation(description, status.get());
  status.check(op.name);
  variables_.note(operation, op.name, op.inputs);
  std::vector<SymbolicTensor> results;
  results.reserve(static_cast<std::size_t>(TF_OperationNumOutputs(operation)));
  for (int i = 0; i < TF_OperationNumOutputs(operation); ++i) {
    results.push_back(add_result(operation, op, i));
  }
  op.outputs = TF_OperationNumOutputs(operation);
  ops_.push_back(std::move(op));
  return results;
}

void Trace::add_inputs(TF_OperationDescription* description, const RecordedOp& op) {
  const OpDefinition& known = graph_.definition(op.name);
  const std::size_t length = list_length(known, op);
  std::size_t next = 0;
  for (const InputDefinition& definition : known.inputs) {
    if (!definition.is_list()) {
      TF_AddInput(description, input(op.inputs.at(next++)));
      continue;
    }
    std::vector<TF_Output> list;
    list.reserve(length);
    for (std::size_t i = 0; i < length; ++i) list.push_back(input(op.inputs[next++]));
    TF_AddInputList(description, list.data(), static_cast<int>(length));
  }
}

const RecordedOp* Trace::source(std::int64_t id) const {
  if (!is_symbolic(id)) return nullptr;
  const Symbol& from = symbol(id);
  const bool is_first = from.op >= 0 && from.output.index == 0;
  return is_first ? &ops_[static_cast<std::size_t>(from.op)] : nullptr;
}

SymbolicTensor Trace::describe(std::int64_t id) const {
  const TF_Output output = is_symbolic(id) ? symbol(id).output : captures_.at(id);
  const Status status;
  const int rank = TF_GraphGetTensorNumDims(graph_.graph(), output, status.get());
  status.check("jit");
  // A later result of an op may be of unknown rank.
  Shape shape(rank < 0 ? 0 : static_cast<std::size_t>(rank));
  if (rank < 0) return {id, TF_OperationOutputType(output), std::move(shape)};
  TF_GraphGetTensorShape(graph_.graph(), output, shape.data(), static_cast<int>(shape.size()),
                         status.get());
  status.check("jit");
  return {id, TF_OperationOutputType(output), std::move(shape)};
}

SymbolicTensor Trace::add_result(TF_Operation* operation, const RecordedOp& op, int index) {
  const TF_Output output{operation, index};
  const Status status;
  if (const Shape* known = variables_.shape_read_by(op.name, op.inputs)) {
    TF_GraphSetTensorShape(graph_.graph(), output, known->data(), static_cast<int>(known->size()),
                           status.get());
    status.check(op.name);
  }
  const int rank = TF_GraphGetTensorNumDims(graph_.graph(), output, status.get());
  status.check(op.name);
  Shape shape(rank < 0 ? 0 : static_cast<std::size_t>(rank));
  if (rank > 0) {
    TF_GraphGetTensorShape(graph_.graph(), output, shape.data(), rank, status.get());
    status.check(op.name);
  }
  bool known = rank >= 0;
  for (const std::int64_t side : shape) known &= side >= 0;
  // The shape of a later result may be unknown, such as the one that FusedBatchNormV3 passes to its
  // gradient; if an op uses it, the check of that op's result finds it.
  if (!known && index > 0) shape = {0};
  if (!known && index == 0) {
    throw std::invalid_argument(
        op.name +
        ": Expected a result whose shape follows from the shapes of the inputs, but it "
        "depends on their values, which are not known while a function is traced");
  }
  const std::int64_t id = add_symbol({output, static_cast<std::int64_t>(ops_.size()), -1});
  return {id, TF_OperationOutputType(output), std::move(shape)};
}

HandlePtr Trace::evaluate(std::int64_t id) const {
  std::unordered_map<std::int64_t, HandlePtr> values;
  const std::function<TFE_TensorHandle*(std::int64_t)> value = [&](std::int64_t wanted) {
    if (!is_symbolic(wanted)) return held_.at(wanted).get();
    const auto found = values.find(wanted);
    if (found != values.end()) return found->second.get();
    const Symbol& from = symbol(wanted);
    if (from.resource >= 0) return tensors_.at(from.resource);
    if (from.op < 0) {
      throw std::invalid_argument(
          "Expected a new variable's value to follow from constants and variables, but it depends "
          "on an argument of the jitted function");
    }
    const RecordedOp& op = ops_[static_cast<std::size_t>(from.op)];
    if (is_collective(op.name)) {
      throw std::invalid_argument(
          "Expected a new variable's value that does not depend on other workers. Create the "
          "variable before, and assign it in the jitted function");
    }
    OpCall call{op.name, op.attributes, {}, op.outputs};
    for (const std::int64_t input : op.inputs) call.inputs.push_back(value(input));
    std::vector<HandlePtr> results = execute(context_, call);
    const std::int64_t first = wanted - from.output.index;
    for (std::size_t i = 0; i < results.size(); ++i) {
      values.emplace(first + static_cast<std::int64_t>(i), std::move(results[i]));
    }
    return values.at(wanted).get();
  };
  const Status status;
  HandlePtr copy(TFE_TensorHandleCopySharingTensor(value(id), status.get()));
  status.check("jit");
  return copy;
}

TraceGraph Trace::graph(const std::vector<std::int64_t>& outputs) {
  TraceGraph result;
  for (const std::int64_t id : outputs) {
    const TF_Output output = input(id);
    std::string name = TF_OperationName(output.oper);
    result.outputs.push_back(name.append(":").append(std::to_string(output.index)));
  }
  for (const TF_Output& argument : arguments_) {
    result.arguments.emplace_back(TF_OperationName(argument.oper));
  }
  const Status status;
  for (std::size_t i = 0; i < captured_.size(); ++i) {
    HandlePtr copy(TFE_TensorHandleCopySharingTensor(captured_[i].get(), status.get()));
    status.check("jit");
    result.captured.emplace_back(TF_OperationName(captured_inputs_[i].oper), std::move(copy));
  }
  const BufferPtr buffer(TF_NewBuffer());
  TF_GraphToGraphDef(graph_.graph(), buffer.get(), status.get());
  status.check("jit");
  result.definition.assign(static_cast<const char*>(buffer->data), buffer->length);
  return result;
}

Function Trace::finish(const std::string& name, const std::vector<std::int64_t>& outputs,
                       const FunctionOptions& options) {
  std::vector<TF_Output> results;
  results.reserve(outputs.size());
  for (const std::int64_t id : outputs) results.push_back(input(id));
  std::vector<TF_Output> inputs = arguments_;
  inputs.insert(inputs.end(), captured_inputs_.begin(), captured_inputs_.end());
  const std::vector<TF_Operation*>& effects = variables_.effects();
  const Status status;
  FunctionPtr function(TF_GraphToFunctionWithControlOutputs(
      graph_.graph(), name.c_str(), 0, -1, nullptr, static_cast<int>(inputs.size()), inputs.data(),
      static_cast<int>(results.size()), results.data(), nullptr, static_cast<int>(effects.size()),
      effects.data(), nullptr, nullptr, nullptr, status.get()));
  status.check("jit");
  if (options.xla) {
    // A serialised AttrValue of b: true.
    constexpr char kTrue[] = {0x28, 0x01};
    TF_FunctionSetAttrValueProto(function.get(), "_XlaMustCompile", kTrue, sizeof kTrue,
                                 status.get());
    status.check("jit");
  }
  return {context_, std::move(function), std::move(captured_), static_cast<int>(results.size()),
          options};
}

}  // namespace bobbin::tensorflow
