// Runs one op eagerly.
#include "tensorflow/ops.h"

#include <cstddef>
#include <vector>

#include "tensorflow/status.h"

namespace bobbin::tensorflow {
std::vector<HandlePtr> execute(const Context& context, const OpCall& call) {
  const Status status;
  const OpPtr op(TFE_NewOp(context.get(), call.name.c_str(), status.get()));
  status.check(call.name);
  // Inputs first: TensorFlow infers type attributes from them and keeps the first value, while some
  // kernels of tfjs give the dtype of an input before its cast (Mean).
  for (TFE_TensorHandle* input : call.inputs) {
    TFE_OpAddInput(op.get(), input, status.get());
    status.check(call.name);
  }
  for (const Attribute& attribute : call.attributes) {
    set_attribute(op.get(), attribute, status);
    status.check(call.name);
  }
  std::vector<TFE_TensorHandle*> results(static_cast<std::size_t>(call.outputs));
  int count = call.outputs;
  TFE_Execute(op.get(), results.data(), &count, status.get());
  status.check(call.name);
  return {results.begin(), results.begin() + count};
}

}  // namespace bobbin::tensorflow
