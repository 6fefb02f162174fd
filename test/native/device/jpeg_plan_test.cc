// The plan for a batch: the backend and the part of each file, its planes, and the order.
#include "device/decode/jpeg_plan.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iostream>
#include <iterator>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "core/base/image.h"
#include "core/base/random.h"
#include "core/decode/jpeg.h"
#include "core/decode/jpeg_traits.h"
#include "device/base/device.h"
#include "support/check.h"
#include "support/images.h"

using namespace bobbin::device;
using bobbin::core::ImageView;
using bobbin::core::JpegDecoder;
using bobbin::core::JpegTraits;
using bobbin::core::Plane;
using bobbin::core::Random;
using bobbin::core::Region;
using bobbin::test::Encoding;

namespace {

constexpr JpegBackends kAll{true, true, true};

// A typical photo: baseline, 4:2:0.
JpegTraits photo(int width = 400, int height = 300) {
  JpegTraits traits;
  traits.width = width;
  traits.height = height;
  traits.components = 3;
  traits.ycc = traits.has_tables = traits.ends = true;
  traits.across = {2, 1, 1};
  traits.down = {2, 1, 1};
  return traits;
}

JpegTraits grey(int width, int height) {
  JpegTraits traits = photo(width, height);
  traits.components = 1;
  traits.ycc = false;
  traits.across = traits.down = {1};
  return traits;
}

JpegBackend backend_of(const JpegTraits& traits, const JpegBackends& backends) {
  return backend_for(traits, {0, 0, traits.width, traits.height}, backends);
}

bool operator==(const Region& a, const Region& b) {
  return a.left == b.left && a.top == b.top && a.width == b.width && a.height == b.height;
}

}  // namespace

TEST("when a file is a common photo or grey, then a device decodes it") {
  CHECK(is_decodable(photo()));
  CHECK(is_decodable(grey(400, 300)));
  for (const auto& [across, down] : {std::pair{1, 1}, {2, 1}, {1, 2}}) {
    JpegTraits traits = photo();
    traits.across[0] = across;
    traits.down[0] = down;
    CHECK(is_decodable(traits));
  }
}

TEST("when anything about a file is uncommon, then the CPU decodes it") {
  const std::vector<std::function<void(JpegTraits&)>> oddities = {
      [](JpegTraits& traits) { traits.precision = 12; },
      [](JpegTraits& traits) { traits.lossless = true; },
      [](JpegTraits& traits) { traits.arithmetic = true; },
      [](JpegTraits& traits) { traits.has_tables = false; },
      [](JpegTraits& traits) { traits.ends = false; },
      [](JpegTraits& traits) { traits.ycc = false; },
      [](JpegTraits& traits) { traits.components = 4, traits.ycc = false; },
      [](JpegTraits& traits) { traits.components = 2, traits.ycc = false; },
      [](JpegTraits& traits) { traits.across[0] = 4; },
      [](JpegTraits& traits) { traits.down[0] = 4; },
      [](JpegTraits& traits) { traits.across[1] = traits.across[2] = 2; },
      [](JpegTraits& traits) { traits.down[2] = 2; },
      [](JpegTraits& traits) { traits.width = 15; },
      [](JpegTraits& traits) { traits.height = 15; },
      [](JpegTraits& traits) { traits.width = traits.height = 8193; },
  };
  for (std::size_t i = 0; i < oddities.size(); ++i) {
    JpegTraits traits = photo();
    oddities[i](traits);
    if (backend_of(traits, kAll) != JpegBackend::kNone) {
      bobbin::test::fail(__FILE__, __LINE__, "a device was to decode oddity ", i);
    }
  }
}

TEST("when JPEGs of other encoders are planned, then the common and complete ones are decodable") {
  const std::string folder = BOBBIN_FIXTURES "/../../../shared/data/jpeg-odd/";
  if (!std::filesystem::exists(folder)) {
    std::cout << "skipped: there is no ../shared/data/jpeg-odd\n";
    return;
  }
  const std::map<std::string, bool> expected = {
      {"orientation/Landscape_1.jpg", true},
      {"orientation/Portrait_6.jpg", true},
      {"reference/restarts.jpg", true},
      {"reference/jpg-progressive.jpg", true},
      {"reference/grayscale_16x24_sampling2x2.jpg", true},
      {"reference/jpg-size-16x16.jpg", true},
      {"reference/jpg-size-15x15.jpg", false},
      {"reference/rgb.jpg", false},
      {"reference/ycck.jpg", false},
      {"reference/jpg-cmyk-2.jpg", false},
      {"reference/mjpeg.jpg", false},
      {"container/truncated.jpg", false},
      {"container/giant-image.jpg", false},
  };
  JpegDecoder decoder;
  for (const auto& [name, decodable] : expected) {
    std::ifstream stream(folder + name, std::ios::binary);
    const std::vector<std::uint8_t> file{std::istreambuf_iterator<char>(stream), {}};
    decoder.open(file);
    if (is_decodable(decoder.traits()) != decodable) {
      bobbin::test::fail(__FILE__, __LINE__, name, " was to be ", decodable ? "" : "un",
                         "decodable");
    }
  }
}

TEST("when several backends accept a file, then the best one is chosen") {
  const JpegBackends hybrids{true, true, false};
  const JpegTraits small = photo(), large = photo(1600, 1200);
  CHECK(backend_of(small, kAll) == JpegBackend::kHardware);
  CHECK(backend_of(large, kAll) == JpegBackend::kHardware);
  CHECK(backend_of(small, hybrids) == JpegBackend::kHybrid);
  CHECK(backend_of(large, hybrids) == JpegBackend::kGpuHybrid);
  // Codes below the wanted part do not count.
  CHECK(backend_for(large, {0, 100, 1600, 400}, hybrids) == JpegBackend::kHybrid);
  CHECK(backend_for(large, {0, 500, 10, 400}, hybrids) == JpegBackend::kGpuHybrid);
}

TEST(
    "when a file has several scans, then only the backend with Huffman decoding on the CPU accepts "
    "it") {
  JpegTraits progressive = photo(1600, 1200), separate = progressive;
  progressive.progressive = progressive.several_scans = true;
  separate.several_scans = true;
  for (const JpegTraits& traits : {progressive, separate}) {
    CHECK(backend_of(traits, kAll) == JpegBackend::kHybrid);
    CHECK(backend_of(traits, {false, true, true}) == JpegBackend::kNone);
  }
}

TEST("when there is one backend, then it decodes all files that it accepts; without one, none") {
  CHECK(backend_of(photo(), {false, false, false}) == JpegBackend::kNone);
  CHECK(backend_of(photo(), {false, true, false}) == JpegBackend::kGpuHybrid);
  CHECK(backend_of(photo(1600, 1200), {true, false, false}) == JpegBackend::kHybrid);
}

TEST("when a part is wanted, then the whole MCUs around it are decoded, inside the image") {
  // 16 × 16 pixels an MCU; two pixels more each way.
  CHECK(decoded_region(photo(), {50, 34, 100, 60}) == (Region{48, 32, 112, 64}));
  CHECK(decoded_region(photo(), {49, 33, 100, 60}) == (Region{32, 16, 128, 80}));
  CHECK(decoded_region(photo(), {0, 0, 400, 300}) == (Region{0, 0, 400, 300}));
  CHECK(decoded_region(photo(405, 301), {399, 299, 6, 2}) == (Region{384, 288, 21, 13}));
  CHECK(decoded_region(grey(400, 300), {50, 34, 100, 60}) == (Region{48, 32, 104, 64}));
}

TEST(
    "when parts are random, then regions are aligned, inside the image, and as small as possible") {
  Random random(11);
  for (int i = 0; i < 2000; ++i) {
    JpegTraits traits = photo(16 + random.below(300), 16 + random.below(300));
    traits.across[0] = 1 + random.below(2);
    const int left = random.below(traits.width), top = random.below(traits.height);
    const Region wanted{left, top, 1 + random.below(traits.width - left),
                        1 + random.below(traits.height - top)};
    const Region region = decoded_region(traits, wanted);
    const int unit = 8 * traits.across[0];
    const int right = region.left + region.width, wanted_right = left + wanted.width;
    CHECK(region.left % unit == 0 && (right % unit == 0 || right == traits.width));
    CHECK(region.left <= std::max(left - 2, 0) && left - 2 - region.left < unit);
    CHECK(right >= std::min(wanted_right + 2, traits.width) && right - wanted_right - 2 < unit);
  }
}

TEST("when planes are laid out, then they equal those of the CPU's decoder, clipped at the edges") {
  Random random(12);
  for (const Encoding& encoding : bobbin::test::baseline_encodings()) {
    const auto file = bobbin::test::encode_jpeg(bobbin::test::draw_picture(203, 151), encoding);
    JpegDecoder decoder;
    for (int i = 0; i < 50; ++i) {
      const int left = random.below(200), top = random.below(150);
      const Region wanted{left, top, 1 + random.below(203 - left), 1 + random.below(151 - top)};
      decoder.open(file);
      const JpegTraits traits = decoder.traits();
      const ImageView expected = decoder.decode(wanted, 1);
      const ImageView view = planes_of(traits, decoded_region(traits, wanted));
      CHECK(view.space == expected.space && view.scale == 1);
      for (int c = 0; c < 3; ++c) {
        const Plane &plane = view.planes[c], &other = expected.planes[c];
        CHECK(plane.halved_x == other.halved_x && plane.halved_y == other.halved_y);
        CHECK(plane.width == other.width && plane.height == other.height);
        const Region& part = other.region;
        CHECK(plane.region ==
              (Region{part.left, part.top, std::min(part.width, other.width - part.left),
                      std::min(part.height, other.height - part.top)}));
        CHECK(plane.stride % 64 == 0 && plane.stride >= std::size_t(plane.region.width));
        CHECK(plane_bytes(plane) % 256 == 0);
        CHECK(plane_bytes(plane) >= plane.stride * plane.region.height);
      }
    }
  }
}

TEST(
    "when a batch is sorted, then equal samplings are together, the largest first, and none is "
    "lost") {
  std::vector<EncodedImage> images(8);
  images[0].traits = photo(100, 100);
  images[1].traits = grey(50, 50);
  images[2].traits = photo(300, 200);
  images[3].traits = photo(200, 300);
  images[4].traits = photo(500, 100);
  images[4].traits.down[0] = 1;
  images[5].traits = grey(60, 60);
  images[6].traits = photo(101, 100);
  images[7].traits = photo(900, 100);
  images[7].traits.across[0] = images[7].traits.down[0] = 1;
  std::vector<int> order{99, 98};
  order_for_decoding(images, order);
  CHECK(order == (std::vector<int>{5, 1, 7, 4, 2, 3, 6, 0}));
  order_for_decoding({}, order);
  CHECK(order.empty());
}
