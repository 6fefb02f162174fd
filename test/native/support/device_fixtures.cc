// Files encoded here, and samples compared one by one.
#include "support/device_fixtures.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>

#include "core/base/image.h"
#include "core/base/random.h"
#include "core/decode/jpeg.h"
#include "device/base/device.h"
#include "device/decode/jpeg_engine.h"
#include "support/check.h"
#include "support/images.h"

namespace bobbin::test {
namespace {

using core::ImageView;
using core::JpegDecoder;
using core::Plane;
using core::Region;

// The samples along an axis that rendering reads: for halved chroma also the next ones outside.
std::pair<int, int> samples(int from, int length, bool halved, int all) {
  if (!halved) return {from, from + length};
  return {std::max((from - 2) / 2, 0), std::min((from + length + 1) / 2 + 1, all)};
}

}  // namespace

EncodedBatch::EncodedBatch(int count, std::uint64_t seed) {
  core::Random random(seed);
  const auto encodings = baseline_encodings();
  for (int i = 0; i < count; ++i) {
    const int width = 60 + random.below(200), height = 60 + random.below(200);
    files.push_back(encode_jpeg(draw_picture(width, height, i), encodings[i % encodings.size()]));
    const int left = random.below(width - 40), top = random.below(height - 40);
    add({left, top, 1 + random.below(38), 1 + random.below(38)});
  }
}

void EncodedBatch::add(const Region& wanted) {
  JpegDecoder decoder;
  decoder.open(files.back());
  device::EncodedImage image;
  image.file = files.back();
  image.traits = decoder.traits();
  image.wanted = wanted;
  images.push_back(image);
}

void check_planes(const device::EncodedImage& image) {
  CHECK(image.decoded);
  JpegDecoder decoder;
  decoder.open(image.file);
  const ImageView expected = decoder.decode(image.wanted, 1);
  const Region& wanted = image.wanted;
  for (int c = 0; c < image.traits.components; ++c) {
    const Plane &plane = image.view.planes[c], &other = expected.planes[c];
    const auto [top, bottom] = samples(wanted.top, wanted.height, plane.halved_y, plane.height);
    const auto [left, right] = samples(wanted.left, wanted.width, plane.halved_x, plane.width);
    const Region& held = plane.region;
    CHECK(held.left <= left && held.left + held.width >= right);
    CHECK(held.top <= top && held.top + held.height >= bottom);
    for (int y = top; y < bottom; ++y) {
      CHECK(std::equal(plane.row(y) + left - held.left, plane.row(y) + right - held.left,
                       other.row(y) + left - other.region.left));
    }
  }
}

void decode_part(std::span<const std::uint8_t> file, const Region& region,
                 const std::array<device::JpegTask::Target, 3>& planes) {
  JpegDecoder decoder;
  decoder.open(file);
  const ImageView view = decoder.decode(region, 1);
  for (std::size_t c = 0; c < planes.size(); ++c) {
    const Plane& from = view.planes[c];
    CHECK_EQUAL(planes[c].samples != nullptr, from.data != nullptr);
    if (!from.data) continue;
    const int left = from.halved_x ? region.left / 2 : region.left;
    const int top = from.halved_y ? region.top / 2 : region.top;
    const int right = region.left + region.width, bottom = region.top + region.height;
    const int width = (from.halved_x ? (right + 1) / 2 : right) - left;
    const int height = (from.halved_y ? (bottom + 1) / 2 : bottom) - top;
    for (int y = 0; y < height; ++y) {
      std::copy_n(from.row(top + y) + left - from.region.left, width,
                  planes[c].samples + y * planes[c].stride);
    }
  }
}

}  // namespace bobbin::test
