// Row starts kept from epoch to epoch: for the same content only, within a bound, on any thread.
#include "core/decode/scan_index.h"

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <thread>
#include <vector>

#include "core/base/image.h"
#include "core/base/random.h"
#include "core/decode/jpeg.h"
#include "support/check.h"
#include "support/images.h"

using namespace bobbin::core;
using bobbin::test::draw_picture;
using bobbin::test::encode_jpeg;

namespace {

// Makes `count` starts; `variant` makes different ones.
std::vector<RowStart> make_starts(std::size_t rows, std::uint32_t variant) {
  std::vector<RowStart> starts;
  for (std::uint32_t i = 0; i < rows; ++i) starts.push_back({100 * i + variant, 3, {1, 2, 3}});
  return starts;
}

// The variant of what comes back; −1 if any of it is not what `variant` makes.
int known(const ScanIndex& index, std::uint64_t sample, std::uint64_t print,
          std::uint32_t variant) {
  std::vector<RowStart> starts = make_starts(5, 99);
  index.recall(sample, print, starts);
  for (std::size_t i = 0; i < starts.size(); ++i) {
    if (starts[i].byte != 100 * i + variant || starts[i].dc[2] != 3) return -1;
  }
  return static_cast<int>(starts.size());
}

}  // namespace

TEST("when rows are remembered, then they are recalled only for their sample and content") {
  ScanIndex index(10);
  CHECK_EQUAL(known(index, 3, 0, 0), 0);
  index.remember(3, 77, 20, make_starts(8, 1));
  CHECK_EQUAL(known(index, 3, 77, 1), 8);
  CHECK_EQUAL(known(index, 3, 78, 1), 0);
  CHECK_EQUAL(known(index, 4, 77, 1), 0);
  index.remember(3, 77, 20, make_starts(15, 1));
  index.remember(3, 77, 20, make_starts(6, 1));
  CHECK_EQUAL(known(index, 3, 77, 1), 15);
}

TEST("when a sample's content changes, then its new rows replace the old ones and no others") {
  ScanIndex index(10);
  index.remember(0, 1, 9, make_starts(9, 1));
  index.remember(1, 2, 9, make_starts(9, 2));
  for (const std::size_t rows : {4, 40}) {
    index.remember(0, rows, rows, make_starts(rows, 7));
    CHECK_EQUAL(known(index, 0, rows, 7), static_cast<int>(rows));
    CHECK_EQUAL(known(index, 0, 1, 1), 0);
    CHECK_EQUAL(known(index, 1, 2, 2), 9);
  }
}

TEST("when an index is full, then it keeps its content and remembers no more") {
  constexpr std::size_t kBytes = 4096;
  ScanIndex index(1000, kBytes);
  std::size_t held = 0;
  for (int sample = 0; sample < 1000; ++sample) index.remember(sample, 5, 30, make_starts(30, 4));
  for (int sample = 0; sample < 1000; ++sample) {
    const int rows = known(index, sample, 5, 4);
    CHECK(rows == 0 || rows == 30);
    held += rows;
  }
  CHECK(held > 0 && held * sizeof(RowStart) <= kBytes);
  CHECK_EQUAL(known(index, 0, 5, 4), 30);
}

TEST("when any byte of a file or its length changes, then its fingerprint changes") {
  for (const std::size_t size : {1, 63, 64, 65, 300}) {
    std::vector<std::uint8_t> file(size, 0);
    const std::uint64_t before = fingerprint(file);
    for (std::uint8_t& byte : file) {
      byte = 0x80;
      CHECK(fingerprint(file) != before);
      byte = 0;
    }
    CHECK_EQUAL(fingerprint(file), before);
    file.push_back(0);
    CHECK(fingerprint(file) != before);
  }
}

TEST("when two highest bits of a fingerprint's sum change, then they do not cancel out") {
  std::vector<std::uint8_t> file(1000, 0);
  const std::uint64_t before = fingerprint(file);
  file[7] = file[71] = 0x80;
  CHECK(fingerprint(file) != before);
}

TEST("when threads remember and recall the same samples, then each sees whole rows") {
  ScanIndex index(8);
  std::vector<std::thread> threads;
  std::atomic<int> wrong{0};
  for (std::uint32_t thread = 0; thread < 4; ++thread) {
    threads.emplace_back([&, thread] {
      Random random(thread);
      for (int i = 0; i < 2000; ++i) {
        const std::uint64_t sample = random.below(8);
        const std::uint32_t variant = random.below(3);
        index.remember(sample, variant, 20, make_starts(1 + random.below(20), variant));
        wrong += known(index, sample, variant, variant) < 0;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  CHECK_EQUAL(wrong.load(), 0);
}

TEST(
    "when parts of a file are decoded with an index, then pixels are those without, and rows "
    "stay") {
  const auto file = encode_jpeg(draw_picture(203, 151));
  ScanIndex index(1);
  JpegDecoder plain, indexed;
  Random random(3);
  for (int i = 0; i < 40; ++i) {
    const int left = random.below(203), top = random.below(151);
    const Region wanted{left, top, 1 + random.below(203 - left), 1 + random.below(151 - top)};
    plain.open(file), indexed.open(file);
    const ImageView one = plain.decode(wanted, 1), two = indexed.decode(wanted, 1, {&index, 0});
    for (int c = 0; c < 3; ++c) {
      const Plane &a = one.planes[c], &b = two.planes[c];
      CHECK_EQUAL(a.region.top, b.region.top);
      CHECK(std::equal(a.data, a.data + a.stride * a.region.height, b.data));
    }
  }
  std::vector<RowStart> starts;
  index.recall(0, fingerprint(file), starts);
  CHECK_EQUAL(starts.size(), 10u);
}
