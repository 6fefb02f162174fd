// Damage within the part that is used is refused, with its place; what sound files may have is not.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "core/base/image.h"
#include "core/base/random.h"
#include "core/decode/jpeg.h"
#include "core/decode/scan_index.h"
#include "support/check.h"
#include "support/images.h"

using namespace bobbin::core;
using bobbin::test::baseline_encodings;
using bobbin::test::draw_picture;
using bobbin::test::encode_jpeg;
using bobbin::test::Encoding;

namespace {

constexpr int kWidth = 320, kHeight = 240;

using File = std::vector<std::uint8_t>;

constexpr const char* kNoReason = "none";

// Why a part is refused; kNoReason if it is decoded.
std::string reason(const File& file, const Region& wanted, int scale = 1,
                   const IndexedSample& indexed = {}) {
  JpegDecoder decoder;
  try {
    decoder.open(file);
    decoder.decode(wanted, scale, indexed);
    return kNoReason;
  } catch (const ImageError& error) {
    return error.what();
  }
}

std::string reason(const File& file, int scale = 1) {
  return reason(file, {0, 0, kWidth, kHeight}, scale);
}

std::string check_reason(const File& file) {
  JpegDecoder decoder;
  try {
    decoder.open(file);
    decoder.check();
    return kNoReason;
  } catch (const ImageError& error) {
    return error.what();
  }
}

// A third of the file, from its middle on, is replaced by random bytes without FF, so that the
// segments stay as they are.
File with_random_middle(File file, std::uint64_t seed) {
  Random random(seed);
  const std::size_t third = file.size() / 3;
  for (std::size_t i = 0; i < third; ++i) {
    file[file.size() / 2 + i] = static_cast<std::uint8_t>(random.below(255));
  }
  return file;
}

// The encodings whose codes Bobbin's decoder reads: those that it decodes, and unusual samplings.
std::vector<Encoding> huffman_encodings() {
  std::vector<Encoding> encodings = baseline_encodings();
  encodings.resize(encodings.size() + 3);
  encodings[encodings.size() - 3].horizontal_sampling = 4;
  encodings[encodings.size() - 2].vertical_sampling = 4;
  encodings[encodings.size() - 1].rgb = true;
  return encodings;
}

// A file whose restart intervals are five MCUs, and where the first marker begins.
File with_restarts(std::size_t& marker) {
  Encoding encoding;
  encoding.restart_interval = 5;
  File file = encode_jpeg(draw_picture(kWidth, kHeight), encoding);
  constexpr std::uint8_t kFirst[] = {0xff, 0xd0};
  const auto found = std::search(file.begin(), file.end(), kFirst, kFirst + 2);
  CHECK(found != file.end());
  marker = static_cast<std::size_t>(found - file.begin());
  return file;
}

File insert(File file, std::size_t at, const File& bytes) {
  file.insert(file.begin() + static_cast<std::ptrdiff_t>(at), bytes.begin(), bytes.end());
  return file;
}

}  // namespace

TEST("when codes are damaged, then any sampling is refused at any scale, but not the part above") {
  for (const Encoding& encoding : huffman_encodings()) {
    const File sound = encode_jpeg(draw_picture(kWidth, kHeight), encoding);
    CHECK_EQUAL(reason(sound), kNoReason);
    CHECK_EQUAL(check_reason(sound), kNoReason);
    for (std::uint64_t seed = 0; seed < 20; ++seed) {
      const File damaged = with_random_middle(sound, seed);
      const std::string found = reason(damaged);
      CHECK(found.starts_with("damaged JPEG: ") && found.find("MCU row") != std::string::npos);
      CHECK(reason(damaged, 8).starts_with("damaged JPEG: "));
      CHECK_EQUAL(check_reason(damaged), found);
      CHECK_EQUAL(reason(damaged, {40, 0, 200, 60}), kNoReason);
    }
  }
}

TEST("when rows of a damaged file are known, then the reasons for all its parts stay the same") {
  const File damaged = with_random_middle(encode_jpeg(draw_picture(kWidth, kHeight)), 3);
  Random random(5);
  ScanIndex index(1);
  int refused = 0;
  for (int i = 0; i < 200; ++i) {
    Region part{random.below(kWidth), random.below(kHeight), 0, 0};
    part.width = 1 + random.below(kWidth - part.left);
    part.height = 1 + random.below(kHeight - part.top);
    const int scale = random.below(2) == 0 ? 1 : 8;
    const std::string found = reason(damaged, part, scale);
    CHECK_EQUAL(reason(damaged, part, scale, {&index, 0}), found);
    refused += found != kNoReason;
  }
  CHECK(refused > 20 && refused < 180);
}

TEST("when a file ends early or its levels run away, then the reason says so") {
  Encoding grey;
  grey.grey = true;
  const File sound = encode_jpeg(draw_picture(kWidth, kHeight), grey);
  CHECK_EQUAL(reason({sound.begin(), sound.begin() + sound.size() / 2}).substr(0, 40),
              "damaged JPEG: data ends too early in MCU");
  // The last of several coarse steps leaves the levels that eight bits can have.
  File coarse = sound;
  constexpr std::uint8_t kTables[] = {0xff, 0xdb};
  const auto tables = std::search(coarse.begin(), coarse.end(), kTables, kTables + 2);
  Random random(1);
  std::string levels;
  for (int i = 0; i < 200 && levels.empty(); ++i) {
    File damaged = sound;
    damaged[tables - coarse.begin() + 5] = 255;
    damaged[damaged.size() / 2 + random.below(100)] ^= 1u << random.below(8);
    const std::string found = reason(damaged);
    if (found.starts_with("damaged JPEG: a level")) levels = found;
  }
  CHECK(levels.starts_with("damaged JPEG: a level that no picture has in MCU row "));
}

TEST("when restart markers have fill bytes or padding before them, then nothing changes") {
  std::size_t marker = 0;
  const File file = with_restarts(marker);
  JpegDecoder decoder, other;
  decoder.open(file);
  const ImageView wanted = decoder.decode({0, 0, kWidth, kHeight}, 1);
  for (const File& bytes :
       {File{0xff}, File{0xff, 0xff, 0xff}, File{0}, File(15, 0), File{0xff, 0, 0xff, 0}}) {
    const File padded = insert(file, marker, bytes);
    other.open(padded);
    const ImageView view = other.decode({0, 0, kWidth, kHeight}, 1);
    CHECK(view.space == ColorSpace::kYcc);
    for (int c = 0; c < 3; ++c) {
      const Plane& plane = wanted.planes[c];
      CHECK(std::equal(plane.data, plane.data + plane.stride * plane.region.height,
                       view.planes[c].data));
    }
  }
}

TEST("when an interval has other bytes left, or its marker is missing, then it is refused") {
  std::size_t marker = 0;
  const File file = with_restarts(marker);
  CHECK_EQUAL(
      reason(insert(file, marker, {1, 2, 3, 4})),
      "damaged JPEG: too much data before a restart marker in MCU row 1 of 15, pixel rows 0 "
      "to 15");
  File missing = file;
  missing[marker + 1] = 0;
  CHECK_EQUAL(reason(missing),
              "damaged JPEG: missing restart marker in MCU row 1 of 15, pixel rows 0 to 15");
  // A part that needs no later interval is decoded.
  const File cut(file.begin(), file.begin() + static_cast<std::ptrdiff_t>(file.size() / 2));
  CHECK_EQUAL(reason(cut, {0, 0, kWidth, 16}), kNoReason);
  CHECK(reason(cut) != kNoReason);
}

TEST("when a Huffman table has symbols that 8-bit files do not need, then libjpeg decodes") {
  File file = encode_jpeg(draw_picture(kWidth, kHeight));
  // The last symbol of the first AC table of Annex K: fifteen zeros and ten bits.
  constexpr std::uint8_t kTable[] = {0xff, 0xc4, 0, 181, 0x10};
  const auto table = std::search(file.begin(), file.end(), kTable, kTable + 5);
  CHECK(table != file.end() && table[4 + 16 + 162] == 0xfa);
  table[4 + 16 + 162] = 0x0b;  // A value of eleven bits.
  JpegDecoder decoder;
  decoder.open(file);
  CHECK(decoder.decode({0, 0, kWidth, kHeight}, 1).space == ColorSpace::kRgb);
}

TEST("when bytes are left between the scans of a progressive file, then it is refused") {
  Encoding encoding;
  encoding.progressive = true;
  File file = encode_jpeg(draw_picture(kWidth, kHeight), encoding);
  constexpr std::uint8_t kTable[] = {0xff, 0xc4};
  const auto last = std::find_end(file.begin(), file.end(), kTable, kTable + 2);
  const File left = insert(file, static_cast<std::size_t>(last - file.begin()), File(40, 0x55));
  CHECK(reason(left).ends_with("extraneous bytes before marker 0xc4"));
  CHECK_EQUAL(check_reason(left), reason(left));
  // Many sound files have some behind their last scan.
  CHECK_EQUAL(reason(insert(file, file.size() - 2, File(40, 0x55))), kNoReason);
  CHECK_EQUAL(check_reason(file), kNoReason);
}
