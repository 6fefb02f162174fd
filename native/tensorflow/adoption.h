// Makes a tensor of a slot of the pipeline's ring without a copy.
#pragma once

#include <memory>

#include "core/batch/slot.h"
#include "tensorflow/context.h"
#include "tensorflow/owned.h"
#include "tensorflow/tensors.h"

namespace bobbin::tensorflow {

// The tensor uses the slot's memory and owns its lease: the slot is returned when TensorFlow drops
// its last reference, on any thread. If TensorFlow uses a GPU, a slot in main memory is copied
// there and returned as soon as the copy is done. A batch may be smaller than its slot.
HandlePtr adopt(const Context& context, std::unique_ptr<core::SlotLease> lease, TF_DataType type,
                const Shape& shape);

}  // namespace bobbin::tensorflow
