// Keeps the ops on one variable, and the collectives, in the order in which they were added, by
// control edges.
#pragma once

#include <cstdint>
#include <string>
#include <unordered_map>
#include <vector>

#include "tensorflow/owned.h"
#include "tensorflow/tensors.h"

namespace bobbin::tensorflow {

// Whether the op waits for the other workers of a cluster.
bool is_collective(const std::string& op);

// Reads may run side by side; a write waits for the last write and for all reads since. A
// collective waits for the last one: all workers must run them in one order.
class VariableOrder {
 public:
  // A variable, by its symbolic tensor; its value has this shape.
  void add(std::int64_t id, const Shape& shape);
  // The shape that an op with these inputs reads from a variable; null if it does not read one.
  const Shape* shape_read_by(const std::string& op, const std::vector<std::int64_t>& inputs) const;
  // Adds edges to an op's description, from the ops that must run before it.
  void order(TF_OperationDescription* description, const std::string& op,
             const std::vector<std::int64_t>& inputs) const;
  // Notes that the op is in the graph.
  void note(TF_Operation* operation, const std::string& op,
            const std::vector<std::int64_t>& inputs);
  // Ops that must run although no result depends on them: those that write, that other workers wait
  // for, or that have no results.
  const std::vector<TF_Operation*>& effects() const { return effects_; }

 private:
  struct Variable {
    Shape shape;
    TF_Operation* last_write = nullptr;
    std::vector<TF_Operation*> reads;  // Since the last write.
  };

  std::unordered_map<std::int64_t, Variable> variables_;  // By symbolic tensor.
  TF_Operation* last_collective_ = nullptr;
  std::vector<TF_Operation*> effects_;
};

}  // namespace bobbin::tensorflow
