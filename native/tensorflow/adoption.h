// A slot of the input pipeline's ring becomes a tensor without a copy.
#pragma once

#include <memory>

#include "core/batch/slot.h"
#include "tensorflow/context.h"
#include "tensorflow/owned.h"
#include "tensorflow/tensors.h"

namespace bobbin::tensorflow {

// The tensor lies where the slot does, owns the lease and gives the slot back when TensorFlow drops
// its last reference, on whichever thread that happens. Only a slot in main memory is copied to a
// GPU, where there is one, and goes back as soon as that is done. A batch may fill less than its
// slot.
HandlePtr adopt(const Context& context, std::unique_ptr<core::SlotLease> lease, TF_DataType type,
                const Shape& shape);

}  // namespace bobbin::tensorflow
