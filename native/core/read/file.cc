// Plain POSIX reading: as few calls as the system allows.
#include "core/read/file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <system_error>

#include "core/base/image.h"

namespace bobbin::core {
namespace {

std::string system_reason() { return std::generic_category().message(errno); }

ImageError system_error() { return ImageError("cannot read file: " + system_reason()); }

[[noreturn]] void fail_to_open(const std::string& path) {
  // These say nothing about the file.
  if (errno == EMFILE || errno == ENFILE || errno == ENOMEM) {
    throw LoaderError("Expected to open " + path + " but the system refuses (" + system_reason() +
                      "). Raise the limit of open files (ulimit -n), or set `threads` lower");
  }
  if (errno == ENXIO) throw ImageError("a socket or a device without a driver, not a regular file");
  throw system_error();
}

// What a file is that has no bytes of its own to read.
ImageError special(mode_t mode) {
  const char* kind = S_ISDIR(mode)    ? "a folder"
                     : S_ISFIFO(mode) ? "a pipe"
                     : S_ISSOCK(mode) ? "a socket"
                                      : "a device";
  return ImageError(std::string(kind) + ", not a regular file");
}

// Whether a read that may not wait has no answer. Linux 5.9 and 5.10 also return 0 instead of
// waiting: preadv2(2), bugs.
bool would_wait(ssize_t got) {
  return got == 0 || (got < 0 && (errno == EAGAIN || errno == EOPNOTSUPP));
}

}  // namespace

// Without O_NONBLOCK, opening a pipe would wait for a writer.
File::File(const std::string& path)
    : descriptor_(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)) {
  if (descriptor_ < 0) fail_to_open(path);
  struct stat status{};
  const bool known = ::fstat(descriptor_, &status) == 0;
  if (known && S_ISREG(status.st_mode)) {
    size_ = static_cast<std::uint64_t>(status.st_size);
    return;
  }
  const ImageError error = known ? special(status.st_mode) : system_error();
  ::close(descriptor_);
  throw error;
}

File::~File() { ::close(descriptor_); }

bool File::read(std::uint64_t offset, std::span<std::uint8_t> bytes) const {
  bool in_memory = true;
  while (!bytes.empty()) {
    const iovec piece{bytes.data(), bytes.size()};
    // First without waiting for the disk: success shows that the bytes are in memory.
    const ssize_t got =
        ::preadv2(descriptor_, &piece, 1, static_cast<off_t>(offset), in_memory ? RWF_NOWAIT : 0);
    if (got < 0 && errno == EINTR) continue;
    if (in_memory && would_wait(got)) {
      in_memory = false;
      continue;
    }
    if (got < 0) throw system_error();
    if (got == 0) throw ImageError("file became shorter while it was read");
    offset += static_cast<std::uint64_t>(got);
    bytes = bytes.subspan(static_cast<std::size_t>(got));
  }
  return in_memory;
}

void File::read_ahead(std::uint64_t offset, std::uint64_t length) const {
  ::posix_fadvise(descriptor_, static_cast<off_t>(offset), static_cast<off_t>(length),
                  POSIX_FADV_WILLNEED);
}

}  // namespace bobbin::core
