// What newer versions of glibc and libstdc++ export and older ones lack, for a prebuilt addon. The
// linker takes these instead.
#include <cxxabi.h>
#include <sys/stat.h>

// glibc's fstat until 2.32, by the structure's version.
extern "C" int __fxstat(int version, int descriptor, struct stat* status) noexcept;
extern "C" int fstat(int descriptor, struct stat* status) noexcept {
  return __fxstat(1, descriptor, status);
}

// Of glibc 2.32: whether the process has one thread, so that std::shared_ptr may count without
// atomic operations. Node has several.
extern "C" {
extern char __libc_single_threaded;
char __libc_single_threaded = 0;
}

namespace std {
// Of GCC 11's libstdc++.
[[noreturn]] void __throw_bad_array_new_length();
void __throw_bad_array_new_length() { __cxxabiv1::__cxa_throw_bad_array_new_length(); }
}  // namespace std
