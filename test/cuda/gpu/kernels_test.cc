// Compares the device's kernels with HostDevice's on random batches: all types, layouts and sizes.
#include <array>
#include <cstddef>
#include <cstdint>
#include <sstream>
#include <string>
#include <vector>

#include "../../native/support/check.h"
#include "agreement.h"
#include "core/base/output.h"
#include "core/base/random.h"
#include "device/base/device.h"
#include "device/host_device.h"
#include "memory.h"
#include "scene.h"
#include "tested.h"

using namespace bobbin;
using bobbin::test::Agreement;
using bobbin::test::BatchFormat;
using bobbin::test::Scene;

namespace {

// An additional rounding error of values: a product that one side fuses and the other rounds
// may fall on the other side of a tie.
constexpr double kLeastShare = 0.999;
// A wrong edge or a pixel too many is less than a thousandth of a view.
constexpr double kMostLevels = 2;

struct Named {
  const char* name;
  core::PixelType type;
};
constexpr std::array<Named, 4> kTypes = {{{"float32", core::PixelType::kFloat32},
                                          {"bfloat16", core::PixelType::kBfloat16},
                                          {"float16", core::PixelType::kFloat16},
                                          {"uint8", core::PixelType::kUint8}}};
constexpr std::array<device::Layout, 2> kLayouts = {device::Layout::kChannelsLast,
                                                    device::Layout::kChannelsFirst};

const char* name_of(device::Layout layout) {
  return layout == device::Layout::kChannelsLast ? "channels last" : "channels first";
}

void check_agreement(const std::string& what, const Agreement& agreement) {
  std::ostringstream line;
  line << what << ": " << agreement;
  test::report(line.str());
  CHECK(agreement.share() >= kLeastShare);
  CHECK(agreement.largest <= kMostLevels);
}

// The batches of both devices for one scene; the tested device's twice, over different bytes.
void compare_scene(std::uint64_t seed, const BatchFormat& format, Agreement& agreement) {
  const Scene scene(seed, format);
  device::HostDevice host;
  const auto tested = test::tested_device();
  const std::vector<std::uint8_t> actual = scene.render(*tested, 0xff);
  // Bytes that are not written, or read too early, depend on the previous content.
  CHECK(actual == scene.render(*tested, 0x00));
  agreement.add(scene.levels(actual), scene.levels(scene.render(host, 0xff)));
}

std::vector<std::uint8_t> normalized(device::Device& device,
                                     const std::vector<std::uint8_t>& levels,
                                     const BatchFormat& format, const device::Normalization& by) {
  const auto queue = device.make_queue();
  std::vector<std::uint8_t> batch(format.bytes(), 0xff);
  const auto from = test::copied_to(device, *queue, levels.data(), levels.size());
  const auto to = test::copied_to(device, *queue, batch.data(), batch.size());
  queue->normalize(from.get(), format.views, by,
                   {to.get(), format.type, format.layout, format.size});
  queue->copy_out(batch.data(), to.get(), batch.size());
  queue->wait();
  return batch;
}

}  // namespace

TEST("when random batches are rendered, then values equal HostDevice's in each type and layout") {
  const std::uint64_t seed = test::fresh_seed();
  for (const Named& type : kTypes) {
    for (const device::Layout layout : kLayouts) {
      Agreement agreement;
      std::uint64_t scene = seed;
      // One pixel, part of a tile, whole tiles, and one pixel more.
      for (const int size : {1, 7, 31, 32, 64, 65, 129}) {
        compare_scene(scene++, {type.type, layout, size, 12}, agreement);
      }
      check_agreement(std::string("kernel, ") + type.name + ", " + name_of(layout), agreement);
    }
  }
}

TEST("when a batch is as large as in training, then values equal HostDevice's") {
  const std::uint64_t seed = test::fresh_seed();
  for (const Named& type : kTypes) {
    Agreement agreement;
    compare_scene(seed, {type.type, device::Layout::kChannelsLast, 224, 32}, agreement);
    check_agreement(std::string("kernel, 32 views of 224², ") + type.name, agreement);
  }
}

TEST("when levels are normalised, then values equal HostDevice's in each type and layout") {
  core::Random random(test::fresh_seed());
  const device::Normalization by{{110, 120, 130}, {1 / 50.0f, 1 / 64.0f, 1 / 90.0f}};
  device::HostDevice host;
  for (const Named& type : kTypes) {
    for (const device::Layout layout : kLayouts) {
      const BatchFormat format{type.type, layout, 61, 5};
      std::vector<std::uint8_t> levels(format.values());
      for (std::uint8_t& level : levels) level = static_cast<std::uint8_t>(random.below(256));
      Agreement agreement;
      agreement.add(
          test::levels_of(normalized(*test::tested_device(), levels, format, by), format, by),
          test::levels_of(normalized(host, levels, format, by), format, by));
      check_agreement(std::string("normalize, ") + type.name + ", " + name_of(layout), agreement);
    }
  }
}

TEST("when any number of bytes is copied in and out, then they are the same") {
  core::Random random(test::fresh_seed());
  const auto device = test::tested_device();
  const auto queue = device->make_queue();
  for (const std::size_t count : {1u, 3u, 255u, 4097u, 1u << 20, (1u << 24) + 5}) {
    std::vector<std::uint8_t> bytes(count), back(count);
    for (std::uint8_t& byte : bytes) byte = static_cast<std::uint8_t>(random.below(256));
    const auto memory = test::copied_to(*device, *queue, bytes.data(), count);
    CHECK_EQUAL(reinterpret_cast<std::uintptr_t>(memory.get()) % 256, 0u);
    queue->copy_out(back.data(), memory.get(), count);
    queue->wait();
    CHECK(back == bytes);
  }
}
