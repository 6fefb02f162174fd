// Starts threads, which the system may refuse.
#pragma once

#include <string>
#include <system_error>
#include <thread>
#include <utility>

#include "core/base/image.h"

namespace bobbin::core {

// Throws LoaderError with the way out if the system starts no other thread.
template <typename Work>
std::thread start_thread(Work&& work) {
  try {
    return std::thread(std::forward<Work>(work));
  } catch (const std::system_error& error) {
    throw LoaderError(
        std::string("Expected another thread but the system starts none (") +
        error.code().message() +
        "). Set `threads` lower, or raise the limit of processes (ulimit -u, or the container's)");
  }
}

}  // namespace bobbin::core
