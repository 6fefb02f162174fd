// Compares Bobbin's decoder with libjpeg-turbo: coefficients to the bit, pixels within a bound.
#include "core/decode/baseline.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <optional>
#include <span>
#include <vector>

#include "core/base/image.h"
#include "core/base/output.h"
#include "core/base/random.h"
#include "core/decode/baseline_frame.h"
#include "core/decode/jpeg.h"
#include "core/decode/scan_index.h"
#include "core/kernels/kernels.h"
#include "core/recipe/recipe.h"
#include "core/render/render.h"
#include "fuzz/reference.h"
#include "support/check.h"
#include "support/images.h"

// clang-format off: jpeglib.h needs <cstdio> before it.
#include <jpeglib.h>
// clang-format on

using namespace bobbin::core;
using bobbin::test::baseline_encodings;
using bobbin::test::decode_raw;
using bobbin::test::draw_picture;
using bobbin::test::encode_jpeg;
using bobbin::test::Encoding;
using bobbin::test::RawPlane;

namespace {

// Whether a file's scan is refused, over the wanted region.
bool refuses(BaselineDecoder& decoder, const BaselineFrame& frame, const Region& wanted) {
  std::array<Plane, 3> planes;
  try {
    CHECK(decoder.decode(frame, wanted, planes));
    return false;
  } catch (const ImageError&) {
    return true;
  }
}

// The number of blocks that differ from libjpeg's.
int differing_blocks(const std::vector<std::uint8_t>& file) {
  JpegDecoder opened;
  opened.open(file);
  const std::optional<BaselineFrame> frame = opened.baseline_frame();
  CHECK(frame.has_value());
  jpeg_decompress_struct info{};
  jpeg_error_mgr errors{};
  info.err = jpeg_std_error(&errors);
  jpeg_create_decompress(&info);
  jpeg_mem_src(&info, file.data(), file.size());
  jpeg_read_header(&info, TRUE);
  jvirt_barray_ptr* arrays = jpeg_read_coefficients(&info);
  int differing = 0;
  const bool read =
      BaselineDecoder().visit(*frame, [&](int c, int x, int y, const std::int16_t* values) {
        const jpeg_component_info& component = info.comp_info[c];
        if (x >= static_cast<int>(component.width_in_blocks) ||
            y >= static_cast<int>(component.height_in_blocks)) {
          return;
        }
        JBLOCKARRAY rows = info.mem->access_virt_barray(reinterpret_cast<j_common_ptr>(&info),
                                                        arrays[c], y, 1, FALSE);
        differing += !std::equal(values, values + 64, rows[0][x]);
      });
  jpeg_destroy_decompress(&info);
  CHECK(read);
  return differing;
}

// The number of samples that differ from libjpeg's before chroma is upsampled.
int differing_samples(const std::vector<std::uint8_t>& file, const Kernels& kernels) {
  JpegDecoder opened;
  const ImageSize size = opened.open(file);
  const std::optional<BaselineFrame> frame = opened.baseline_frame();
  std::array<Plane, 3> planes;
  BaselineDecoder decoder(kernels);
  CHECK(frame && decoder.decode(*frame, {0, 0, size.width, size.height}, planes));
  const std::vector<RawPlane> raw = decode_raw(file).planes;
  CHECK_EQUAL(static_cast<int>(raw.size()), frame->components);
  int differing = 0;
  for (std::size_t c = 0; c < raw.size(); ++c) {
    for (int y = 0; y < planes[c].height; ++y) {
      const std::uint8_t* wanted = raw[c].samples.data() + y * raw[c].stride;
      for (int x = 0; x < planes[c].width; ++x) differing += planes[c].row(y)[x] != wanted[x];
    }
  }
  return differing;
}

std::vector<float> render(JpegDecoder& decoder, const std::vector<std::uint8_t>& file,
                          const Window& window, bool planes) {
  const ImageSize size = decoder.open(file);
  Recipe recipe;
  recipe.window = window;
  recipe.size = 33;  // No multiple of eight.
  const DecodePlan plan = plan_decode({&recipe, 1}, size);
  const ImageView view =
      planes ? decoder.decode(plan.region, 1) : decoder.decode_rgb(plan.region, 1);
  CHECK(!planes || view.space != ColorSpace::kRgb);
  std::vector<float> output(33 * 33 * 3);
  Renderer().render(view, size, recipe, {}, {output.data(), PixelType::kFloat32});
  return output;
}

}  // namespace

TEST("when baseline files of each sampling are decoded, then coefficients equal libjpeg's") {
  for (const Encoding& encoding : baseline_encodings()) {
    for (const int width : {1, 5, 64, 203}) {
      CHECK_EQUAL(differing_blocks(encode_jpeg(draw_picture(width, 151), encoding)), 0);
    }
  }
}

TEST("when the kernels of any machine decode planes, then samples equal libjpeg's, to the bit") {
  for (const Encoding& encoding : baseline_encodings()) {
    const auto file = encode_jpeg(draw_picture(203, 151), encoding);
    for (const Kernels* kernels : all_kernels()) {
      CHECK_EQUAL(differing_samples(file, *kernels), 0);
    }
  }
}

TEST("when starts of rows are known, then the samples of any part do not change") {
  Random random(11);
  for (const Encoding& encoding : baseline_encodings()) {
    const auto file = encode_jpeg(draw_picture(203, 151), encoding);
    JpegDecoder opened;
    opened.open(file);
    const BaselineFrame frame = *opened.baseline_frame();
    for (const Kernels* kernels : all_kernels()) {
      std::vector<RowStart> starts;
      BaselineDecoder plain(*kernels), knowing(*kernels);
      const auto compare = [&](const Region& wanted) {
        std::array<Plane, 3> one, two;
        CHECK(plain.decode(frame, wanted, one));
        CHECK(knowing.decode(frame, wanted, two, starts));
        for (int c = 0; c < frame.components; ++c) {
          const std::size_t bytes = one[c].stride * one[c].region.height;
          CHECK(std::equal(one[c].data, one[c].data + bytes, two[c].data));
        }
      };
      for (int i = 0; i < 20; ++i) {
        const int left = random.below(203), top = random.below(151);
        compare({left, top, 1 + random.below(203 - left), 1 + random.below(151 - top)});
      }
      compare({0, 0, 203, 151});
      CHECK_EQUAL(static_cast<int>(starts.size()),
                  frame.restart_interval > 0 ? 0 : frame.mcus_down());
    }
  }
}

TEST("when a row's start is known, then the rows before it are not read") {
  const auto file = encode_jpeg(draw_picture(70, 50));
  JpegDecoder opened;
  opened.open(file);
  BaselineFrame frame = *opened.baseline_frame();
  BaselineDecoder decoder;
  std::array<Plane, 3> planes;
  std::vector<RowStart> starts;
  CHECK(decoder.decode(frame, {0, 0, 70, 50}, planes, starts));
  std::vector<std::uint8_t> scan(frame.scan.begin(), frame.scan.end());
  std::fill_n(scan.begin(), starts[2].byte, 0xff);
  frame.scan = scan;
  CHECK(decoder.decode(frame, {0, 32, 70, 18}, planes, starts));
  CHECK(refuses(decoder, frame, {0, 32, 70, 18}));
}

TEST("when planes are rendered, then pixels equal those of a decode to RGB within rounding") {
  JpegDecoder decoder;
  Random random(5);
  for (Encoding encoding : baseline_encodings()) {
    encoding.quality = std::max(encoding.quality, 90);
    const auto file = encode_jpeg(draw_picture(203, 151), encoding);
    for (int i = 0; i < 20; ++i) {
      Window window;
      window.width = random.uniform(10, 203), window.height = random.uniform(10, 151);
      window.left = random.uniform(0, 203 - window.width);
      window.top = random.uniform(0, 151 - window.height);
      const auto fast = render(decoder, file, window, true);
      const auto plain = render(decoder, file, window, false);
      double squares = 0;
      for (std::size_t k = 0; k < plain.size(); ++k) {
        squares += (fast[k] - plain[k]) * (fast[k] - plain[k]);
      }
      // Edges of saturated colours, which RGB clamps before the filter, differ by at most this.
      CHECK(10 * std::log10(255 * 255 / (squares / plain.size())) > 40);
    }
  }
}

TEST("when a scan is cut anywhere, then it is refused and never read past its end") {
  const auto file = encode_jpeg(draw_picture(70, 50));
  JpegDecoder opened;
  opened.open(file);
  BaselineFrame frame = *opened.baseline_frame();
  const std::span<const std::uint8_t> scan = frame.scan;
  BaselineDecoder decoder;
  for (std::size_t size = 0; size + 4 < scan.size(); size += 3) {
    const std::vector<std::uint8_t> part(scan.begin(), scan.begin() + size);
    frame.scan = part;
    CHECK(refuses(decoder, frame, {0, 0, 70, 50}));
  }
}

TEST("when a skipped block has more runs of zeros than fit, then the scan is refused") {
  BaselineFrame frame;
  frame.width = 16, frame.height = 8, frame.components = 1, frame.planar = true;
  BaselineFrame::Component& grey = frame.component[0];
  grey.quantization.fill(1);
  // 0: no difference; 0: sixteen zeros, 10: end of block.
  grey.dc_codes.counts[1] = grey.ac_codes.counts[1] = grey.ac_codes.counts[2] = 1;
  grey.ac_codes.symbols[0] = 0xf0;
  // Eight runs, where four are one zero too many, and a sound block.
  const std::vector<std::uint8_t> scan = {0b00000000, 0b00100000};
  frame.scan = scan;
  for (const Kernels* kernels : all_kernels()) {
    BaselineDecoder decoder(*kernels);
    CHECK(refuses(decoder, frame, {8, 0, 8, 8}));
  }
}
