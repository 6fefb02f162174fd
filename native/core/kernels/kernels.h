// The inner loops of decoding and rendering: one source, built four times, chosen at run time.
//
//   build      flags in CMakeLists.txt    vectors     runs on
//   portable   -DBOBBIN_PORTABLE          128 bits    any machine, without intrinsics
//   sse2       (none)                     128 bits    every x86-64
//   avx2       -march=x86-64-v3           256 bits    AVX2 and FMA
//   avx512     -march=x86-64-v4           512 bits    AVX-512 F, BW, CD, DQ and VL
//
// The way of a call, for example of `kernels_.render_columns(…)`:
//   1. `kernels()` (kernels.cc) asks the CPU once and returns kernels_portable, kernels_sse2,
//      kernels_avx2 or kernels_avx512: tables of the type `Kernels` below.
//   2. simd/table.cc fills such a table. CMake's add_kernels compiles each file of simd/ once a row
//      of the list above, and defines BOBBIN_ISA as the name in its first column. So this one file
//      defines all four tables, with the name kernels_<BOBBIN_ISA>.
//   3. The table points to bobbin::core::<BOBBIN_ISA>::render_columns, which is declared in
//      simd/table.h and defined in simd/resample.cc (or scan.cc, finish.cc for other kernels). Its
//      vector types and their operations are in simd/vectors.h, conversions in simd/convert.h.
//
// The four builds must not share any function with each other or with other code: the linker keeps
// one copy of a shared inline function, which might use instructions that the machine lacks. So all
// of simd/ is in a namespace of its build's name, its helpers are always inlined (BOBBIN_INLINE),
// it includes few headers, and continuous integration looks for shared symbols in its objects.
//
// Words used here and in simd/: a row and a column are those of a plane or image; a strip is a few
// output rows that are resampled together, as many as a vector has words (`Kernels::width`).
// Between the two passes, a strip is held by columns: the words of one column, one a row, are one
// vector.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "core/base/filter.h"
#include "core/base/output.h"
#include "core/kernels/scan.h"

namespace bobbin::core {

// A weight in both halves, ready for vectors of words: in units of 2⁻¹⁶, or, with a sign, of 2⁻¹⁴.
using WordPair = std::uint32_t;

// Filters of at most this many samples are computed in words, longer ones in floats. Between the
// passes, words are in units of 1/256 of a level. A product is truncated (error < 1, mean ½,
// compensated); a weight is rounded (error ≤ ½). So values are within 2 · count / 256 of a level
// after both passes.
//
// Bicubic sums lie up to a third of the range outside of it, and stay there until colours are
// clamped. So its words have signs: in units of 1/32 of a level between the passes, and of 1/16
// after them. By the same errors, values are within count / 12 of a level.
inline constexpr int kMostWords = 8;

// One axis of a resampling filter: output i is the sum of `count` samples from first[i] on, the
// k-th times weights[k · stride + i]. Kernels compute whole vectors of outputs: after the last
// output there must be others that take no other samples.
struct Filter {
  const int* first = nullptr;
  const float* weights = nullptr;
  const WordPair* words = nullptr;  // The same; null beyond kMostWords samples.
  int count = 0;
  std::ptrdiff_t stride = 0;
  FilterKind kind = FilterKind::kBilinear;  // Only bicubic weights have signs.

  [[gnu::always_inline]] Filter from(int output) const {
    return {first + output, weights + output, words == nullptr ? nullptr : words + output,
            count,          stride,           kind};
  }
};

// Resampling over rows: from a plane to a strip of `outputs` rows (at most Kernels::width).
struct RowsTask {
  const std::uint8_t* samples = nullptr;  // The first sample of row 0.
  std::ptrdiff_t stride = 0;              // Bytes from one row to the next.
  int values = 0;                         // In a row.
  Filter filter;                          // Of the first of the output rows.
  int outputs = 0;
  // The strip's columns, `values` of them (memory for at least `width`), each of `width` words, one
  // an output row. Words of rows from `outputs` on are undefined.
  std::uint16_t* columns = nullptr;
};

// Resampling over columns, colour, and back to rows of pixels: a whole strip.
struct ColumnsTask {
  // Of each channel: the column of sample 0, as RowsTask left it, and the number of columns from
  // one sample to the next.
  const std::uint16_t* columns[3] = {};
  int step = 1;
  Filter first, others;   // Of channel 0, and of channels 1 and 2; of the same kind.
  float matrix[12] = {};  // 3×4, from the channels and 1 to the output's channels.
  int outputs = 0;        // Pixels in a row.
};

// Interleaved pixels; `stride` values from one row to the next. Rows are read in whole vectors, and
// written `width` pixels of `width` rows at a time: the memory must be large enough for that.
struct PixelRows {
  float* values = nullptr;
  std::ptrdiff_t stride = 0;
};

// The sum of all samples, each times its row's and its column's weight.
struct SumTask {
  const std::uint8_t* samples = nullptr;
  std::ptrdiff_t stride = 0;
  int rows = 0, values = 0;  // In a row.
  const float* row_weights = nullptr;
  const float* weights = nullptr;
};

// Noise, clamping, normalisation and storing of some rows.
struct FinishTask {
  int count = 0;   // Rows; the first one has an even number in the image.
  int values = 0;  // In a row: three a pixel.
  float sigma = 0;
  std::uint64_t noise_key = 0;
  std::uint32_t first_row = 0;
  float mean[3] = {}, scale[3] = {};  // (value − mean) · scale.
  Output output;                      // Rows without padding.
};

// Adds N(0, 1) to `count` values: to value i the deviate at position first + i of the key.
struct NoiseTask {
  float* values = nullptr;
  int count = 0;
  std::uint64_t key = 0;
  std::uint32_t first = 0;
};

// The largest width of any build.
inline constexpr int kMaxWidth = 32;

// The table of one build.
struct Kernels {
  const char* name;
  bool fused;  // Products are added without being rounded first.
  int lanes;   // Blocks that are transformed together.
  int width;   // Rows of a strip; even, at most kMaxWidth.

  // Decodes `count` MCUs into the components' samples. False if the scan is invalid.
  bool (*decode_mcus)(Scan& scan, int count);
  bool (*skip_mcus)(Scan& scan, int count);
  // The coefficients of one MCU, in rows, kBlockWords for each block. If the scan is invalid, the
  // scan's bits stay where it is.
  bool (*read_mcu)(Scan& scan, std::int16_t* blocks);

  void (*resample_rows)(const RowsTask& task);
  void (*resample_columns)(const ColumnsTask& task, const PixelRows& to);
  void (*finish)(const PixelRows& rows, const FinishTask& task);
  // The last two in one pass, for a strip.
  void (*render_columns)(const ColumnsTask& task, const FinishTask& finish);
  void (*add_noise)(const NoiseTask& task);
  float (*weighted_sum)(const SumTask& task);
};

// 64 coefficients, and memory for symbols that reach past them.
inline constexpr int kBlockWords = 72;

// The fastest build that this machine runs. Samples that are decoded, and resampled by filters of
// up to kMostWords, are equal in all builds, to the bit. Colours are equal among the builds that
// fuse products and sums, and among those that do not.
const Kernels& kernels();

// All builds that this machine runs; the first one is the portable build.
std::span<const Kernels* const> all_kernels();

}  // namespace bobbin::core
