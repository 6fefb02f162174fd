// The table of one build: kernels_portable, kernels_sse2, kernels_avx2 or kernels_avx512.
#include "core/kernels/simd/table.h"

#include "core/kernels/kernels.h"
#include "core/kernels/simd/vectors.h"

namespace bobbin::core {

// The only way in C++ to name a variable after a macro's value.
#define BOBBIN_JOIN(a, b) a##b
#define BOBBIN_NAME(a, b) BOBBIN_JOIN(a, b)
extern const Kernels BOBBIN_NAME(kernels_, BOBBIN_ISA);

const Kernels BOBBIN_NAME(kernels_, BOBBIN_ISA) = {
    .name = BOBBIN_ISA_NAME,
    .fused = BOBBIN_ISA::kFused,
    .lanes = BOBBIN_ISA::kLanes,
    .width = BOBBIN_ISA::kRows,
    .decode_mcus = BOBBIN_ISA::decode_mcus,
    .skip_mcus = BOBBIN_ISA::skip_mcus,
    .read_mcu = BOBBIN_ISA::read_mcu,
    .resample_rows = BOBBIN_ISA::resample_rows,
    .resample_columns = BOBBIN_ISA::resample_columns,
    .finish = BOBBIN_ISA::finish,
    .render_columns = BOBBIN_ISA::render_columns,
    .add_noise = BOBBIN_ISA::add_noise,
    .weighted_sum = BOBBIN_ISA::weighted_sum,
};

}  // namespace bobbin::core
