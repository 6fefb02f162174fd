// Files and parts of shards: the same bytes from either, and errors before memory is asked for.
#include "core/sources.h"

#include <filesystem>
#include <thread>

#include "check.h"
#include "core/image.h"
#include "images.h"

using namespace bobbin::core;
using bobbin::test::TemporaryFolder;

namespace {

std::string text_of(Sources& sources, std::uint64_t sample) {
  std::vector<std::uint8_t> bytes;
  sources.read(sample, bytes);
  return {bytes.begin(), bytes.end()};
}

std::string reason_of(Sources& sources, std::uint64_t sample) {
  try {
    text_of(sources, sample);
  } catch (const ImageError& error) {
    return error.what();
  }
  return "";
}

std::ptrdiff_t open_descriptors() {
  const std::filesystem::directory_iterator entries("/proc/self/fd");
  return std::distance(begin(entries), end(entries));
}

}  // namespace

TEST("when samples are parts of a shard, then each is read at its offset") {
  const TemporaryFolder folder;
  const std::string shard =
      folder.write("a.tar", {'h', 'e', 'a', 'd', 'o', 'n', 'e', 't', 'w', 'o'});
  const std::string file = folder.write("b.jpg", {'f', 'i', 'l', 'e'});
  Sources sources({shard, file}, {{0, 7, 3}, {1}, {0, 4, 3}, {0}});
  CHECK_EQUAL(sources.size(), 4u);
  CHECK_EQUAL(text_of(sources, 0), "two");
  CHECK_EQUAL(text_of(sources, 1), "file");
  CHECK_EQUAL(text_of(sources, 2), "one");
  CHECK_EQUAL(text_of(sources, 3), "headonetwo");
  CHECK_EQUAL(sources.name(0), shard + " at byte 7");
  CHECK_EQUAL(sources.name(1), file);
}

TEST("when a part lies beyond its shard, then the error says so and no memory is taken for it") {
  const TemporaryFolder folder;
  const std::string shard = folder.write("a.tar", {1, 2, 3});
  const std::uint64_t huge = std::uint64_t{1} << 53;
  Sources sources({shard}, {{0, 1, 3}, {0, 4, 1}, {0, 0, huge}, {0, huge, huge}});
  CHECK_EQUAL(reason_of(sources, 0), "file has 3 bytes, but 3 were expected from byte 1 on");
  CHECK_EQUAL(reason_of(sources, 1), "file has 3 bytes, but 1 were expected from byte 4 on");
  CHECK(reason_of(sources, 2).starts_with("file has 3 bytes"));
  CHECK(reason_of(sources, 3).starts_with("file has 3 bytes"));
}

TEST("when a file is missing, empty or a folder, then the reason is named") {
  const TemporaryFolder folder;
  const std::string empty = folder.write("empty", {});
  const std::string inside = std::filesystem::path(empty).parent_path();
  Sources sources({empty, inside, inside + "/gone"}, {{0}, {1}, {2}, {2, 0, 5}});
  CHECK_EQUAL(reason_of(sources, 0), "file is empty");
  CHECK_EQUAL(reason_of(sources, 1), "not a regular file");
  CHECK_EQUAL(reason_of(sources, 2), "cannot read file: No such file or directory");
  CHECK_EQUAL(reason_of(sources, 3), "cannot read file: No such file or directory");
}

TEST("when there are more shards than may be open, then all are read and few stay open") {
  const TemporaryFolder folder;
  std::vector<std::string> paths;
  std::vector<Extent> extents;
  for (std::uint8_t i = 0; i < 200; ++i) {
    paths.push_back(folder.write(std::to_string(i), {0, i}));
    extents.push_back({i, 1, 1});
  }
  Sources sources(paths, extents);
  const std::ptrdiff_t before = open_descriptors();
  std::vector<std::thread> threads;
  std::atomic<int> wrong = 0;
  for (int thread = 0; thread < 4; ++thread) {
    threads.emplace_back([&] {
      std::vector<std::uint8_t> bytes;
      for (int round = 0; round < 3; ++round) {
        for (std::uint8_t i = 0; i < 200; ++i) {
          sources.read(i, bytes);
          wrong += bytes != std::vector<std::uint8_t>{i};
        }
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  CHECK_EQUAL(wrong.load(), 0);
  CHECK_EQUAL(open_descriptors() - before, 128);
}

TEST("when samples are read ahead, then they are sorted by place and nothing fails") {
  const TemporaryFolder folder;
  const std::string shard = folder.write("a.tar", std::vector<std::uint8_t>(100));
  Sources sources({shard, "/gone"}, {{0, 50, 9}, {1, 0, 9}, {0, 10, 9}, {1}, {0, 30, 900}});
  std::vector<std::uint64_t> samples{0, 1, 2, 3, 4};
  sources.read_ahead(samples);
  CHECK_EQUAL(samples[0], 2u);
  CHECK_EQUAL(samples[1], 4u);
  CHECK_EQUAL(samples[2], 0u);
}
