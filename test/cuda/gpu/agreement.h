// Compares values with the expected ones, in levels of 255.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <ostream>
#include <span>
#include <stdexcept>

namespace bobbin::test {

struct Agreement {
  std::size_t values = 0;
  std::size_t within = 0;  // Differ by at most one level.
  double largest = 0;      // In levels; infinite if a value is NaN.
  double sum = 0;          // Of the differences.

  double share() const {
    return values == 0 ? 0 : static_cast<double>(within) / static_cast<double>(values);
  }
  double mean() const { return values == 0 ? 0 : sum / static_cast<double>(values); }

  void add(double actual, double wanted) {
    const double distance = std::abs(actual - wanted);
    ++values;
    // NaN is never within a level.
    within += distance <= 1 ? 1 : 0;
    largest = std::isnan(distance) ? HUGE_VAL : std::max(largest, distance);
    sum += distance;
  }
  void add(std::span<const float> actual, std::span<const float> wanted) {
    if (actual.size() != wanted.size()) throw std::invalid_argument("Expected as many values");
    for (std::size_t i = 0; i < wanted.size(); ++i) add(actual[i], wanted[i]);
  }
};

inline std::ostream& operator<<(std::ostream& stream, const Agreement& agreement) {
  return stream << 100 * agreement.share() << "% of " << agreement.values
                << " values within 1/255, the largest " << agreement.largest << "/255 off";
}

}  // namespace bobbin::test
