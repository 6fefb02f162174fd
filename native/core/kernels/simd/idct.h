// The inverse cosine transform of libjpeg's ISLOW, one block in each lane of a vector: the integer
// form of Loeffler, Ligtenberg and Moschytz (1989) with 13-bit constants and two extra bits between
// the passes. Samples equal those of libjpeg-turbo's vector code, to the bit.
#pragma once

#include "core/kernels/simd/convert.h"
#include "core/kernels/simd/vectors.h"

namespace bobbin::core::BOBBIN_ISA {

inline constexpr int kConstantBits = 13;
inline constexpr int kPassBits = 2;

constexpr int fixed(double value) {
  return static_cast<int>(value * (1 << kConstantBits) + (value < 0 ? -0.5 : 0.5));
}

// Transforms half of the columns; `half` chooses the words of each lane. If `few`, rows 4…7 are
// zero.
template <int half, bool few>
BOBBIN_INLINE void even_part(const Words (&v)[8], std::uint32_t rounding, Bits (&sums)[4]) {
  const Words zero{};
  const Words outer = interleave<half>(v[2], few ? zero : v[6]);
  // Sums modulo 2¹⁶, as in libjpeg-turbo.
  const Words inner =
      few ? interleave<half>(v[0], zero) : interleave<half>(v[0] + v[4], v[0] - v[4]);
  constexpr int kShared = fixed(0.541196100);
  const Bits two = multiply_add(outer, kShared, kShared - fixed(1.847759065));
  const Bits three = multiply_add(outer, kShared + fixed(0.765366865), kShared);
  const Bits zeroth = multiply_add(inner, 1 << kConstantBits, 0) + rounding;
  const Bits first = few ? zeroth : multiply_add(inner, 0, 1 << kConstantBits) + rounding;
  sums[0] = zeroth + three, sums[3] = zeroth - three;
  sums[1] = first + two, sums[2] = first - two;
}

template <int half, bool few>
BOBBIN_INLINE void odd_part(const Words (&v)[8], Bits (&odd)[4]) {
  constexpr int kShared = fixed(1.175875602);
  constexpr int kThree = kShared - fixed(1.961570560), kFour = kShared - fixed(0.390180644);
  constexpr int kEnds = -fixed(0.899976223), kMiddle = -fixed(2.562915447);
  if constexpr (few) {
    // The products below, without those of zeros.
    const Words pairs = interleave<half>(v[3], v[1]);
    odd[0] = multiply_add(pairs, kThree, kShared + kEnds);
    odd[1] = multiply_add(pairs, kShared + kMiddle, kFour);
    odd[2] = multiply_add(pairs, fixed(3.072711026) + kMiddle + kThree, kShared);
    odd[3] = multiply_add(pairs, kShared, fixed(1.501321110) + kEnds + kFour);
    return;
  }
  const Words sums = interleave<half>(v[7] + v[3], v[5] + v[1]);
  const Bits z3 = multiply_add(sums, kThree, kShared);
  const Bits z4 = multiply_add(sums, kShared, kFour);
  const Words ends = interleave<half>(v[7], v[1]), middle = interleave<half>(v[5], v[3]);
  odd[0] = multiply_add(ends, fixed(0.298631336) + kEnds, kEnds) + z3;
  odd[1] = multiply_add(middle, fixed(2.053119869) + kMiddle, kMiddle) + z4;
  odd[2] = multiply_add(middle, kMiddle, fixed(3.072711026) + kMiddle) + z3;
  odd[3] = multiply_add(ends, kEnds, fixed(1.501321110) + kEnds) + z4;
}

// One pass over eight rows, all columns at once.
template <int shift, bool few>
BOBBIN_INLINE void pass(Words (&v)[8]) {
  Bits low[4], high[4], odd_low[4], odd_high[4];
  even_part<0, few>(v, 1u << (shift - 1), low);
  even_part<1, few>(v, 1u << (shift - 1), high);
  odd_part<0, few>(v, odd_low);
  odd_part<1, few>(v, odd_high);
  for (int i = 0; i < 4; ++i) {
    const Bits& l = odd_low[3 - i];
    const Bits& h = odd_high[3 - i];
    v[i] = narrow((Ints)(low[i] + l) >> shift, (Ints)(high[i] + h) >> shift);
    v[7 - i] = narrow((Ints)(low[i] - l) >> shift, (Ints)(high[i] - h) >> shift);
  }
}

// Transposes each lane's block.
BOBBIN_INLINE void transpose(Words (&v)[8]) {
  Words t[8], u[8];
  for (int i = 0; i < 4; ++i) {
    t[i] = interleave<0>(v[i], v[i + 4]);
    t[i + 4] = interleave<1>(v[i], v[i + 4]);
  }
  for (int i = 0; i < 8; i += 4) {
    for (int j = 0; j < 2; ++j) {
      u[i + j] = interleave<0>(t[i + j], t[i + j + 2]);
      u[i + j + 2] = interleave<1>(t[i + j], t[i + j + 2]);
    }
  }
  for (int i = 0; i < 8; i += 2) {
    v[i] = interleave<0>(u[i], u[i + 1]);
    v[i + 1] = interleave<1>(u[i], u[i + 1]);
  }
}

// Two rows of samples in each lane, from columns.
BOBBIN_INLINE void columns_to_samples(const Words (&v)[8], Bytes (&rows)[4]) {
  const Bytes a = narrow(v[0], v[1]), b = narrow(v[2], v[3]);
  const Bytes c = narrow(v[4], v[5]), d = narrow(v[6], v[7]);
  const Bytes ac0 = interleave<0>(a, c), ac1 = interleave<1>(a, c);
  const Bytes bd0 = interleave<0>(b, d), bd1 = interleave<1>(b, d);
  const Bytes even_low = interleave<0>(ac0, bd0), even_high = interleave<1>(ac0, bd0);
  const Bytes odd_low = interleave<0>(ac1, bd1), odd_high = interleave<1>(ac1, bd1);
  rows[0] = interleave<0>(even_low, odd_low), rows[1] = interleave<1>(even_low, odd_low);
  rows[2] = interleave<0>(even_high, odd_high), rows[3] = interleave<1>(even_high, odd_high);
}

// `few`: all coefficients outside of the upper left quarter of each block are zero.
template <bool few>
BOBBIN_INLINE void inverse_transform(const std::int16_t* coefficients,
                                     const std::int16_t* quantization, Bytes (&rows)[4]) {
  Words v[8];
  for (int row = 0; row < (few ? 4 : 8); ++row) {
    v[row] =
        load<Words>(coefficients + 8 * kLanes * row) * load<Words>(quantization + 8 * kLanes * row);
  }
  pass<kConstantBits - kPassBits, few>(v);
  transpose(v);
  pass<kConstantBits + kPassBits + 3, few>(v);
  columns_to_samples(v, rows);
}

}  // namespace bobbin::core::BOBBIN_ISA
