// A stub of NVIDIA's driver, libcuda.so.1; the environment chooses its result:
// STUB_VERSION (1000 · major + 10 · minor) and STUB_INIT, what cuInit returns. CUDA's runtime gets
// as far as cuInit; before it counts GPUs it requests NVIDIA's private tables.
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { kSuccess = 0, kNotSupported = 801 };

static int number(const char* name, int otherwise) {
  const char* text = getenv(name);
  return text == NULL ? otherwise : atoi(text);
}

int cuDriverGetVersion(int* version) {
  *version = number("STUB_VERSION", 13000);
  return kSuccess;
}

int cuInit(unsigned flags) {
  (void)flags;
  return number("STUB_INIT", kSuccess);
}

static int not_supported(void) { return kNotSupported; }

// The runtime fails unless it gets all of the hundreds of functions that it requests.
int cuGetProcAddress_v2(const char* name, void** function, int version, uint64_t flags,
                        int* found) {
  (void)version, (void)flags;
  *function = (void*)not_supported;
  if (strcmp(name, "cuInit") == 0) *function = (void*)cuInit;
  if (strcmp(name, "cuDriverGetVersion") == 0) *function = (void*)cuDriverGetVersion;
  if (strcmp(name, "cuGetProcAddress") == 0) *function = (void*)cuGetProcAddress_v2;
  if (found != NULL) *found = 0;
  return kSuccess;
}
