// A traced function in TensorFlow's context: called like an op.
#include "tensorflow/graph/function.h"

#include <string>
#include <utility>
#include <vector>

#include "tensorflow/ops.h"
#include "tensorflow/status.h"

namespace bobbin::tensorflow {

Function::Function(const Context& context, FunctionPtr function, std::vector<HandlePtr> captured,
                   int outputs, FunctionOptions options)
    : context_(context),
      name_(TF_FunctionName(function.get())),
      function_(std::move(function)),
      captured_(std::move(captured)),
      outputs_(outputs),
      options_(std::move(options)) {
  const Status status;
  TFE_ContextAddFunction(context_.get(), function_.get(), status.get());
  status.check("jit");
}

Function::~Function() {
  if (!function_) return;
  // It fails only if the context no longer knows the function, so the status is ignored.
  const Status status;
  TFE_ContextRemoveFunction(context_.get(), name_.c_str(), status.get());
}

std::vector<HandlePtr> Function::call(const std::vector<TFE_TensorHandle*>& inputs) const {
  OpCall call{name_, {}, inputs, outputs_};
  for (const HandlePtr& handle : captured_) call.inputs.push_back(handle.get());
  if (!options_.config.empty()) call.attributes.push_back({"config_proto", options_.config});
  if (options_.sequential) {
    call.attributes.push_back({"executor_type", std::string("SINGLE_THREADED_EXECUTOR")});
  }
  return execute(context_, call);
}

}  // namespace bobbin::tensorflow
