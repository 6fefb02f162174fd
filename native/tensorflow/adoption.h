// A slot of the input pipeline's ring becomes a tensor without a copy.
#pragma once

#include <memory>

#include "core/slot.h"
#include "tensorflow/context.h"
#include "tensorflow/owned.h"
#include "tensorflow/tensors.h"

namespace bobbin::tensorflow {

// The tensor owns the lease and gives the slot back when TensorFlow drops its last reference, on
// whichever thread that happens. Where there is a GPU the tensor lies there and the slot goes back
// as soon as it has been copied over. A batch may fill less than its slot.
HandlePtr adopt(const Context& context, std::unique_ptr<core::SlotLease> lease, TF_DataType type,
                const Shape& shape);

}  // namespace bobbin::tensorflow
