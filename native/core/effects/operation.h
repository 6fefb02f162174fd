// What an operation on a view is: its name, what it does, and how strong RandAugment makes it.
#pragma once

#include <array>
#include <span>
#include <vector>

namespace bobbin::core {

// Memory that one thread keeps from view to view.
struct EffectScratch {
  std::vector<float> view;
  std::vector<float> line;
};

// A view that operations change in place: size × size pixels of interleaved RGB, 0…255.
struct EffectView {
  std::span<float> values;
  int size = 0;
  std::array<float, 3> fill{};  // The colour outside of the view, RGB in 0…255 units.
  EffectScratch& scratch;
};

// The numbers that an operation takes, each in its own unit; the rest is 0.
using Amounts = std::array<float, 8>;

struct Operation {
  const char* name;  // In TypeScript, too.
  // The result stays within 0…255.
  void (*apply)(const Amounts& amounts, const EffectView& view);
  // RandAugment's amount at a strength of 0…1 for a size × size view; `sign`, 1 or −1, is the
  // direction. Null where RandAugment does not have the operation.
  double (*magnitude)(double strength, int sign, int size) = nullptr;
  int amounts = 1;  // How many numbers it takes.
  // False where a device can do it while it resamples, row by row (device/base/job.h).
  bool needs_whole_view = true;
};

// The magnitude of an operation that takes no amount.
inline double no_magnitude(double /*strength*/, int /*sign*/, int /*size*/) { return 0; }

}  // namespace bobbin::core
