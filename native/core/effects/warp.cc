// Keeps the view that a warp reads.
#include "core/effects/warp.h"

#include <algorithm>
#include <vector>

#include "core/effects/operation.h"

namespace bobbin::core {

WarpSource::WarpSource(const EffectView& view)
    : size_(view.size), row_(3 * view.size), outside_{view.fill[0], view.fill[1], view.fill[2]} {
  std::vector<float>& copy = view.scratch.view;
  // With the value behind the last pixel that a vector loads.
  copy.resize(view.values.size() + 1);
  std::copy(view.values.begin(), view.values.end(), copy.begin());
  pixels_ = copy.data();
}

}  // namespace bobbin::core
