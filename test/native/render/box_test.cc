// Boxes: views of a part equal those of a photo that was cut to it beforehand.
#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "core/base/image.h"
#include "core/base/output.h"
#include "core/base/random.h"
#include "core/decode/baseline.h"
#include "core/decode/jpeg.h"
#include "core/kernels/kernels.h"
#include "core/kernels/scan.h"
#include "core/recipe/canvas.h"
#include "core/recipe/recipe.h"
#include "core/render/render.h"
#include "support/check.h"
#include "support/images.h"

using namespace bobbin::core;
using bobbin::test::baseline_encodings;
using bobbin::test::draw_picture;
using bobbin::test::encode_jpeg;
using bobbin::test::Encoding;
using bobbin::test::Picture;

namespace {

constexpr int kSide = 33;  // No multiple of eight.
constexpr Region kBox{37, 21, 90, 71};

ImageView view_of(const std::vector<std::uint8_t>& rgb, int width, int height) {
  ImageView view{ColorSpace::kRgb, {}, width, height, 1};
  view.planes[0] = {rgb.data(), width * 3u, {0, 0, width, height}, width, height, false, false};
  return view;
}

// The pixels of a part of a whole RGB image.
std::vector<std::uint8_t> cut(const Plane& whole, const Region& part) {
  std::vector<std::uint8_t> rgb;
  for (int y = part.top; y < part.top + part.height; ++y) {
    const std::uint8_t* row = whole.row(y) + std::size_t{3} * part.left;
    rgb.insert(rgb.end(), row, row + std::size_t{3} * part.width);
  }
  return rgb;
}

struct Options {
  Augmentation augmentation;
  Preprocessing preprocessing{.resize = kSide + 4, .crop = kSide};
};

std::vector<Options> all_options() {
  std::vector<Options> all;
  for (const Crop crop : {Crop::kCenter, Crop::kTen, Crop::kRandom, Crop::kRandomResized}) {
    for (const Fit fit : {Fit::kCrop, Fit::kPad, Fit::kSquash}) {
      for (const FilterKind filter : {FilterKind::kBilinear, FilterKind::kBicubic}) {
        Options options;
        options.augmentation.crop = crop;
        options.augmentation.contrast = 0.5;
        options.preprocessing.fit = fit;
        options.preprocessing.filter = filter;
        all.push_back(options);
      }
    }
  }
  return all;
}

std::vector<Recipe> draw(const Options& options, const Photo& photo, std::uint64_t sample = 0) {
  std::vector<Recipe> recipes;
  draw_recipes(options.augmentation, options.preprocessing, {5, 1, sample}, photo, recipes);
  return recipes;
}

std::vector<float> render(const ImageView& view, const Recipe& recipe, const Options& options) {
  std::vector<float> output(std::size_t{3} * kSide * kSide);
  Renderer().render(view, {view.width, view.height, 1}, recipe, options.preprocessing,
                    {output.data(), PixelType::kFloat32});
  return output;
}

void check_region(const Region& actual, const Region& wanted) {
  CHECK_EQUAL(actual.left, wanted.left);
  CHECK_EQUAL(actual.top, wanted.top);
  CHECK_EQUAL(actual.width, wanted.width);
  CHECK_EQUAL(actual.height, wanted.height);
}

}  // namespace

TEST("when boxes have margins or reach past the photo, then whole pixels of the photo are seen") {
  constexpr int kFar = 1'000'000'000;
  struct Case {
    Region box;
    double margin;
    Region part;
  };
  for (const auto& [box, margin, part] :
       {Case{{10, 20, 30, 40}, 0, {10, 20, 30, 40}}, Case{{10, 20, 30, 40}, 0.1, {7, 16, 36, 48}},
        Case{{10, 20, 5, 5}, 0.1, {9, 19, 7, 7}}, Case{{10, 20, 30, 40}, 10, {0, 0, 100, 80}},
        Case{{-5, -5, 20, 20}, 0, {0, 0, 15, 15}}, Case{{90, 70, kFar, kFar}, 0, {90, 70, 10, 10}},
        Case{{-kFar, -kFar, 2 * kFar, 2 * kFar}, 10, {0, 0, 100, 80}}}) {
    check_region(part_of({100, 80, box}, margin), part);
  }
  check_region(part_of({100, 80}, 10), {0, 0, 100, 80});
  for (const Region box : {Region{100, 0, 5, 5}, {0, 80, 5, 5}, {-50, 0, 50, 10}, {0, -9, 10, 9}}) {
    CHECK_THROWS(part_of({100, 80, box}, 0), ImageError);
  }
}

TEST("when photos have a box, then recipes are those of the part, moved to its place") {
  for (const Options& options : all_options()) {
    for (std::uint64_t sample = 0; sample < 20; ++sample) {
      const std::vector<Recipe> boxed = draw(options, {203, 151, kBox}, sample);
      const std::vector<Recipe> alone = draw(options, {kBox.width, kBox.height}, sample);
      for (std::size_t i = 0; i < alone.size(); ++i) {
        const Window &window = boxed[i].window, &wanted = alone[i].window;
        CHECK_NEAR(window.left, wanted.left + kBox.left, 1e-9);
        CHECK_NEAR(window.top, wanted.top + kBox.top, 1e-9);
        CHECK_NEAR(window.width, wanted.width, 0);
        CHECK_NEAR(window.height, wanted.height, 0);
        check_region(boxed[i].filled(), alone[i].filled());
        check_region(*boxed[i].part, kBox);
        CHECK(!alone[i].part);
      }
    }
  }
}

TEST("when pixels are RGB, then those of a box equal those of a photo that was cut to it") {
  const Picture picture = draw_picture(203, 151);
  const ImageView whole = view_of(picture.rgb, picture.width, picture.height);
  const std::vector<std::uint8_t> part = cut(whole.planes[0], kBox);
  for (const Options& options : all_options()) {
    const std::vector<Recipe> boxed = draw(options, {203, 151, kBox});
    const std::vector<Recipe> alone = draw(options, {kBox.width, kBox.height});
    for (std::size_t i = 0; i < alone.size(); ++i) {
      // Positions in the whole photo are larger, and so less exact in their last bits.
      const std::vector<float> actual = render(whole, boxed[i], options);
      const std::vector<float> wanted =
          render(view_of(part, kBox.width, kBox.height), alone[i], options);
      for (std::size_t k = 0; k < wanted.size(); ++k) CHECK_NEAR(actual[k], wanted[k], 1e-2);
    }
  }
}

TEST("when a JPEG has a box, then pixels equal those of a decoded photo cut to it") {
  JpegDecoder decoder;
  for (Encoding encoding : baseline_encodings()) {
    encoding.quality = std::max(encoding.quality, 90);
    const auto file = encode_jpeg(draw_picture(203, 151), encoding);
    const ImageSize size = decoder.open(file);
    const std::vector<std::uint8_t> part =
        cut(decoder.decode_rgb({0, 0, size.width, size.height}, 1).planes[0], kBox);
    for (const Options& options : all_options()) {
      const Recipe boxed = draw(options, {203, 151, kBox})[0];
      const DecodePlan plan = plan_decode({&boxed, 1}, size);
      CHECK(plan.region.left >= kBox.left && plan.region.top >= kBox.top);
      CHECK(plan.region.left + plan.region.width <= kBox.left + kBox.width);
      CHECK(plan.region.top + plan.region.height <= kBox.top + kBox.height);
      decoder.open(file);
      const std::vector<float> actual = render(decoder.decode(plan.region, 1), boxed, options);
      const std::vector<float> wanted =
          render(view_of(part, kBox.width, kBox.height),
                 draw(options, {kBox.width, kBox.height})[0], options);
      double squares = 0;
      for (std::size_t k = 0; k < wanted.size(); ++k) squares += std::pow(actual[k] - wanted[k], 2);
      // Edges of saturated colours, which RGB clamps before the filter, differ by at most this.
      CHECK(10 * std::log10(255 * 255 / (squares / wanted.size())) > 40);
    }
  }
}

namespace {

int decoded_mcus = 0;

bool decode_and_count(Scan& scan, int count) {
  decoded_mcus += count;
  return all_kernels()[0]->decode_mcus(scan, count);
}

// How many MCUs of a 4:2:0 file are decoded for the central view of a photo.
int mcus_for(const Photo& photo) {
  const auto file = encode_jpeg(draw_picture(photo.width, photo.height));
  JpegDecoder opened;
  const ImageSize size = opened.open(file);
  Options options;
  options.preprocessing = {.resize = kSide, .crop = kSide, .fit = Fit::kPad};
  const DecodePlan plan = plan_decode(draw(options, photo), size);
  CHECK_EQUAL(plan.scale, 1);
  Kernels counting = *all_kernels()[0];
  counting.decode_mcus = decode_and_count;
  decoded_mcus = 0;
  std::array<Plane, 3> planes;
  CHECK(BaselineDecoder(counting).decode(*opened.baseline_frame(), plan.region, planes));
  return decoded_mcus;
}

}  // namespace

TEST("when a photo has a box, then the MCUs inside of it are decoded, and no others") {
  // 240 × 170 pixels are 15 × 11 MCUs of 16 × 16.
  CHECK_EQUAL(mcus_for({240, 170}), 15 * 11);
  CHECK_EQUAL(mcus_for({240, 170, Region{160, 96, 64, 48}}), 4 * 3);
  CHECK_EQUAL(mcus_for({240, 170, Region{159, 96, 64, 49}}), 5 * 4);
}
