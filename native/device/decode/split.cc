// Two moving averages and a quotient.
#include "device/decode/split.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <mutex>

namespace bobbin::device {
namespace {

constexpr std::uint32_t kOne = 1 << 16;
// The weight of the newest batch. An epoch's start and end are slower than its middle; an average
// over eight batches smooths them.
constexpr double kWeight = 1.0 / 8;

std::uint32_t fixed(double share) { return static_cast<std::uint32_t>(std::lround(share * kOne)); }

void average(double& mean, double newest) {
  mean = mean == 0 ? newest : mean + kWeight * (newest - mean);
}

}  // namespace

DecodeSplit::DecodeSplit(int threads, bool has_decoder)
    : threads_(threads), share_(has_decoder ? fixed(kFirst) : 0) {}

double DecodeSplit::share() const { return static_cast<double>(share_) / kOne; }

// True if the integer part of position · share grows at the next position. Only the fraction
// matters, so the product may overflow.
bool DecodeSplit::on_device(std::uint64_t position) const {
  const std::uint32_t share = share_;
  return (position * share) % kOne + share >= kOne;
}

void DecodeSplit::cpu_decoded(std::int64_t nanoseconds) {
  const std::lock_guard lock(mutex_);
  ++cpu_images_;
  cpu_nanoseconds_ += nanoseconds;
}

void DecodeSplit::device_decoded(int images, std::int64_t nanoseconds) {
  const std::lock_guard lock(mutex_);
  // A batch whose files all failed took time, too.
  average(device_, static_cast<double>(nanoseconds) / std::max(images, 1));
  if (cpu_images_ > 0) average(cpu_, static_cast<double>(cpu_nanoseconds_) / cpu_images_);
  cpu_images_ = cpu_nanoseconds_ = 0;
  if (share_ == 0 || cpu_ == 0) return;
  const double target = best();
  if (std::abs(target - share()) > kHysteresis) share_ = fixed(target);
}

double DecodeSplit::best() const {
  const double cpu = cpu_ / threads_;
  return std::clamp(cpu / (cpu + device_), kSmallest, kLargest);
}

}  // namespace bobbin::device
