// Plain arithmetic on traits and regions.
#include "device/decode/jpeg_plan.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <numeric>
#include <span>
#include <tuple>
#include <vector>

#include "core/base/image.h"
#include "core/decode/jpeg.h"
#include "core/decode/jpeg_traits.h"
#include "device/base/device.h"

namespace bobbin::device {
namespace {

using core::JpegTraits;
using core::Region;

// One MCU. Smaller images do not pay on a device, and libjpeg upsamples the narrowest differently.
constexpr int kSmallestSide = 16;
constexpr std::int64_t kMostPixels = std::int64_t{1} << 26;
constexpr std::int64_t kHuffmanPixels = 1'000'000;
constexpr int kRowAlignment = 64;
constexpr std::size_t kPlaneAlignment = 256;

bool has_decodable_colors(const JpegTraits& traits) {
  if (traits.components == 1) return true;
  if (!traits.ycc) return false;
  for (int c = 1; c < 3; ++c) {
    if (traits.across[c] != 1 || traits.down[c] != 1) return false;
  }
  return traits.across[0] <= 2 && traits.down[0] <= 2;
}

// Halves pixel coordinates to coordinates of chroma samples.
Region halved(const Region& region, bool x, bool y) {
  const int left = x ? region.left / 2 : region.left, top = y ? region.top / 2 : region.top;
  const int right = region.left + region.width, bottom = region.top + region.height;
  return {left, top, (x ? (right + 1) / 2 : right) - left, (y ? (bottom + 1) / 2 : bottom) - top};
}

// From `from` to `to`, widened to whole units and clipped at the edges.
std::array<int, 2> whole_units(int from, int to, int unit, int length) {
  return {std::max(from, 0) / unit * unit, std::min((to + unit - 1) / unit * unit, length)};
}

}  // namespace

bool is_decodable(const JpegTraits& traits) {
  const std::int64_t pixels = std::int64_t{traits.width} * traits.height;
  return traits.precision == 8 && !traits.lossless && !traits.arithmetic && traits.has_tables &&
         traits.ends && std::min(traits.width, traits.height) >= kSmallestSide &&
         pixels <= kMostPixels && has_decodable_colors(traits);
}

JpegBackend backend_for(const JpegTraits& traits, const Region& wanted,
                        const JpegBackends& backends) {
  if (!is_decodable(traits)) return JpegBackend::kNone;
  const bool plain = !traits.progressive && !traits.several_scans;
  if (backends.hardware && plain) return JpegBackend::kHardware;
  const std::int64_t pixels = std::int64_t{traits.width} * (wanted.top + wanted.height);
  const bool gpu_hybrid = backends.gpu_hybrid && plain;
  if (gpu_hybrid && (pixels > kHuffmanPixels || !backends.hybrid)) return JpegBackend::kGpuHybrid;
  return backends.hybrid ? JpegBackend::kHybrid : JpegBackend::kNone;
}

Region decoded_region(const JpegTraits& traits, const Region& wanted) {
  constexpr int kMargin = core::kUpsamplingMargin;
  const auto [left, right] =
      whole_units(wanted.left - kMargin, wanted.left + wanted.width + kMargin, 8 * traits.across[0],
                  traits.width);
  const auto [top, bottom] = whole_units(wanted.top - kMargin, wanted.top + wanted.height + kMargin,
                                         8 * traits.down[0], traits.height);
  return {left, top, right - left, bottom - top};
}

core::ImageView planes_of(const JpegTraits& traits, const Region& region) {
  const bool grey = traits.components == 1;
  core::ImageView view{
      grey ? core::ColorSpace::kGrey : core::ColorSpace::kYcc, {}, traits.width, traits.height, 1};
  for (int c = 0; c < (grey ? 1 : 3); ++c) {
    core::Plane& plane = view.planes[c];
    plane.halved_x = traits.across[c] < traits.across[0];
    plane.halved_y = traits.down[c] < traits.down[0];
    plane.region = halved(region, plane.halved_x, plane.halved_y);
    const Region whole =
        halved({0, 0, traits.width, traits.height}, plane.halved_x, plane.halved_y);
    plane.width = whole.width;
    plane.height = whole.height;
    plane.stride = (plane.region.width + kRowAlignment - 1) / kRowAlignment * kRowAlignment;
  }
  return view;
}

std::size_t plane_bytes(const core::Plane& plane) {
  const std::size_t bytes = plane.stride * plane.region.height;
  return (bytes + kPlaneAlignment - 1) / kPlaneAlignment * kPlaneAlignment;
}

void order_for_decoding(std::span<const EncodedImage> images, std::vector<int>& order) {
  const auto key = [&](int i) {
    const JpegTraits& traits = images[i].traits;
    return std::tuple(traits.components, traits.across[0], traits.down[0],
                      -std::int64_t{traits.width} * traits.height);
  };
  order.resize(images.size());
  std::iota(order.begin(), order.end(), 0);
  std::stable_sort(order.begin(), order.end(), [&](int a, int b) { return key(a) < key(b); });
}

}  // namespace bobbin::device
