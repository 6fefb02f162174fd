// Compares loaders with a device with those in main memory: values within a bound,
// indices, partners and failures the same.
#include "device/load/device_writers.h"

#include <cmath>
#include <cstddef>
#include <cstring>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "core/base/output.h"
#include "core/batch/batch_writer.h"
#include "core/load/loader.h"
#include "core/load/loader_options.h"
#include "core/recipe/recipe.h"
#include "device/base/device.h"
#include "device/host_device.h"
#include "support/check.h"
#include "support/consumer.h"
#include "support/epochs.h"
#include "support/images.h"
#include "support/watched_device.h"

using namespace bobbin::core;
using namespace bobbin::device;
using bobbin::test::Call;
using bobbin::test::Consumer;
using bobbin::test::draw_picture;
using bobbin::test::encode_jpeg;
using bobbin::test::Epoch;
using bobbin::test::mixing_options_for;
using bobbin::test::options_for;
using bobbin::test::run;
using bobbin::test::TemporaryFolder;
using bobbin::test::WatchedDevice;
using bobbin::test::whole_files;
using bobbin::test::write_files;

namespace {

// In levels, 0…255. The kernel filters in floats, the renderer in words of 1/256 level.
constexpr float kRendered = 0.08F;
// Levels are rounded before normalisation, and again if they are mixed.
constexpr float kUploaded = 0.51F, kUploadedMixed = 1.02F;

using MakeWriter = std::unique_ptr<BatchWriter> (*)(std::shared_ptr<Device>, const WriterOptions&);

struct Way {
  MakeWriter make;
  float bound;
};
const Way kWays[] = {{make_render_writer, kRendered}, {make_upload_writer, kUploaded}};

std::unique_ptr<BatchWriter> writer_of(const Way& way, const WriterOptions& options = {}) {
  return way.make(std::make_shared<HostDevice>(), options);
}

std::vector<float> values_of(const Epoch& epoch) {
  std::vector<float> values(epoch.bytes.size() / sizeof(float));
  std::memcpy(values.data(), epoch.bytes.data(), epoch.bytes.size());
  return values;
}

// Both of float32 and with a standard deviation of 1: differences are in levels.
void check_same(const Epoch& made, const Epoch& wanted, float bound) {
  CHECK(made.indices == wanted.indices);
  CHECK(made.partners == wanted.partners);
  CHECK(made.weights == wanted.weights);
  const std::vector<float> values = values_of(made), others = values_of(wanted);
  CHECK_EQUAL(values.size(), others.size());
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (std::abs(values[i] - others[i]) <= bound) continue;
    CHECK_NEAR(values[i], others[i], bound);
  }
}

// Returns the number of damaged samples.
std::size_t check_epochs(const LoaderOptions& options, const Way& way,
                         const WriterOptions& by = {}) {
  Consumer host(options), other(options, writer_of(way, by));
  for (int epoch = 0; epoch < 3; ++epoch) {
    check_same(run(other, epoch), run(host, epoch), way.bound);
  }
  const std::size_t damaged = other.loader().failures().size();
  CHECK_EQUAL(damaged, host.loader().failures().size());
  return damaged;
}

}  // namespace

TEST("when a device makes batches, then they equal main memory's for any threads and batch sizes") {
  const TemporaryFolder folder;
  for (const Way& way : kWays) {
    for (const auto& [threads, batch_size] : {std::pair{1, 4}, {2, 7}, {8, 4}, {3, 21}}) {
      LoaderOptions options = options_for(folder, threads);
      options.batch_size = batch_size;
      options.augmentation.contrast = 0.4;
      check_epochs(options, way);
    }
  }
}

TEST("when a device makes batches of a resumed epoch, then the rest is the same") {
  const TemporaryFolder folder;
  for (const Way& way : kWays) {
    Consumer host(options_for(folder, 2)), other(options_for(folder, 2), writer_of(way));
    check_same(run(other, 7, 2), run(host, 7, 2), way.bound);
    check_same(run(other, 7), run(host, 7), way.bound);
  }
}

TEST("when rows are mixed on a device, then they are mixed as in main memory") {
  const TemporaryFolder folder;
  for (Way way : kWays) {
    if (way.make == make_upload_writer) way.bound = kUploadedMixed;
    check_epochs(mixing_options_for(folder, 3), way);
  }
}

TEST("when a device makes five or ten crops of an image, then each equals the CPU's") {
  const TemporaryFolder folder;
  for (const Way& way : kWays) {
    for (const Crop crop : {Crop::kFive, Crop::kTen}) {
      LoaderOptions options = options_for(folder, 2);
      options.augmentation.crop = crop;
      options.shuffle = false;
      check_epochs(options, way);
    }
  }
}

TEST("when files are damaged, then a device's loader follows its policy") {
  const TemporaryFolder folder;
  for (const Way& way : kWays) {
    LoaderOptions options = options_for(folder, 2);
    options.damaged = Damaged::kMark;
    options.preprocessing.mean = {120, 110, 100};
    check_epochs(options, way);
    options.damaged = Damaged::kFail;
    Consumer consumer(options, writer_of(way));
    CHECK_THROWS(run(consumer, 0), LoaderError);
  }
}

TEST("when damage is in the middle of a file, then refusing it late changes nothing else") {
  const TemporaryFolder folder;
  for (const Way& way : kWays) {
    for (const Damaged damaged : {Damaged::kRefill, Damaged::kMark}) {
      LoaderOptions options = mixing_options_for(folder, 3);
      std::vector<std::string> paths = write_files(folder);
      for (const int i : {2, 5, 9}) {
        auto file = encode_jpeg(draw_picture(90, 80, i));
        // Half of its scan is missing, but its headers and its last marker are valid.
        file.erase(file.begin() + static_cast<std::ptrdiff_t>(file.size() / 2), file.end() - 2);
        paths[i] = folder.write("middle" + std::to_string(i) + ".jpg", file);
      }
      options.sources = whole_files(paths);
      options.damaged = damaged;
      const float bound = way.make == make_upload_writer ? kUploadedMixed : way.bound;
      CHECK_EQUAL(check_epochs(options, {way.make, bound}), 4u);
    }
  }
}

TEST("when the device does not support a recipe, then a worker renders it") {
  const TemporaryFolder folder;
  LoaderOptions options = options_for(folder, 2);
  options.augmentation.rotation = 20;
  options.augmentation.blur = 0.5;
  options.augmentation.vertical_flip = 0.5;
  for (const Way& way : kWays) check_epochs(options, way);
}

TEST("when samples do not fit into the staging memory, then workers render them") {
  const TemporaryFolder folder;
  const LoaderOptions options = mixing_options_for(folder, 4);
  for (const std::size_t chunk : {100, 6000, 20000}) {
    check_epochs(options, kWays[0], {Layout::kChannelsLast, 3 * chunk, chunk});
  }
}

TEST(
    "when channels come first, then each channel has the values of the pixels, and zeros stay "
    "zeros") {
  const TemporaryFolder folder;
  LoaderOptions options = options_for(folder, 2);
  options.damaged = Damaged::kMark;
  const int pixels = options.preprocessing.crop * options.preprocessing.crop;
  for (const Way& way : kWays) {
    Consumer last(options, writer_of(way));
    Consumer first(options, writer_of(way, {Layout::kChannelsFirst}));
    const std::vector<float> wanted = values_of(run(last, 0)), values = values_of(run(first, 0));
    for (std::size_t view = 0; view < values.size(); view += 3 * pixels) {
      for (int i = 0; i < 3 * pixels; ++i) {
        CHECK_EQUAL(values[view + i % 3 * pixels + i / 3], wanted[view + i]);
      }
    }
  }
}

TEST("when batches are levels, then those rendered by the CPU arrive unchanged") {
  const TemporaryFolder folder;
  LoaderOptions options = mixing_options_for(folder, 2);
  options.dtype = PixelType::kUint8;
  Consumer host(options), other(options, writer_of(kWays[1]));
  for (int epoch = 0; epoch < 2; ++epoch) CHECK(run(other, epoch) == run(host, epoch));
}

TEST("when a device makes too few decoders, then workers decode") {
  const TemporaryFolder folder;
  const LoaderOptions options = options_for(folder, 2);
  Consumer host(options);
  const Epoch wanted = run(host, 0);
  for (const int decoders : {0, 1}) {
    const auto device = std::make_shared<WatchedDevice>();
    device->limit_decoders(decoders);
    Consumer consumer(options, make_render_writer(device, {}));
    check_same(run(consumer, 0), wanted, kRendered);
    CHECK_EQUAL(device->calls(Call::kDecode), 0);
  }
}

TEST(
    "when batches are counted, then the totals show the images that the device decoded and "
    "rendered") {
  const TemporaryFolder folder;
  LoaderOptions options = options_for(folder, 2);
  const auto load = [&](const Way& way) {
    Consumer consumer(options, writer_of(way));
    for (int epoch = 0; epoch < 4; ++epoch) run(consumer, epoch);
    return consumer.loader().statistics();
  };
  const LoaderStatistics rendered = load(kWays[0]), uploaded = load(kWays[1]);
  CHECK_EQUAL(rendered.images, 84u);
  CHECK_EQUAL(rendered.device_rendered, 84u);
  // Both sides get files, so that the speed of both is known.
  CHECK(rendered.device_decoded > 0 && rendered.device_decoded < 84);
  CHECK(rendered.device_ns > 0 && uploaded.device_ns > 0);
  CHECK_EQUAL(uploaded.device_rendered + uploaded.device_decoded, 0u);
  options.augmentation.rotation = 20;
  CHECK_EQUAL(load(kWays[0]).device_rendered, 0u);
}
