// The vectors of one build, and the few operations on them that compilers have no portable form of.
// BOBBIN_ISA names the build: portable, sse2, avx2 or avx512 (kernels.h).
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <utility>

#if !defined(BOBBIN_PORTABLE)
#include <immintrin.h>
#endif

// Every function here must be inlined into the kernels: the linker could share it with the rest of
// the program, and it might use instructions that the machine lacks.
#define BOBBIN_INLINE [[gnu::always_inline]] inline

namespace bobbin::core::BOBBIN_ISA {

#if defined(BOBBIN_PORTABLE) || !defined(__AVX2__)
inline constexpr int kLanes = 1;
#elif !defined(__AVX512BW__)
inline constexpr int kLanes = 2;
#else
inline constexpr int kLanes = 4;
#endif

#if defined(__FMA__)
inline constexpr bool kFused = true;
#else
inline constexpr bool kFused = false;
#endif

// A lane has 128 bits, eight words or four values. Shuffles stay within a lane.
inline constexpr int kWidth = 4 * kLanes;                               // Values in a vector.
inline constexpr int kRows = 2 * kWidth;                                // Words in a vector.
using Words = std::uint16_t __attribute__((vector_size(16 * kLanes)));  // Modulo 2¹⁶.
using Bytes = std::uint8_t __attribute__((vector_size(16 * kLanes)));
using Ints = std::int32_t __attribute__((vector_size(16 * kLanes)));
using Bits = std::uint32_t __attribute__((vector_size(16 * kLanes)));  // Modulo 2³².
using Floats = float __attribute__((vector_size(16 * kLanes)));

template <typename Vector>
BOBBIN_INLINE Vector load(const void* from) {
  Vector vector;
  std::memcpy(&vector, from, sizeof(Vector));
  return vector;
}

template <typename Vector>
BOBBIN_INLINE void store(void* to, const Vector& vector) {
  std::memcpy(to, &vector, sizeof(Vector));
}

// Eight of the bytes, from 8 · `index` on.
BOBBIN_INLINE void store_eight(void* to, const Bytes& bytes, int index) {
  using Eights = std::uint64_t __attribute__((vector_size(16 * kLanes)));
  const std::uint64_t eight = ((Eights)bytes)[index];
  std::memcpy(to, &eight, sizeof eight);
}

// Makes the compiler load a constant from memory. If registers are short, it would otherwise
// compute the constant again each time, which costs more.
template <typename Vector>
BOBBIN_INLINE Vector kept(Vector constant) {
  asm("" : "+m"(constant));
  return constant;
}

// Element i of the result is element Pattern(i) of the concatenation of a and b.
template <auto Pattern, typename Vector, std::size_t... index>
BOBBIN_INLINE Vector shuffle(const Vector& a, const Vector& b, std::index_sequence<index...>) {
  return __builtin_shufflevector(a, b, Pattern(static_cast<int>(index))...);
}
template <auto Pattern, typename Vector>
BOBBIN_INLINE Vector shuffle(const Vector& a, const Vector& b) {
  constexpr std::size_t kCount = sizeof(Vector) / sizeof(a[0]);
  return shuffle<Pattern>(a, b, std::make_index_sequence<kCount>());
}

// Interleaves the lower or upper halves of each lane of a and b.
template <int half, typename Vector>
BOBBIN_INLINE Vector interleave(const Vector& a, const Vector& b) {
  constexpr int kCount = sizeof(Vector) / sizeof(a[0]);
  constexpr int kLane = kCount / kLanes;
  constexpr auto kPattern = [](int i) {
    return i / kLane * kLane + half * kLane / 2 + i % kLane / 2 + i % 2 * kCount;
  };
  return shuffle<kPattern>(a, b);
}

// For each pair of signed words: the sum of their products with the two factors.
BOBBIN_INLINE Bits multiply_add(const Words& pairs, int even, int odd) {
  const Ints factors =
      Ints{} + static_cast<std::int32_t>((static_cast<std::uint32_t>(odd) << 16) | (even & 0xffff));
#if defined(BOBBIN_PORTABLE)
  const Ints low = ((Ints)((Bits)pairs << 16) >> 16) * ((Ints)((Bits)factors << 16) >> 16);
  const Ints high = ((Ints)pairs >> 16) * (factors >> 16);
  return (Bits)low + (Bits)high;
#elif defined(__AVX512BW__)
  return (Bits)_mm512_madd_epi16((__m512i)pairs, (__m512i)factors);
#elif defined(__AVX2__)
  return (Bits)_mm256_madd_epi16((__m256i)pairs, (__m256i)factors);
#else
  return (Bits)_mm_madd_epi16((__m128i)pairs, (__m128i)factors);
#endif
}

// The upper halves of the products of unsigned words.
BOBBIN_INLINE Words multiply_high(const Words& a, const Words& b) {
#if defined(BOBBIN_PORTABLE)
  Words high{};
  for (int i = 0; i < kRows; ++i)
    high[i] = static_cast<std::uint16_t>(std::uint32_t{a[i]} * b[i] >> 16);
  return high;
#elif defined(__AVX512BW__)
  return (Words)_mm512_mulhi_epu16((__m512i)a, (__m512i)b);
#elif defined(__AVX2__)
  return (Words)_mm256_mulhi_epu16((__m256i)a, (__m256i)b);
#else
  return (Words)_mm_mulhi_epu16((__m128i)a, (__m128i)b);
#endif
}

// The upper halves of the products of signed words.
BOBBIN_INLINE Words multiply_high_signed(const Words& a, const Words& b) {
#if defined(BOBBIN_PORTABLE)
  Words high{};
  for (int i = 0; i < kRows; ++i) {
    const int product = static_cast<std::int16_t>(a[i]) * static_cast<std::int16_t>(b[i]);
    high[i] = static_cast<std::uint16_t>(product >> 16);
  }
  return high;
#elif defined(__AVX512BW__)
  return (Words)_mm512_mulhi_epi16((__m512i)a, (__m512i)b);
#elif defined(__AVX2__)
  return (Words)_mm256_mulhi_epi16((__m256i)a, (__m256i)b);
#else
  return (Words)_mm_mulhi_epi16((__m128i)a, (__m128i)b);
#endif
}

BOBBIN_INLINE Floats larger(const Floats& a, const Floats& b) {
#if defined(BOBBIN_PORTABLE)
  return a > b ? a : b;
#elif defined(__AVX512BW__)
  return (Floats)_mm512_max_ps((__m512)a, (__m512)b);
#elif defined(__AVX2__)
  return (Floats)_mm256_max_ps((__m256)a, (__m256)b);
#else
  return (Floats)_mm_max_ps((__m128)a, (__m128)b);
#endif
}

BOBBIN_INLINE Floats smaller(const Floats& a, const Floats& b) {
#if defined(BOBBIN_PORTABLE)
  return a < b ? a : b;
#elif defined(__AVX512BW__)
  return (Floats)_mm512_min_ps((__m512)a, (__m512)b);
#elif defined(__AVX2__)
  return (Floats)_mm256_min_ps((__m256)a, (__m256)b);
#else
  return (Floats)_mm_min_ps((__m128)a, (__m128)b);
#endif
}

// Copies a pair of equal words to all words of a vector.
BOBBIN_INLINE Words spread(std::uint32_t pair) { return (Words)(Bits{} + pair); }

#if defined(__AVX2__)
// Looks up each index, 0…15, in its lane of the table.
BOBBIN_INLINE Bytes look_up(const Bytes& table, const Bytes& indices) {
#if defined(__AVX512BW__)
  return (Bytes)_mm512_shuffle_epi8((__m512i)table, (__m512i)indices);
#else
  return (Bytes)_mm256_shuffle_epi8((__m256i)table, (__m256i)indices);
#endif
}

// For each pair of signed bytes: the sum of their products with the two factors, 0…127.
BOBBIN_INLINE Words multiply_add(const Bytes& pairs, int even, int odd) {
  const Words factors = Words{} + static_cast<std::uint16_t>(odd << 8 | even);
#if defined(__AVX512BW__)
  return (Words)_mm512_maddubs_epi16((__m512i)factors, (__m512i)pairs);
#else
  return (Words)_mm256_maddubs_epi16((__m256i)factors, (__m256i)pairs);
#endif
}
#endif

// Bypasses the caches. `to` is aligned to a vector and is not read soon.
BOBBIN_INLINE void stream(float* to, const Floats& values) {
#if defined(BOBBIN_PORTABLE)
  store(to, values);
#elif defined(__AVX512BW__)
  _mm512_stream_ps(to, (__m512)values);
#elif defined(__AVX2__)
  _mm256_stream_ps(to, (__m256)values);
#else
  _mm_stream_ps(to, (__m128)values);
#endif
}

// Call it after the last `stream`, before another thread reads.
BOBBIN_INLINE void finish_streams() {
#if !defined(BOBBIN_PORTABLE)
  _mm_sfence();
#endif
}

// Swaps lanes k + distance of row i with lanes k of row i + kLane · distance.
template <int distance, typename Vector, std::size_t size>
BOBBIN_INLINE void exchange_lanes(Vector (&rows)[size]) {
  constexpr int kCount = size, kLane = kCount / kLanes;
  constexpr auto kFirst = [](int i) {
    return (i / kLane & distance) == 0 ? i : kCount + i - kLane * distance;
  };
  constexpr auto kSecond = [](int i) {
    return (i / kLane & distance) == 0 ? i + kLane * distance : kCount + i;
  };
  for (int i = 0; i < kCount; ++i) {
    if ((i / kLane & distance) != 0) continue;
    const Vector a = rows[i], b = rows[i + kLane * distance];
    rows[i] = shuffle<kFirst>(a, b);
    rows[i + kLane * distance] = shuffle<kSecond>(a, b);
  }
}

// Interleaves each row i with the row half a lane's elements after it, into two rows. Repeated as
// often as the lane's length can be halved, this transposes the squares in lanes.
template <typename Vector, std::size_t size>
BOBBIN_INLINE void transpose_lanes(Vector (&rows)[size]) {
  constexpr int kLane = size / kLanes;
  for (int step = 1; step < kLane; step *= 2) {
    for (std::size_t square = 0; square < size; square += kLane) {
      Vector turned[kLane];
      for (int i = 0; i < kLane / 2; ++i) {
        const Vector &a = rows[square + i], &b = rows[square + i + kLane / 2];
        turned[2 * i] = interleave<0>(a, b);
        turned[2 * i + 1] = interleave<1>(a, b);
      }
      for (int i = 0; i < kLane; ++i) rows[square + i] = turned[i];
    }
  }
}

// Transposes a square of elements: first within lanes, then the lanes.
template <typename Vector, std::size_t size>
BOBBIN_INLINE void transpose(Vector (&rows)[size]) {
  static_assert(size == sizeof(Vector) / sizeof(rows[0][0]));
  transpose_lanes(rows);
  if constexpr (kLanes > 1) exchange_lanes<1>(rows);
  if constexpr (kLanes > 2) exchange_lanes<2>(rows);
}

}  // namespace bobbin::core::BOBBIN_ISA
