// Records a function's ops as a graph instead of running them.
#pragma once

#include <cstdint>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "tensorflow/context.h"
#include "tensorflow/graph/function.h"
#include "tensorflow/graph/graph_builder.h"
#include "tensorflow/graph/variable_order.h"
#include "tensorflow/ops.h"
#include "tensorflow/tensors.h"

namespace bobbin::tensorflow {

// A result of an op that was not run: its number, dtype and shape.
struct SymbolicTensor {
  std::int64_t id;
  TF_DataType type;
  Shape shape;
};

// A recorded op, so that `evaluate` can run it.
struct RecordedOp {
  std::string name;
  std::vector<Attribute> attributes;
  std::vector<std::int64_t> inputs;
  int outputs;
};

// A trace's graph, for files.
struct TraceGraph {
  // A serialised GraphDef.
  std::string definition;
  // Names of nodes.
  std::vector<std::string> arguments;
  // Names of results, "node:index".
  std::vector<std::string> outputs;
  // Placeholders of tensors from outside that the graph does not contain, and these tensors.
  std::vector<std::pair<std::string, HandlePtr>> captured;
};

// Between construction and `finish`, `add` takes the place of `execute`. Ops on one variable keep
// the order in which they were added, all others run when their inputs are ready.
class Trace {
 public:
  // `next_id` numbers the symbolic tensors of all traces, so that a tensor of an earlier trace is
  // recognised. In a frozen trace nothing outside changes; see `follows_from_values`.
  Trace(const Context& context, const Tensors& tensors, std::int64_t& next_id, bool frozen);

  static constexpr std::int64_t kFirstId = std::int64_t{1} << 52;
  static bool is_symbolic(std::int64_t id) { return id >= kFirstId; }

  // An input of the function, in the order of the calls.
  std::int64_t add_argument(TF_DataType type, const Shape& shape);
  // A variable, by the tensor of its resource; its value has this shape.
  std::int64_t add_variable(std::int64_t resource, const Shape& shape);
  // Whether the op's results are the same in every call of a frozen function: its inputs have
  // values, and it has no state. Then it can run now, once, and the function takes its results from
  // outside.
  bool follows_from_values(const std::string& op, const std::vector<std::int64_t>& inputs);
  // Throws if the result's shape depends on values.
  std::vector<SymbolicTensor> add(RecordedOp op);

  // The op that gives this tensor as its first result; null if there is none.
  const RecordedOp* source(std::int64_t id) const;
  // A tensor that an op of the trace takes or gives.
  SymbolicTensor describe(std::int64_t id) const;

  // Runs what a symbolic tensor depends on. Throws if an argument or a collective is among that.
  HandlePtr evaluate(std::int64_t id) const;

  // The ops so far, with `outputs` of any kind.
  TraceGraph graph(const std::vector<std::int64_t>& outputs);

  // Ends the trace. The function's inputs are the arguments; `outputs` may be of any kind.
  Function finish(const std::string& name, const std::vector<std::int64_t>& outputs,
                  const FunctionOptions& options);

 private:
  struct Symbol {
    TF_Output output;
    std::int64_t op;        // In ops_; -1 for an argument or variable.
    std::int64_t resource;  // Of a variable; else -1.
  };

  std::int64_t add_symbol(Symbol symbol);
  const Symbol& symbol(std::int64_t id) const;
  TF_Output input(std::int64_t id);
  TF_Output capture(std::int64_t id);
  void add_inputs(TF_OperationDescription* description, const RecordedOp& op);
  SymbolicTensor add_result(TF_Operation* operation, const RecordedOp& op, int index);

  const Context& context_;
  const Tensors& tensors_;
  std::int64_t& next_id_;
  const std::int64_t first_id_;
  const bool frozen_;
  GraphBuilder graph_;
  std::vector<RecordedOp> ops_;
  std::vector<Symbol> symbols_;  // By id - first_id_.
  VariableOrder variables_;
  std::unordered_map<std::int64_t, TF_Output> captures_;  // By tensor.
  // Tensors from outside, which JavaScript may delete while it traces.
  std::unordered_map<std::int64_t, HandlePtr> held_;
  std::vector<TF_Output> arguments_;
  std::vector<TF_Output> captured_inputs_;
  std::vector<HandlePtr> captured_;
};

}  // namespace bobbin::tensorflow
