// Plain POSIX reading: one open, one size, as few reads as the system allows.
#include "core/file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

#include "core/image.h"

namespace bobbin::core {
namespace {

[[noreturn]] void raise_errno() {
  throw ImageError("cannot read file: " + std::generic_category().message(errno));
}

struct Descriptor {
  int number;
  ~Descriptor() {
    if (number >= 0) ::close(number);
  }
};

}  // namespace

void read_file(const std::string& path, std::vector<std::uint8_t>& bytes) {
  const Descriptor file{::open(path.c_str(), O_RDONLY | O_CLOEXEC)};
  struct stat status{};
  if (file.number < 0 || ::fstat(file.number, &status) != 0) raise_errno();
  if (!S_ISREG(status.st_mode)) throw ImageError("not a regular file");
  if (status.st_size == 0) throw ImageError("file is empty");
  bytes.resize(static_cast<std::size_t>(status.st_size));
  std::size_t done = 0;
  while (done < bytes.size()) {
    const ssize_t got = ::read(file.number, bytes.data() + done, bytes.size() - done);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) raise_errno();
    if (got == 0) throw ImageError("file became shorter while it was read");
    done += static_cast<std::size_t>(got);
  }
}

}  // namespace bobbin::core
