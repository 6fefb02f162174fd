// The kernels of one build, BOBBIN_ISA; kernels.h explains what they do and how they are called.
#pragma once

#include "core/kernels/kernels.h"

namespace bobbin::core::BOBBIN_ISA {

bool decode_mcus(Scan& scan, int count);
bool skip_mcus(Scan& scan, int count);
bool read_mcu(Scan& scan, std::int16_t* blocks);
void resample_rows(const RowsTask& task);
void resample_columns(const ColumnsTask& task, const PixelRows& to);
void finish(const PixelRows& rows, const FinishTask& task);
void render_columns(const ColumnsTask& task, const FinishTask& finish);
void add_noise(const NoiseTask& task);
float weighted_sum(const SumTask& task);

}  // namespace bobbin::core::BOBBIN_ISA
