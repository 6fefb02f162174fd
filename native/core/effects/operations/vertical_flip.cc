// Turns a view upside down: rows from last to first.
#include <algorithm>

#include "core/effects/operation.h"
#include "core/effects/operations.h"

namespace bobbin::core {
namespace {

void flip_vertically(const Amounts& /*none*/, const EffectView& view) {
  const int row = 3 * view.size;
  float* const values = view.values.data();
  for (int y = 0; y < view.size / 2; ++y) {
    std::swap_ranges(values + y * row, values + (y + 1) * row, values + (view.size - 1 - y) * row);
  }
}

}  // namespace

const Operation kVerticalFlip = {
    .name = "verticalFlip", .apply = flip_vertically, .amounts = 0, .needs_whole_view = false};

}  // namespace bobbin::core
