// What a device does to a view of a batch besides rendering it: mixing, copying, clearing and
// normalising; and the host's decoder.
#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <optional>
#include <vector>

#include "core/base/image.h"
#include "core/base/output.h"
#include "core/base/random.h"
#include "core/decode/jpeg.h"
#include "core/recipe/draw_mix.h"
#include "core/recipe/recipe.h"
#include "core/render/mix.h"
#include "device/base/device.h"
#include "device/base/job.h"
#include "device/host_device.h"
#include "support/check.h"
#include "support/device_views.h"
#include "support/images.h"

using namespace bobbin::core;
using namespace bobbin::test;
using namespace bobbin::device;

namespace {

constexpr std::array kTypes = {PixelType::kFloat32, PixelType::kBfloat16, PixelType::kFloat16,
                               PixelType::kUint8};

struct Views {
  Preprocessing preprocessing;
  StoredImage images[2];
  Job jobs[2];
};

// Two views of one size.
Views draw_views(Random& random, int outputs) {
  Views views;
  views.preprocessing = draw_preprocessing(random);
  for (int i = 0; i < 2; ++i) {
    const ImageSize size{60 + random.below(40), 50 + random.below(40), 1};
    const Recipe recipe = draw_recipe(random, size, outputs);
    views.images[i] = draw_image(random, image_kinds()[random.below(7)], size, recipe);
    views.jobs[i] = make_job(views.images[i].view, size, recipe, views.preprocessing);
  }
  return views;
}

// Writes both into the same view, one after the other.
std::vector<std::uint8_t> render_both(const Views& views, PixelType type, Layout layout,
                                      int outputs) {
  HostBatch batch = render_view(views.jobs[0], views.preprocessing, type, outputs, layout);
  render_on_host({views.jobs[1]}, views.preprocessing, batch);
  return batch.bytes;
}

// Converts channels last to channels first, and back.
std::vector<std::uint8_t> reorder(const std::vector<std::uint8_t>& bytes, PixelType type,
                                  bool to_last) {
  const std::size_t size = bytes_of(type), pixels = bytes.size() / size / 3;
  std::vector<std::uint8_t> reordered(bytes.size());
  for (std::size_t i = 0; i < 3 * pixels; ++i) {
    const std::size_t last = i * size, first = (i % 3 * pixels + i / 3) * size;
    std::copy_n(bytes.begin() + (to_last ? first : last), size,
                reordered.begin() + (to_last ? last : first));
  }
  return reordered;
}

void check_mixed(const Mix& mix, int outputs, Random& random) {
  for (const PixelType type : kTypes) {
    Views views = draw_views(random, outputs);
    std::vector<std::uint8_t> wanted =
        render_view(views.jobs[0], views.preprocessing, type, outputs).bytes;
    std::vector<std::uint8_t> partner =
        render_view(views.jobs[1], views.preprocessing, type, outputs).bytes;
    mix_views(mix, outputs, {partner.data(), type}, {wanted.data(), type});
    views.jobs[1].share = 1 - mix.weight;
    if (mix.pasted) views.jobs[1].pasted = *mix.pasted;
    CHECK(render_both(views, type, Layout::kChannelsLast, outputs) == wanted);
    CHECK(render_both(views, type, Layout::kChannelsFirst, outputs) ==
          reorder(wanted, type, false));
  }
}

}  // namespace

TEST("when a device mixes in a partner's job, then bytes equal those of mix_views") {
  Random random(31);
  for (const int outputs : {31, 48}) {
    // Powers of two, so that both 1 − λ and λ are exact.
    check_mixed({0.25f, std::nullopt}, outputs, random);
    check_mixed({0.8125f, std::nullopt}, outputs, random);
    check_mixed({0.9f, Region{3, 5, 17, 9}}, outputs, random);
    check_mixed({0.5f, Region{0, 0, outputs, outputs / 2}}, outputs, random);
  }
}

TEST("when a view was rendered elsewhere, then a device copies, mixes and clears it unchanged") {
  Random random(32);
  for (const int outputs : {31, 48}) {
    for (const PixelType type : kTypes) {
      const Views views = draw_views(random, outputs);
      std::vector<std::uint8_t> values =
          render_view(views.jobs[0], views.preprocessing, type, outputs).bytes;
      Job copy;
      copy.kind = JobKind::kCopy;
      copy.planes[0].samples = values.data();
      CHECK(render_view(copy, {}, type, outputs).bytes == values);
      CHECK(render_view(copy, {}, type, outputs, Layout::kChannelsFirst).bytes ==
            reorder(values, type, false));

      std::vector<std::uint8_t> wanted =
          render_view(views.jobs[1], views.preprocessing, type, outputs).bytes;
      mix_views({0.75f, std::nullopt}, outputs, {values.data(), type}, {wanted.data(), type});
      HostBatch batch = render_view(views.jobs[1], views.preprocessing, type, outputs);
      copy.share = 0.25f;
      render_on_host({copy}, {}, batch);
      CHECK(batch.bytes == wanted);

      render_on_host({Job{}}, {}, batch);
      CHECK(batch.bytes == std::vector<std::uint8_t>(batch.bytes.size()));
    }
  }
}

// Half a step of the type's precision, relative to the value.
float half_step(PixelType type) {
  if (type == PixelType::kBfloat16) return 0x1p-8f;
  return type == PixelType::kFloat16 ? 0x1p-11f : 0x1p-21f;
}

TEST("when levels are normalised on a device, then values are (level − mean) · scale, rounded") {
  constexpr int kSize = 5, kViews = 2, kValues = kViews * kSize * kSize * 3;
  Random random(33);
  std::vector<std::uint8_t> levels(kValues);
  for (std::uint8_t& level : levels) level = static_cast<std::uint8_t>(random.below(256));
  const Preprocessing preprocessing = draw_preprocessing(random);
  const Normalization by = normalization_of(preprocessing);
  HostDevice host;
  for (const PixelType type : kTypes) {
    for (const Layout layout : {Layout::kChannelsLast, Layout::kChannelsFirst}) {
      std::vector<std::uint8_t> bytes(kValues * bytes_of(type));
      host.make_queue()->normalize(levels.data(), kViews, by, {bytes.data(), type, layout, kSize});
      const std::vector<float> actual = to_floats(bytes, type);
      const bool is_last = layout == Layout::kChannelsLast;
      for (int i = 0; i < kValues; ++i) {
        const int c = i % 3, pixel = i / 3 % (kSize * kSize), view = i / 3 / (kSize * kSize);
        const int index = is_last ? i : (view * 3 + c) * kSize * kSize + pixel;
        const float value = (levels[i] - preprocessing.mean[c]) / preprocessing.std[c];
        const float wanted = type == PixelType::kUint8 ? levels[i] : value;
        CHECK_NEAR(actual[index], wanted, std::abs(wanted) * half_step(type) + 1e-6f);
      }
    }
  }
}

TEST("when the host device decodes files, then the planes of all equal JpegDecoder's") {
  std::vector<std::vector<std::uint8_t>> files;
  for (const Encoding& encoding : baseline_encodings()) {
    files.push_back(encode_jpeg(draw_picture(150, 90, static_cast<int>(files.size())), encoding));
  }
  files.emplace_back(files[0].begin(), files[0].begin() + 400);
  const Region wanted{20, 10, 70, 60};
  std::vector<EncodedImage> images(files.size());
  for (std::size_t i = 0; i < files.size(); ++i) {
    images[i].file = files[i];
    images[i].wanted = wanted;
  }
  HostDevice host;
  const auto queue = host.make_queue();
  const auto decoder = host.make_decoder();
  decoder->decode(images, *queue);
  CHECK(!images.back().decoded);
  JpegDecoder jpeg;
  for (std::size_t i = 0; i + 1 < files.size(); ++i) {
    CHECK(images[i].decoded);
    jpeg.open(files[i]);
    CHECK(host.takes(jpeg.traits()));
    const ImageView view = jpeg.decode(wanted, 1);
    CHECK(images[i].view.space == view.space);
    for (int c = 0; c < (view.space == ColorSpace::kYcc ? 3 : 1); ++c) {
      const Plane &actual = images[i].view.planes[c], &plane = view.planes[c];
      CHECK_EQUAL(actual.region.left, plane.region.left);
      CHECK_EQUAL(actual.stride, plane.stride);
      CHECK(actual.data != plane.data);
      CHECK(std::equal(plane.data, plane.data + plane.stride * plane.region.height, actual.data));
    }
  }
}

TEST("when a file is progressive, then the host device does not accept it") {
  Encoding encoding;
  encoding.progressive = true;
  const std::vector<std::uint8_t> file = encode_jpeg(draw_picture(150, 90), encoding);
  JpegDecoder jpeg;
  jpeg.open(file);
  CHECK(!HostDevice().takes(jpeg.traits()));
}
