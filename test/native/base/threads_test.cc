// The system's refusal to start a thread, made by a default stack larger than any address space.
#include "core/base/threads.h"

#include <pthread.h>

#include <cstddef>
#include <string>

#include "core/base/image.h"
#include "support/check.h"

using namespace bobbin::core;

TEST("when the system starts no other thread, then the error names the limit and the way out") {
  pthread_attr_t usual, huge;
  CHECK_EQUAL(pthread_getattr_default_np(&usual), 0);
  CHECK_EQUAL(pthread_getattr_default_np(&huge), 0);
  CHECK_EQUAL(pthread_attr_setstacksize(&huge, std::size_t{1} << 50), 0);
  CHECK_EQUAL(pthread_setattr_default_np(&huge), 0);
  std::string message;
  try {
    start_thread([] {}).join();
  } catch (const LoaderError& error) {
    message = error.what();
  }
  CHECK_EQUAL(pthread_setattr_default_np(&usual), 0);
  CHECK_EQUAL(message,
              "Expected another thread but the system starts none (Resource temporarily "
              "unavailable). Set `threads` lower, or raise the limit of processes (ulimit -u, or "
              "the container's)");
}
