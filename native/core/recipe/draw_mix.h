// Draws how a sample is mixed with a partner: mixup blends their views, cutmix pastes a part of the
// partner's view.
#pragma once

#include <cstdint>
#include <optional>

#include "core/base/image.h"
#include "core/base/random.h"
#include "core/recipe/recipe.h"

namespace bobbin::core {

// How one row of a batch combines the views of two samples.
struct Mix {
  float weight = 1;              // Share of the sample's own view, λ; the partner's is 1 − λ.
  std::optional<Region> pasted;  // The partner's pixels by cutmix; mixup blends everywhere.

  bool mixed() const { return weight < 1; }
};

// Draws from Beta(alpha, alpha), alpha > 0: Bailey's polar method gives Student's t with 2 · alpha
// degrees of freedom from two uniforms (Bailey 1994), and ½ + t / (2 √(2 · alpha + t²)) is the beta
// variate (Devroye 1996, "Random variate generation in one line of code"). Exact for every alpha.
double draw_symmetric_beta(Random& random, double alpha);

// Draws whether and how a sample's side × side view is mixed. If both kinds are on, each has the
// same probability. λ is drawn from Beta(α, α), and for cutmix adjusted to the rectangle's area:
// its sides are √(1 − λ) of the view's, its centre is uniform, and it is clipped to the view (Zhang
// et al. 2018; Yun et al. 2019).
Mix draw_mix(const Augmentation& augmentation, const SampleKey& key, int side);

// The partner of a sample: any other of `count` > 1 samples. `attempt` counts the unreadable
// partners before it.
std::uint64_t draw_partner(const SampleKey& key, std::uint64_t attempt, std::uint64_t count);

}  // namespace bobbin::core
