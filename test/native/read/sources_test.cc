// Files and parts of shards: the same bytes from both, and errors before an allocation.
#include "core/read/sources.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <string>
#include <thread>
#include <vector>

#include "core/base/image.h"
#include "core/base/scratch.h"
#include "support/check.h"
#include "support/file_sources.h"
#include "support/images.h"

using namespace bobbin::core;
using bobbin::test::FileSources;
using bobbin::test::TemporaryFolder;

namespace {

std::string text_of(Sources& sources, std::uint64_t sample) {
  Bytes bytes;
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
  FileSources sources({shard, file}, {{0, 7, 3}, {1}, {0, 4, 3}, {0}});
  CHECK_EQUAL(sources.size(), 4u);
  CHECK_EQUAL(text_of(sources, 0), "two");
  CHECK_EQUAL(text_of(sources, 1), "file");
  CHECK_EQUAL(text_of(sources, 2), "one");
  CHECK_EQUAL(text_of(sources, 3), "headonetwo");
  CHECK_EQUAL(sources.name(0), shard + " at byte 7");
  CHECK_EQUAL(sources.name(1), file);
}

TEST("when paths are relative, then they start from the root, and .. removes a name") {
  const TemporaryFolder folder;
  const std::string outside = folder.write("c.jpg", {'o', 'u', 't'});
  const std::filesystem::path root = std::filesystem::path(outside).parent_path() / "root";
  std::filesystem::create_directories(root / "a");
  std::ofstream(root / "a" / "b.jpg") << "in";
  // The system would follow the link before it goes up.
  std::filesystem::create_directory_symlink("/", root / "link");
  FileSources sources({"a/b.jpg", "../c.jpg", "link/../a/b.jpg", outside, "a/gone..jpg"},
                      {{0}, {1}, {2}, {3}, {4}, {0, 1, 1}}, root);
  CHECK_EQUAL(text_of(sources, 0), "in");
  CHECK_EQUAL(text_of(sources, 1), "out");
  CHECK_EQUAL(text_of(sources, 2), "in");
  CHECK_EQUAL(text_of(sources, 3), "out");
  CHECK_EQUAL(sources.name(4), root / "a" / "gone..jpg");
  CHECK_EQUAL(sources.name(5), (root / "a" / "b.jpg").string() + " at byte 1");
}

TEST("when a part lies beyond its shard, then the error says so before an allocation") {
  const TemporaryFolder folder;
  const std::string shard = folder.write("a.tar", {1, 2, 3});
  const std::uint64_t huge = std::uint64_t{1} << 53;
  FileSources sources({shard}, {{0, 1, 3}, {0, 4, 1}, {0, 0, huge}, {0, huge, huge}});
  CHECK_EQUAL(reason_of(sources, 0), "file has 3 bytes, but 3 were expected from byte 1 on");
  CHECK_EQUAL(reason_of(sources, 1), "file has 3 bytes, but 1 were expected from byte 4 on");
  CHECK(reason_of(sources, 2).starts_with("file has 3 bytes"));
  CHECK(reason_of(sources, 3).starts_with("file has 3 bytes"));
}

TEST("when a file is missing, empty or of a special kind, then the reason is named at once") {
  const TemporaryFolder folder;
  const std::string empty = folder.write("empty", {});
  const std::string inside = std::filesystem::path(empty).parent_path();
  const std::string pipe = inside + "/pipe";
  CHECK_EQUAL(::mkfifo(pipe.c_str(), 0600), 0);
  const std::string socket = inside + "/socket";
  CHECK_EQUAL(::mknod(socket.c_str(), S_IFSOCK | 0600, 0), 0);
  FileSources sources({empty, inside, inside + "/gone", pipe, socket, "/dev/zero"},
                      {{0}, {1}, {2}, {2, 0, 5}, {3}, {4}, {5}, {3, 0, 5}});
  CHECK_EQUAL(reason_of(sources, 0), "file is empty");
  CHECK_EQUAL(reason_of(sources, 1), "a folder, not a regular file");
  CHECK_EQUAL(reason_of(sources, 2), "cannot read file: No such file or directory");
  CHECK_EQUAL(reason_of(sources, 3), "cannot read file: No such file or directory");
  CHECK_EQUAL(reason_of(sources, 4), "a pipe, not a regular file");
  CHECK_EQUAL(reason_of(sources, 5), "a socket or a device without a driver, not a regular file");
  CHECK_EQUAL(reason_of(sources, 6), "a device, not a regular file");
  CHECK_EQUAL(reason_of(sources, 7), "a pipe, not a regular file");
}

TEST("when the process may open no other file, then the run ends with the way out") {
  const TemporaryFolder folder;
  const std::string path = folder.write("a.jpg", {1, 2, 3});
  FileSources sources({path}, {{0}});
  Bytes bytes;
  rlimit limit{};
  CHECK_EQUAL(::getrlimit(RLIMIT_NOFILE, &limit), 0);
  const rlimit none{0, limit.rlim_max};
  CHECK_EQUAL(::setrlimit(RLIMIT_NOFILE, &none), 0);
  std::string message;
  try {
    sources.read(0, bytes);
  } catch (const LoaderError& error) {
    message = error.what();
  }
  CHECK_EQUAL(::setrlimit(RLIMIT_NOFILE, &limit), 0);
  CHECK_EQUAL(message, "Expected to open " + path +
                           " but the system refuses (Too many open files). Raise the limit of open "
                           "files (ulimit -n), or set `threads` lower");
}

TEST("when a file is far smaller than a rare large one, then the large memory is released") {
  const TemporaryFolder folder;
  const std::vector<std::uint8_t> large(2 * kMostKept);
  FileSources sources({folder.write("large", large), folder.write("small", {1, 2, 3})}, {{0}, {1}});
  Bytes bytes;
  sources.read(0, bytes);
  CHECK(std::ranges::equal(bytes, large));
  sources.read(1, bytes);
  CHECK_EQUAL(bytes.size(), 3u);
  CHECK(bytes.capacity() < kMostKept);
}

TEST("when there are more shards than may be open, then all are read and only a few stay open") {
  const TemporaryFolder folder;
  std::vector<std::string> paths;
  std::vector<Extent> extents;
  for (std::uint8_t i = 0; i < 200; ++i) {
    paths.push_back(folder.write(std::to_string(i), {0, i}));
    extents.push_back({i, 1, 1});
  }
  FileSources sources(paths, extents);
  const std::ptrdiff_t before = open_descriptors();
  std::vector<std::thread> threads;
  std::atomic<int> wrong = 0;
  for (int thread = 0; thread < 4; ++thread) {
    threads.emplace_back([&] {
      Bytes bytes;
      for (int round = 0; round < 3; ++round) {
        for (std::uint8_t i = 0; i < 200; ++i) {
          sources.read(i, bytes);
          wrong += bytes != Bytes{i};
        }
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  CHECK_EQUAL(wrong.load(), 0);
  CHECK_EQUAL(open_descriptors() - before, 128);
}

TEST("when a file is larger than an image may be, then it is refused before an allocation") {
  const TemporaryFolder folder;
  const std::string path = folder.write("sparse", {});
  std::filesystem::resize_file(path, (std::uintmax_t{1} << 30) + 1);
  FileSources sources({path}, {{0}});
  CHECK_EQUAL(reason_of(sources, 0), "has 1073741825 bytes, more than the 1073741824 allowed");
}

// The share of a file's part in the system's memory, 0…1, by mincore(2).
double share_in_memory(const std::string& path, std::size_t offset, std::size_t length) {
  const int file = ::open(path.c_str(), O_RDONLY);
  std::vector<unsigned char> pages((length + 4095) / 4096);
  void* const memory =
      ::mmap(nullptr, length, PROT_READ, MAP_SHARED, file, static_cast<off_t>(offset));
  ::mincore(memory, length, pages.data());
  ::munmap(memory, length);
  ::close(file);
  const auto present = std::ranges::count_if(pages, [](unsigned char page) { return page & 1; });
  return static_cast<double>(present) / static_cast<double>(pages.size());
}

void forget(const std::string& path) {
  const int file = ::open(path.c_str(), O_RDWR);
  ::fsync(file);
  ::posix_fadvise(file, 0, 0, POSIX_FADV_DONTNEED);
  ::close(file);
}

TEST("when reads had to wait for the disk, then the next samples are prefetched in file order") {
  const TemporaryFolder folder;
  const std::size_t mega = 1 << 20, part = 1 << 16;
  const std::string shard = folder.write("a.tar", std::vector<std::uint8_t>(4 * mega));
  const std::string file = folder.write("b.jpg", std::vector<std::uint8_t>(part));
  FileSources sources(
      {shard, file, "/gone"},
      {{0, 3 * mega, part}, {1}, {2, 0, 9}, {0, 2 * mega, part}, {0, 0, 4096}, {2}});
  std::vector<std::uint64_t> samples{0, 1, 2, 3, 5};
  sources.read_ahead(samples);
  CHECK_EQUAL(samples[0], 0u);
  const auto patience = std::chrono::steady_clock::now() + std::chrono::seconds(20);
  const auto wait = [&] {
    CHECK(std::chrono::steady_clock::now() < patience);
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  };
  Bytes bytes;
  // Repeatedly, because a fast disk may answer before the reader has to wait.
  while (samples[0] == 0) {
    wait();
    forget(shard);
    forget(file);
    if (share_in_memory(shard, 0, 4 * mega) > 0) {
      std::cout << "skipped: no disk is behind the temporary folder: nothing can be read ahead\n";
      return;
    }
    sources.read(4, bytes);
    CHECK_EQUAL(share_in_memory(shard, 2 * mega, part), 0);
    sources.read_ahead(samples);
  }
  CHECK(samples == std::vector<std::uint64_t>({3, 0, 1, 2, 5}));
  while (share_in_memory(file, 0, part) < 1 || share_in_memory(shard, 2 * mega, part) < 1 ||
         share_in_memory(shard, 3 * mega, part) < 1) {
    wait();
  }
}
