// Chooses a build of the kernels for this machine; kernels.h explains the builds.
#include "core/kernels/kernels.h"

#include <array>
#include <span>

namespace bobbin::core {

// Defined in simd/table.cc, once a build.
extern const Kernels kernels_portable;
#if defined(__x86_64__)
extern const Kernels kernels_sse2, kernels_avx2, kernels_avx512;
#endif

std::span<const Kernels* const> all_kernels() {
#if defined(__x86_64__)
  static constexpr std::array<const Kernels*, 4> kAll = {&kernels_portable, &kernels_sse2,
                                                         &kernels_avx2, &kernels_avx512};
  // The levels of the x86-64 psABI for which CMakeLists.txt builds simd/.
  if (__builtin_cpu_supports("x86-64-v4")) return kAll;
  if (__builtin_cpu_supports("x86-64-v3")) return {kAll.data(), 3};
  return {kAll.data(), 2};
#else
  static constexpr std::array<const Kernels*, 1> kAll = {&kernels_portable};
  return kAll;
#endif
}

const Kernels& kernels() {
  static const Kernels& best = *all_kernels().back();
  return best;
}

}  // namespace bobbin::core
