// A traced function in TensorFlow's context: called like an op.
#pragma once

#include <string>
#include <vector>

#include "tensorflow/context.h"
#include "tensorflow/owned.h"

namespace bobbin::tensorflow {

struct FunctionOptions {
  // Compile with XLA; an op that it cannot compile fails the first call.
  bool xla = false;
  // A serialised ConfigProto for the function alone; empty for the context's.
  std::string config;
  // Run the ops one after another on one thread, though each may use several: the usual executor
  // passes each op to a pool, which takes longer than a small op.
  bool sequential = false;
};

class Function {
 public:
  // Registers `function` in the context under its name. `captured` follow the inputs of each call.
  Function(const Context& context, FunctionPtr function, std::vector<HandlePtr> captured,
           int outputs, FunctionOptions options);
  Function(Function&&) = default;
  Function& operator=(Function&&) = delete;
  // Current calls continue.
  ~Function();

  const std::string& name() const { return name_; }

  // Borrows the inputs. May run on any thread.
  std::vector<HandlePtr> call(const std::vector<TFE_TensorHandle*>& inputs) const;

 private:
  const Context& context_;
  std::string name_;
  FunctionPtr function_;
  std::vector<HandlePtr> captured_;
  int outputs_;
  FunctionOptions options_;
};

}  // namespace bobbin::tensorflow
