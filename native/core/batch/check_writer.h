// Writes no pixels: decodes each image wholly, so that a run lists the damaged ones.
#pragma once

#include <memory>

#include "core/batch/batch_writer.h"

namespace bobbin::core {

// The writer of loaders that only check images. Rows stay as they are.
std::unique_ptr<BatchWriter> make_check_writer();

}  // namespace bobbin::core
