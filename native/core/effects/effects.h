// What a view goes through as a whole, once it has its colours.
#pragma once

#include <array>
#include <cstddef>

#include "core/effects/operations.h"

namespace bobbin::core {

// How many operations RandAugment may draw for an image.
inline constexpr int kMaxOperations = 5;

struct Effect {
  const Operation* operation = nullptr;
  Amounts amounts{};
};

// A few effects in the order they are applied, held in place.
class EffectList {
 public:
  void add(const Operation& operation, const Amounts& amounts = {}) {
    effects_.at(count_++) = {&operation, amounts};
  }
  bool empty() const { return count_ == 0; }
  const Effect* begin() const { return effects_.data(); }
  const Effect* end() const { return effects_.data() + count_; }

 private:
  // RandAugment's, and each operation once more for an option of its own.
  static constexpr std::size_t kCapacity = kMaxOperations + kOperations.size();
  std::array<Effect, kCapacity> effects_{};
  std::size_t count_ = 0;
};

// Clamps the view to 0…255 and applies the effects in their order. Must not be called without
// effects: such a view is not clamped before its noise is added.
void apply_effects(const EffectList& effects, const EffectView& view);

}  // namespace bobbin::core
