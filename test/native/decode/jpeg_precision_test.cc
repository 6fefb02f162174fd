// Files of 12 bits a sample and lossless ones, which another program encoded
// (test/fixtures/make_jpeg.py): the pixels are those of the drawn picture. libjpeg-turbo before
// version 3 refuses them.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "core/base/image.h"
#include "core/base/random.h"
#include "core/decode/jpeg.h"
#include "core/decode/jpeg_rows.h"
#include "support/check.h"

using namespace bobbin::core;

namespace {

constexpr int kWidth = 43, kHeight = 29;

struct Kind {
  std::string name;
  int bits;
  bool grey;
  bool lossless() const { return name.starts_with("lossless"); }
};

const std::vector<Kind> kKinds = {
    {"lossy12", 12, false},        {"lossy12-progressive", 12, false},
    {"lossy12-grey", 12, true},    {"lossless2-grey", 2, true},
    {"lossless8", 8, false},       {"lossless8-grey", 8, true},
    {"lossless12", 12, false},     {"lossless16", 16, false},
    {"lossless16-grey", 16, true}, {"lossless16-scans", 16, false},
};

std::vector<std::uint8_t> read(const Kind& kind) {
  const std::string path = std::string(BOBBIN_FIXTURES) + "/jpeg/" + kind.name + ".jpg";
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

// The drawn level of a colour: a fraction of the largest one, as the file's bits store it, in
// 255ths.
int drawn(const Kind& kind, int x, int y, int color) {
  const int most = (1 << kind.bits) - 1;
  const int across = x * most / (kWidth - 1), down = y * most / (kHeight - 1);
  const int both = (x + y) * most / (kWidth + kHeight - 2);
  const int level = kind.grey || color == 2 ? both : color == 0 ? across : down;
  return static_cast<int>(255.0 * level / most + 0.5);
}

std::string reason_of(JpegDecoder& decoder, const std::vector<std::uint8_t>& file, bool checks) {
  try {
    const ImageSize size = decoder.open(file);
    const int width = std::min(size.width, 64), height = std::min(size.height, 64);
    if (checks) {
      decoder.check();
    } else {
      decoder.decode({size.width - width, size.height - height, width, height}, 1);
    }
  } catch (const ImageError& error) {
    return error.what();
  }
  return {};
}

}  // namespace

TEST(
    "when a file has other samples than 8 bits, then its pixels are the picture's, or the reason "
    "names the library") {
  JpegDecoder decoder;
  for (const Kind& kind : kKinds) {
    const auto file = read(kind);
    const std::string reason = reason_of(decoder, file, true);
    if (!kReadsAllPrecisions) {
      CHECK(reason.ends_with(", which libjpeg-turbo 3 reads"));
      continue;
    }
    CHECK(reason.empty());
    decoder.open(file);
    CHECK_EQUAL(decoder.traits().precision, kind.bits);
    CHECK_EQUAL(decoder.traits().lossless, kind.lossless());
    const ImageView view = decoder.decode({0, 0, kWidth, kHeight}, 1);
    const int allowed = kind.lossless() ? 0 : 6;
    for (int y = 0; y < kHeight; ++y) {
      for (int i = 0; i < kWidth * 3; ++i) {
        CHECK(std::abs(view.planes[0].row(y)[i] - drawn(kind, i / 3, y, i % 3)) <= allowed);
      }
    }
  }
}

TEST("when a part of such a file is decoded, then its pixels equal those of the whole image") {
  if (!kReadsAllPrecisions) return;
  JpegDecoder decoder, other;
  Random random(3);
  for (const Kind& kind : kKinds) {
    const auto file = read(kind);
    for (const int scale : {1, 2, 4, 8}) {
      other.open(file);
      const ImageView whole = other.decode({0, 0, kWidth, kHeight}, scale);
      CHECK_EQUAL(whole.scale, kind.lossless() ? 1 : scale);
      for (int i = 0; i < 30; ++i) {
        Region wanted;
        wanted.left = random.below(kWidth), wanted.top = random.below(kHeight);
        wanted.width = 1 + random.below(kWidth - wanted.left);
        wanted.height = 1 + random.below(kHeight - wanted.top);
        decoder.open(file);
        const ImageView view = decoder.decode(wanted, scale);
        CHECK_EQUAL(view.width, whole.width);
        CHECK_EQUAL(view.height, whole.height);
        const Region& region = view.planes[0].region;
        CHECK(region.left * view.scale <= wanted.left && region.top * view.scale <= wanted.top);
        CHECK((region.left + region.width) * view.scale >= wanted.left + wanted.width);
        CHECK((region.top + region.height) * view.scale >= wanted.top + wanted.height);
        const int left = wanted.left / view.scale;
        const int right = (wanted.left + wanted.width + view.scale - 1) / view.scale;
        for (int y = wanted.top / view.scale; y < region.top + region.height; ++y) {
          const std::uint8_t* part = view.planes[0].row(y) + (left - region.left) * 3;
          CHECK(std::equal(part, part + (right - left) * 3, whole.planes[0].row(y) + left * 3));
        }
      }
    }
  }
}

TEST("when such a file is cut or changed at random, then it is decoded or refused") {
  JpegDecoder decoder;
  Random random(5);
  for (const Kind& kind : kKinds) {
    auto cut = read(kind);
    cut.resize(cut.size() / 2);
    CHECK(!reason_of(decoder, cut, false).empty());
    const auto file = read(kind);
    int refused = 0;
    for (int i = 0; i < 300; ++i) {
      auto damaged = file;
      for (int change = random.below(6); change >= 0; --change) {
        const int place = random.below(static_cast<int>(damaged.size()));
        damaged[place] = static_cast<std::uint8_t>(random.below(256));
      }
      refused += !reason_of(decoder, damaged, i % 2 == 0).empty();
    }
    CHECK(refused > 0);
  }
}

TEST("when a lossless file announces too many pixels, then it is refused before an allocation") {
  auto file = read(kKinds[4]);
  const std::uint8_t start_of_frame[] = {0xff, 0xc3};
  const auto frame = std::search(file.begin(), file.end(), start_of_frame, start_of_frame + 2);
  std::fill(frame + 5, frame + 9, 0x7f);
  JpegDecoder decoder;
  const std::string reason = reason_of(decoder, file, false);
  CHECK(reason.starts_with(kReadsAllPrecisions ? "image of 1065 megapixels exceeds the 67"
                                               : "JPEG decoder: Unsupported JPEG process"));
}
