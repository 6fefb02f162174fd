// A regular file that is open for reading at any offset.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

namespace bobbin::core {

// Any number of threads may read at once. Throws ImageError with the system's reason, or, if the
// system has no descriptor or memory left, LoaderError with the way out.
class File {
 public:
  explicit File(const std::string& path);
  ~File();
  File(const File&) = delete;
  File& operator=(const File&) = delete;

  // In bytes, when the file was opened.
  std::uint64_t size() const { return size_; }
  // Fills `bytes` from `offset` on. False if they were not in memory, or may not have been.
  bool read(std::uint64_t offset, std::span<std::uint8_t> bytes) const;
  // Lets the system fetch a range in the background; length 0 means all from `offset` on. Never
  // fails.
  void read_ahead(std::uint64_t offset, std::uint64_t length) const;

 private:
  int descriptor_;
  std::uint64_t size_ = 0;
};

}  // namespace bobbin::core
