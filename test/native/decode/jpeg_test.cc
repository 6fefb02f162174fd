// Decoding: regions equal the full decode, damage is reported, and no byte outside the file is
// read.
#include "core/decode/jpeg.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>
#include <string>
#include <vector>

#include "core/base/image.h"
#include "core/base/random.h"
#include "core/decode/exif.h"
#include "support/check.h"
#include "support/images.h"

using namespace bobbin::core;
using bobbin::test::draw_picture;
using bobbin::test::encode_jpeg;
using bobbin::test::Encoding;

namespace {

std::vector<std::uint8_t> decode_all(JpegDecoder& decoder, const std::vector<std::uint8_t>& file,
                                     int scale) {
  const ImageSize size = decoder.open(file);
  const ImageView view = decoder.decode_rgb({0, 0, size.width, size.height}, scale);
  const Plane& plane = view.planes[0];
  CHECK_EQUAL(plane.region.width, view.width);
  CHECK_EQUAL(plane.region.height, view.height);
  return {plane.data, plane.data + plane.stride * view.height};
}

void check_region(JpegDecoder& decoder, const std::vector<std::uint8_t>& file,
                  const std::vector<std::uint8_t>& whole, const Region& wanted, int scale) {
  decoder.open(file);
  const ImageView view = decoder.decode_rgb(wanted, scale);
  const Region& region = view.planes[0].region;
  CHECK(region.left * scale <= wanted.left);
  CHECK(region.top * scale <= wanted.top);
  const int right = (wanted.left + wanted.width + scale - 1) / scale;
  const int bottom = (wanted.top + wanted.height + scale - 1) / scale;
  CHECK(region.left + region.width >= right);
  CHECK(region.top + region.height >= bottom);
  for (int y = wanted.top / scale; y < bottom; ++y) {
    const int left = wanted.left / scale;
    const std::uint8_t* part = view.planes[0].row(y) + (left - region.left) * 3;
    const std::uint8_t* full = whole.data() + (static_cast<std::size_t>(y) * view.width + left) * 3;
    CHECK(std::memcmp(part, full, (right - left) * 3) == 0);
  }
}

// A grey progressive file of `scans` arithmetic-coded scans, which are empty: every coefficient is
// 0.
std::vector<std::uint8_t> empty_scans(std::uint16_t side, int scans) {
  const auto high = static_cast<std::uint8_t>(side >> 8), low = static_cast<std::uint8_t>(side);
  const std::array<std::uint8_t, 7> begin = {0xff, 0xd8, 0xff, 0xdb, 0, 67, 0};
  std::vector<std::uint8_t> file(begin.size() + 64, 1);
  std::copy(begin.begin(), begin.end(), file.begin());
  for (const int byte : {0xff, 0xca, 0, 11, 8, +high, +low, +high, +low, 1, 1, 0x11, 0}) {
    file.push_back(static_cast<std::uint8_t>(byte));
  }
  for (int scan = 0; scan < scans; ++scan) {
    const std::uint8_t last = scan == 0 ? 0 : 63;
    const std::uint8_t from = scan == 0 ? 0 : 1;
    for (const int byte : {0xff, 0xda, 0, 8, 1, 1, 0, +from, +last, 0}) {
      file.push_back(static_cast<std::uint8_t>(byte));
    }
  }
  file.insert(file.end(), {0xff, 0xd9});
  return file;
}

std::string reason_of(const std::vector<std::uint8_t>& file) {
  JpegDecoder decoder;
  try {
    decode_all(decoder, file, 1);
  } catch (const ImageError& error) {
    return error.what();
  }
  return {};
}

// An Exif segment's payload: its name, a byte order of two letters, and the rest.
std::vector<std::uint8_t> exif(const std::string& order, const std::vector<std::uint8_t>& tail) {
  const std::string head = "Exif" + std::string(2, '\0') + order;
  std::vector<std::uint8_t> bytes(head.size() + tail.size());
  std::copy(tail.begin(), tail.end(), std::copy(head.begin(), head.end(), bytes.begin()));
  return bytes;
}

}  // namespace

TEST("when a region is decoded, then its pixels equal those of the whole image") {
  std::vector<Encoding> encodings(7);
  encodings[1].horizontal_sampling = encodings[1].vertical_sampling = 1;
  encodings[2].vertical_sampling = 1;
  encodings[3].horizontal_sampling = 1;
  encodings[4].grey = true;
  encodings[5].progressive = true;
  encodings[6].restart_interval = 3;
  JpegDecoder decoder;
  Random random(42);
  for (const Encoding& encoding : encodings) {
    const auto file = encode_jpeg(draw_picture(203, 151), encoding);
    for (const int scale : {1, 2, 4, 8}) {
      const auto whole = decode_all(decoder, file, scale);
      for (int i = 0; i < 40; ++i) {
        Region region;
        region.left = random.below(200);
        region.top = random.below(150);
        region.width = 1 + random.below(203 - region.left);
        region.height = 1 + random.below(151 - region.top);
        check_region(decoder, file, whole, region, scale);
      }
    }
  }
}

TEST("when a picture is decoded, then it is close to the encoded picture") {
  Encoding encoding;
  encoding.quality = 98;
  encoding.horizontal_sampling = encoding.vertical_sampling = 1;
  const auto picture = draw_picture(90, 60);
  JpegDecoder decoder;
  const auto decoded = decode_all(decoder, encode_jpeg(picture, encoding), 1);
  double squares = 0;
  for (std::size_t i = 0; i < decoded.size(); ++i) {
    const double difference = decoded[i] - picture.rgb[i];
    squares += difference * difference;
  }
  CHECK(squares / decoded.size() < 20);
}

TEST("when a file ends early, then it is refused if the missing part is wanted") {
  auto file = encode_jpeg(draw_picture(200, 200));
  file.resize(file.size() / 2);
  JpegDecoder decoder;
  decoder.open(file);
  CHECK_THROWS(decoder.decode({0, 0, 200, 200}, 1), ImageError);
  // The decoder still works, and decodes the part that exists.
  decoder.open(file);
  CHECK_EQUAL(decoder.decode_rgb({0, 0, 200, 30}, 1).planes[0].region.height, 30);
}

TEST("when only the end marker is missing, then the file is decoded") {
  auto file = encode_jpeg(draw_picture(64, 64));
  JpegDecoder decoder;
  const auto whole = decode_all(decoder, file, 1);
  file.erase(file.end() - 2, file.end());
  CHECK(decode_all(decoder, file, 1) == whole);
}

TEST("when a file of several scans ends between them, then it is refused") {
  std::vector<Encoding> encodings(2);
  encodings[0].progressive = true;
  encodings[1].separate_scans = true;
  for (const Encoding& encoding : encodings) {
    auto file = encode_jpeg(draw_picture(64, 64), encoding);
    CHECK(reason_of(file).empty());
    const std::uint8_t start_of_scan[] = {0xff, 0xda};
    const auto last = std::find_end(file.begin(), file.end(), start_of_scan, start_of_scan + 2);
    file.erase(last, file.end());
    CHECK_EQUAL(reason_of(file), "JPEG decoder: Premature end of JPEG file");
  }
}

TEST("when a file has too many scans for its size, then it is refused") {
  CHECK(reason_of(empty_scans(64, 500)).empty());
  CHECK_EQUAL(reason_of(empty_scans(64, 501)), "JPEG decoder: more than 500 scans");
  CHECK_EQUAL(reason_of(empty_scans(4096, 300)), "JPEG decoder: more than 128 scans");
}

TEST("when a header announces too many pixels, then it is refused before an allocation") {
  Encoding encoding;
  encoding.progressive = true;
  auto file = encode_jpeg(draw_picture(16, 16), encoding);
  const std::uint8_t start_of_frame[] = {0xff, 0xc2};
  const auto frame = std::search(file.begin(), file.end(), start_of_frame, start_of_frame + 2);
  std::fill(frame + 5, frame + 9, 0x7f);
  JpegDecoder decoder;
  const ImageSize size = decoder.open(file);
  CHECK_EQUAL(size.width, 0x7f7f);
  try {
    decoder.decode({0, 0, 16, 16}, 1);
    CHECK(false);
  } catch (const ImageError& error) {
    CHECK(std::string(error.what()).starts_with("image of 1065 megapixels exceeds the 67"));
  }
}

TEST("when bytes of a file are changed at random, then it is decoded or refused") {
  std::vector<Encoding> encodings(3);
  encodings[1].progressive = true;
  encodings[2].restart_interval = 2;
  JpegDecoder decoder;
  Random random(7);
  for (const Encoding& encoding : encodings) {
    const auto file = encode_jpeg(draw_picture(70, 50), encoding);
    int refused = 0;
    for (int i = 0; i < 400; ++i) {
      auto damaged = file;
      for (int change = random.below(6); change >= 0; --change) {
        damaged[random.below(static_cast<int>(damaged.size()))] = random.below(256);
      }
      try {
        const ImageSize size = decoder.open(damaged);
        const int width = std::min(size.width, 40), height = std::min(size.height, 40);
        decoder.decode({size.width - width, size.height - height, width, height}, 1);
      } catch (const ImageError&) {
        ++refused;
      }
    }
    CHECK(refused > 0 && refused < 400);
  }
}

TEST("when EXIF names an orientation, then it is read in either byte order") {
  const auto big = exif("MM", {0, 42, 0, 0, 0, 8, 0, 1, 1, 0x12, 0, 3, 0, 0, 0, 1, 0, 6, 0, 0});
  const auto little = exif("II", {42, 0, 8, 0, 0, 0, 1, 0, 0x12, 1, 3, 0, 1, 0, 0, 0, 6, 0, 0, 0});
  CHECK_EQUAL(exif_orientation(big), 6);
  CHECK_EQUAL(exif_orientation(little), 6);
}

TEST("when there are many APP1 segments, then the orientation is that of the EXIF among them") {
  auto file = encode_jpeg(draw_picture(16, 16));
  const auto big = exif("MM", {0, 42, 0, 0, 0, 8, 0, 1, 1, 0x12, 0, 3, 0, 0, 0, 1, 0, 6, 0, 0});
  std::vector<std::uint8_t> segments;
  for (int i = 0; i < 1000; ++i) segments.insert(segments.end(), {0xff, 0xe1, 0, 2});
  segments.insert(segments.end(), {0xff, 0xe1, 0, static_cast<std::uint8_t>(big.size() + 2)});
  segments.insert(segments.end(), big.begin(), big.end());
  segments.insert(segments.end(), {0xff, 0xe1, 0, 4, 'h', 't'});
  file.insert(file.begin() + 2, segments.begin(), segments.end());
  JpegDecoder decoder;
  CHECK_EQUAL(decoder.open(file).orientation, 6);
  const auto upright = encode_jpeg(draw_picture(16, 16));
  CHECK_EQUAL(decoder.open(upright).orientation, 1);
  for (const std::size_t size : {4u, 5u, 7u, 1000u, 4010u, 4030u}) {
    const std::vector<std::uint8_t> cut(file.begin(), file.begin() + size);
    CHECK_THROWS(decoder.open(cut), ImageError);
  }
}

TEST("when EXIF is cut, absurd or absent, then the image is taken as upright") {
  const auto whole = exif("MM", {0, 42, 0, 0, 0, 8, 0, 1, 1, 0x12, 0, 3, 0, 0, 0, 1, 0, 6, 0, 0});
  for (std::size_t size = 0; size < whole.size() - 2; ++size) {
    CHECK_EQUAL(exif_orientation({whole.data(), size}), 1);
  }
  const auto nine = exif("MM", {0, 42, 0, 0, 0, 8, 0, 1, 1, 0x12, 0, 3, 0, 0, 0, 1, 0, 9, 0, 0});
  CHECK_EQUAL(exif_orientation(nine), 1);
  const auto far =
      exif("MM", {0, 42, 0xff, 0xff, 0xff, 0xff, 0, 1, 1, 0x12, 0, 3, 0, 0, 0, 1, 0, 6});
  CHECK_EQUAL(exif_orientation(far), 1);
}
