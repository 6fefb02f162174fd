// A stub of libcuda.so.1 and libnvidia-ml.so.1 with one GPU, with the calls of TensorFlow before
// it opens CUDA's libraries.
#include <stddef.h>
#include <string.h>

int cuInit(unsigned flags) { return (void)flags, 0; }
int cuDriverGetVersion(int* version) { return *version = 13000, 0; }
int cuDeviceGetCount(int* count) { return *count = 1, 0; }
int cuDeviceGet(int* device, int ordinal) { return *device = ordinal, 0; }
int cuDeviceGetName(char* name, int size, int device) {
  return (void)device, strncpy(name, "stand-in", size), 0;
}
int cuDeviceGetPCIBusId(char* id, int size, int device) {
  return (void)device, strncpy(id, "0000:01:00.0", size), 0;
}
int cuDeviceTotalMem_v2(size_t* bytes, int device) { return (void)device, *bytes = 1UL << 33, 0; }

// Compute capability 9.0; any number is enough for the others.
int cuDeviceGetAttribute(int* value, int attribute, int device) {
  enum { kMajor = 75, kMinor = 76 };
  (void)device;
  *value = attribute == kMajor ? 9 : attribute == kMinor ? 0 : 32;
  return 0;
}

int nvmlInit_v2(void) { return 0; }
