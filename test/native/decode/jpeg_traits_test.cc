// Traits of pictures encoded with various settings, and of other encoders' files.
#include "core/decode/jpeg_traits.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <fstream>
#include <iostream>
#include <iterator>
#include <string>
#include <vector>

#include "core/decode/jpeg.h"
#include "support/check.h"
#include "support/images.h"

using namespace bobbin::core;
using bobbin::test::draw_picture;
using bobbin::test::encode_jpeg;
using bobbin::test::Encoding;

namespace {

JpegTraits traits_of(const std::vector<std::uint8_t>& file) {
  JpegDecoder decoder;
  decoder.open(file);
  return decoder.traits();
}

JpegTraits traits_of(const Encoding& encoding) {
  return traits_of(encode_jpeg(draw_picture(70, 50), encoding));
}

// Replaces the frame's marker.
std::vector<std::uint8_t> with_frame_marker(std::vector<std::uint8_t> file, std::uint8_t marker) {
  const std::uint8_t baseline[] = {0xff, 0xc0};
  const auto frame = std::search(file.begin(), file.end(), baseline, baseline + 2);
  frame[1] = marker;
  return file;
}

std::vector<std::uint8_t> read_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

}  // namespace

TEST("when a baseline picture is opened, then its traits equal its encoder's settings") {
  for (const Encoding& encoding : bobbin::test::baseline_encodings()) {
    const JpegTraits traits = traits_of(encoding);
    CHECK_EQUAL(traits.width, 70);
    CHECK_EQUAL(traits.height, 50);
    CHECK_EQUAL(traits.components, encoding.grey ? 1 : 3);
    CHECK_EQUAL(traits.ycc, !encoding.grey);
    CHECK_EQUAL(traits.precision, 8);
    CHECK(!traits.progressive && !traits.arithmetic && !traits.several_scans);
    CHECK(traits.has_tables && traits.ends);
    CHECK_EQUAL(traits.across[0], encoding.grey ? 1 : encoding.horizontal_sampling);
    CHECK_EQUAL(traits.down[0], encoding.grey ? 1 : encoding.vertical_sampling);
    CHECK_EQUAL(traits.across[2], encoding.grey ? 0 : 1);
    CHECK_EQUAL(traits.down[2], encoding.grey ? 0 : 1);
  }
}

TEST("when a picture is progressive, scanned colour by colour or RGB, then its traits say so") {
  Encoding progressive, separate, rgb;
  progressive.progressive = true;
  separate.separate_scans = true;
  rgb.rgb = true;
  CHECK(traits_of(progressive).progressive && traits_of(progressive).several_scans);
  CHECK(!traits_of(separate).progressive && traits_of(separate).several_scans);
  CHECK(traits_of(progressive).has_tables && traits_of(separate).has_tables);
  CHECK_EQUAL(traits_of(rgb).components, 3);
  CHECK(!traits_of(rgb).ycc);
}

TEST("when the frame's marker means arithmetic coding, then the traits say so") {
  const auto file = encode_jpeg(draw_picture(70, 50));
  CHECK(traits_of(with_frame_marker(file, 0xc9)).arithmetic);
  CHECK(!traits_of(with_frame_marker(file, 0xc1)).arithmetic);
}

TEST(
    "when a file is cut behind its header or continues after its end marker, then `ends` is "
    "false") {
  const auto file = encode_jpeg(draw_picture(70, 50));
  for (std::size_t missing = 1; missing < 200; ++missing) {
    CHECK(!traits_of({file.begin(), file.end() - missing}).ends);
  }
  auto longer = file;
  longer.push_back(0);
  CHECK(!traits_of(longer).ends);
}

TEST("when JPEGs of other encoders are opened, then their traits match their names") {
  const std::string folder = BOBBIN_FIXTURES "/../../../shared/data/jpeg-odd/";
  if (!std::ifstream(folder + "container/truncated.jpg")) {
    std::cout << "skipped: there is no ../shared/data/jpeg-odd\n";
    return;
  }
  const auto of = [&](const char* name) { return traits_of(read_file(folder + name)); };
  CHECK_EQUAL(of("container/Channel_digital_image_CMYK_color.jpg").components, 4);
  CHECK_EQUAL(of("reference/ycck.jpg").components, 4);
  CHECK_EQUAL(of("reference/grayscale_16x24_sampling2x2.jpg").components, 1);
  CHECK_EQUAL(of("reference/grayscale_16x24_sampling2x2.jpg").down[0], 2);
  CHECK(of("reference/jpg-progressive.jpg").progressive);
  CHECK(!of("reference/rgb.jpg").ycc);
  CHECK(!of("reference/mjpeg.jpg").has_tables);
  CHECK(of("orientation/Portrait_6.jpg").has_tables && of("orientation/Portrait_6.jpg").ends);
  CHECK(!of("container/truncated.jpg").ends);
}
