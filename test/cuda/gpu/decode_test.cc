// Compares the device's decoders with JpegDecoder: samples of drawn pictures and of photos.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <filesystem>
#include <fstream>
#include <ios>
#include <iterator>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "../../native/support/check.h"
#include "../../native/support/images.h"
#include "agreement.h"
#include "core/base/image.h"
#include "core/base/random.h"
#include "core/decode/jpeg.h"
#include "device/base/device.h"
#include "tested.h"

using namespace bobbin;
using bobbin::test::Agreement;
using bobbin::test::TestedDecoder;

namespace {

using File = std::vector<std::uint8_t>;

// Another inverse transform than libjpeg's accurate one rounds otherwise: by a level here and
// there.
constexpr double kLeastShare = 0.99, kMostMean = 0.5;

// Files that a loader would give a device: readable headers, accepted by the device.
class Batch {
 public:
  explicit Batch(const device::Device& device) : device_(device) {}

  // A random part of the file. Only `sound` files must equal libjpeg's result.
  void add(core::Random& random, File file, bool sound = true) {
    core::JpegDecoder decoder;
    core::ImageSize size;
    try {
      size = decoder.open(file);
    } catch (const core::ImageError&) {
      return;
    }
    if (!device_.takes(decoder.traits())) return;
    const int left = random.below(size.width), top = random.below(size.height);
    device::EncodedImage image;
    image.traits = decoder.traits();
    image.wanted = {left, top, 1 + random.below(size.width - left),
                    1 + random.below(size.height - top)};
    files_.push_back(std::move(file));
    image.file = files_.back();
    images_.push_back(image);
    sound_.push_back(sound);
  }

  const std::vector<device::EncodedImage>& images() const { return images_; }
  bool sound(std::size_t image) const { return sound_[image]; }

 private:
  const device::Device& device_;
  std::deque<File> files_;
  std::vector<device::EncodedImage> images_;
  std::vector<bool> sound_;
};

// A plane's samples of `wanted`, row by row; `read` copies a row of the memory.
template <typename Read>
std::vector<float> samples_of(const core::Plane& plane, const core::Region& wanted, int channels,
                              const Read& read) {
  const int across = plane.halved_x ? 2 : 1, down = plane.halved_y ? 2 : 1;
  const int left = wanted.left / across, top = wanted.top / down;
  const int right = (wanted.left + wanted.width + across - 1) / across;
  const int bottom = (wanted.top + wanted.height + down - 1) / down;
  const core::Region& held = plane.region;
  CHECK(left >= held.left && right <= held.left + held.width);
  CHECK(top >= held.top && bottom <= held.top + held.height);
  std::vector<float> samples;
  for (int y = top; y < bottom; ++y) {
    const std::vector<std::uint8_t> row = read(plane.row(y));
    samples.insert(samples.end(), row.begin() + (left - held.left) * channels,
                   row.begin() + (right - held.left) * channels);
  }
  return samples;
}

void compare(device::Queue& queue, const device::EncodedImage& image, Agreement& agreement) {
  core::JpegDecoder decoder;
  decoder.open(image.file);
  const bool rgb = image.view.space == core::ColorSpace::kRgb;
  const core::ImageView wanted =
      rgb ? decoder.decode_rgb(image.wanted, 1) : decoder.decode(image.wanted, 1);
  CHECK(wanted.space == image.view.space);
  const int channels = rgb ? 3 : 1;
  for (int i = 0; i < 3; ++i) {
    const core::Plane &plane = image.view.planes[i], &reference = wanted.planes[i];
    CHECK_EQUAL(plane.data == nullptr, reference.data == nullptr);
    if (!plane.data) continue;
    CHECK_EQUAL(plane.width, reference.width);
    CHECK_EQUAL(plane.height, reference.height);
    CHECK(plane.halved_x == reference.halved_x && plane.halved_y == reference.halved_y);
    const auto fetch = [&](const std::uint8_t* row) {
      std::vector<std::uint8_t> samples(std::size_t{1} * plane.region.width * channels);
      queue.copy_out(samples.data(), row, samples.size());
      queue.wait();
      return samples;
    };
    const auto here = [&](const std::uint8_t* row) {
      return std::vector<std::uint8_t>(row, row + reference.region.width * channels);
    };
    agreement.add(samples_of(plane, image.wanted, channels, fetch),
                  samples_of(reference, image.wanted, channels, here));
  }
}

// Decodes a batch with each decoder; returns the number of sound files that each could decode.
// Their samples must equal libjpeg's.
std::vector<std::size_t> check_batch(const std::string& what, device::Device& device,
                                     const Batch& batch) {
  std::vector<std::size_t> counts;
  for (TestedDecoder& tested : test::tested_decoders(device)) {
    const auto queue = device.make_queue();
    std::vector<device::EncodedImage> images = batch.images();
    tested.decoder->decode(images, *queue);
    Agreement agreement;
    std::size_t decoded = 0;
    for (std::size_t i = 0; i < images.size(); ++i) {
      if (!images[i].decoded || !batch.sound(i)) continue;
      ++decoded;
      compare(*queue, images[i], agreement);
    }
    std::ostringstream line;
    line << "decode, " << tested.name << ", " << what << ": " << decoded << " of " << images.size();
    if (decoded > 0) line << ", " << agreement << ", in the mean " << agreement.mean() << "/255";
    test::report(line.str());
    CHECK(decoded == 0 || agreement.share() >= kLeastShare);
    CHECK(decoded == 0 || agreement.mean() <= kMostMean);
    counts.push_back(decoded);
  }
  return counts;
}

// JPEG files in a folder beside the checkout, evenly spread; none if it is absent.
std::vector<File> files_below(const std::filesystem::path& folder, std::size_t most) {
  std::vector<std::filesystem::path> paths;
  if (!std::filesystem::exists(folder)) return {};
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
    if (entry.is_regular_file()) paths.push_back(entry.path());
  }
  std::sort(paths.begin(), paths.end());
  std::vector<File> files;
  const std::size_t step = std::max<std::size_t>(1, paths.size() / most);
  for (std::size_t i = 0; i < paths.size(); i += step) {
    std::ifstream stream(paths[i], std::ios::binary);
    File file(std::istreambuf_iterator<char>(stream), {});
    if (core::is_jpeg(file)) files.push_back(std::move(file));
  }
  return files;
}

}  // namespace

TEST("when drawn pictures are decoded on the device, then their samples are libjpeg's") {
  core::Random random(test::fresh_seed());
  const auto device = test::tested_device();
  Batch batch(*device);
  for (const test::Encoding& encoding : test::baseline_encodings()) {
    for (int i = 0; i < 8; ++i) {
      const int width = 16 + random.below(400), height = 16 + random.below(400);
      batch.add(random, test::encode_jpeg(test::draw_picture(width, height, i), encoding));
    }
  }
  check_batch("drawn pictures", *device, batch);
}

TEST("when photos are decoded on the device, then their samples are libjpeg's") {
  core::Random random(test::fresh_seed());
  const auto device = test::tested_device();
  Batch batch(*device);
  for (File& file : files_below("../shared/data/clothing", 200)) batch.add(random, std::move(file));
  if (batch.images().empty()) {
    return test::report("decode, photos: skipped, ../shared/data is absent");
  }
  check_batch("photos", *device, batch);
}

TEST("when files are odd or damaged, then sound ones between them are still decoded") {
  core::Random random(test::fresh_seed());
  const auto device = test::tested_device();
  Batch batch(*device);
  const File sound = test::encode_jpeg(test::draw_picture(90, 70));
  std::vector<File> odd = files_below("../shared/data/jpeg-odd", 1000);
  for (int i = 0; i < 60; ++i) {
    File damaged = sound;
    for (int hits = 0; hits <= i % 5; ++hits) {
      // Behind the headers, or a loader would not ask.
      const std::size_t byte =
          damaged.size() / 2 + random.below(static_cast<int>(damaged.size() / 2));
      damaged[byte] ^= 1 << random.below(8);
    }
    odd.push_back(std::move(damaged));
  }
  std::size_t all = 0;
  for (File& file : odd) {
    batch.add(random, std::move(file), false);
    batch.add(random, sound);
    ++all;
  }
  for (const std::size_t decoded : check_batch("sound files between odd ones", *device, batch)) {
    CHECK(decoded == 0 || decoded == all);
  }
}
