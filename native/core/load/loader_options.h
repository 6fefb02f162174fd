// The options of a loader: which samples, how they become pixels, and how many threads do it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "core/base/output.h"
#include "core/read/sources.h"
#include "core/recipe/recipe.h"

namespace bobbin::core {

// What happens to a sample that cannot be read. (If it was drawn as a partner to mix in, the next
// partner drawn replaces it, unless the run ends.)
enum class Damaged {
  kRefill,  // Another sample replaces it, chosen by (seed, epoch, position, attempt) alone.
  kMark,    // Its views are zeros, as stored, and its index is −1.
  kFail,    // The run ends.
};

struct LoaderOptions {
  std::shared_ptr<Sources> sources;
  Preprocessing preprocessing;
  Augmentation augmentation;
  PixelType dtype = PixelType::kFloat32;
  int batch_size = 1;
  int threads = 1;
  int slots = 2;
  std::uint64_t seed = 0;
  bool shuffle = false;
  // With balanced classes: where the samples of each class end, which lie one after the other, and
  // how many samples an epoch has. Each class comes equally often, ±1, and no sample twice, so a
  // class needs as many samples as it comes. If empty, an epoch has every sample once.
  std::vector<std::uint64_t> class_ends;
  std::uint64_t balanced_length = 0;
  // This loader takes the epoch's positions index, index + count, …; others take the rest.
  std::uint64_t worker_index = 0;
  std::uint64_t worker_count = 1;
  Damaged damaged = Damaged::kFail;
  std::uint64_t failure_budget = 0;  // Distinct damaged samples before the run ends.

  // The samples of an epoch, which all loaders share.
  std::uint64_t epoch_length() const {
    return class_ends.empty() ? sources->size() : balanced_length;
  }

  // The size of one row, that is, of all views of one image, as stored.
  std::size_t row_bytes() const {
    const std::size_t side = preprocessing.crop;
    return augmentation.views() * side * side * 3 * bytes_of(dtype);
  }
};

}  // namespace bobbin::core
