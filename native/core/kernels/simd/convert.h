// Conversions between bytes, words and floats, in the vectors of one build.
#pragma once

#include <cstdint>
#include <cstring>

#include "core/kernels/simd/vectors.h"

namespace bobbin::core::BOBBIN_ISA {

// Converts values to signed words with saturation; each lane of a comes before that of b.
BOBBIN_INLINE Words narrow(const Ints& a, const Ints& b) {
#if defined(BOBBIN_PORTABLE)
  Words words{};
  for (int i = 0; i < 4; ++i) {
    const auto limit = [](int x) { return x < -32768 ? -32768 : x > 32767 ? 32767 : x; };
    words[i] = static_cast<std::uint16_t>(limit(a[i]));
    words[i + 4] = static_cast<std::uint16_t>(limit(b[i]));
  }
  return words;
#elif defined(__AVX512BW__)
  return (Words)_mm512_packs_epi32((__m512i)a, (__m512i)b);
#elif defined(__AVX2__)
  return (Words)_mm256_packs_epi32((__m256i)a, (__m256i)b);
#else
  return (Words)_mm_packs_epi32((__m128i)a, (__m128i)b);
#endif
}

// Converts signed words −128…127 to bytes 0…255 with saturation.
BOBBIN_INLINE Bytes narrow(const Words& a, const Words& b) {
#if defined(BOBBIN_PORTABLE)
  Bytes bytes{};
  for (int i = 0; i < 8; ++i) {
    const auto limit = [](int x) { return x < -128 ? 0 : x > 127 ? 255 : x + 128; };
    bytes[i] = static_cast<std::uint8_t>(limit(static_cast<std::int16_t>(a[i])));
    bytes[i + 8] = static_cast<std::uint8_t>(limit(static_cast<std::int16_t>(b[i])));
  }
  return bytes;
#elif defined(__AVX512BW__)
  return (Bytes)_mm512_packs_epi16((__m512i)a, (__m512i)b) ^ 0x80;
#elif defined(__AVX2__)
  return (Bytes)_mm256_packs_epi16((__m256i)a, (__m256i)b) ^ 0x80;
#else
  return (Bytes)_mm_packs_epi16((__m128i)a, (__m128i)b) ^ 0x80;
#endif
}

// Loads one byte for each value of a vector.
BOBBIN_INLINE Floats load_bytes(const std::uint8_t* from) {
#if defined(BOBBIN_PORTABLE)
  return Floats{float(from[0]), float(from[1]), float(from[2]), float(from[3])};
#elif defined(__AVX512BW__)
  return (Floats)_mm512_cvtepi32_ps(
      _mm512_cvtepu8_epi32(_mm_loadu_si128(reinterpret_cast<const __m128i*>(from))));
#elif defined(__AVX2__)
  return (Floats)_mm256_cvtepi32_ps(
      _mm256_cvtepu8_epi32(_mm_loadl_epi64(reinterpret_cast<const __m128i*>(from))));
#else
  int four = 0;
  std::memcpy(&four, from, 4);
  const __m128i zero = _mm_setzero_si128();
  const __m128i words = _mm_unpacklo_epi8(_mm_cvtsi32_si128(four), zero);
  return (Floats)_mm_cvtepi32_ps(_mm_unpacklo_epi16(words, zero));
#endif
}

// Loads one byte for each word of a vector, in units of 1/256.
BOBBIN_INLINE Words load_levels(const std::uint8_t* from) {
#if defined(BOBBIN_PORTABLE)
  using Half = std::uint8_t __attribute__((vector_size(kRows)));
  return __builtin_convertvector(load<Half>(from), Words) << 8;
#elif defined(__AVX512BW__)
  return (Words)_mm512_cvtepu8_epi16(_mm256_loadu_si256(reinterpret_cast<const __m256i*>(from)))
         << 8;
#elif defined(__AVX2__)
  return (Words)_mm256_cvtepu8_epi16(_mm_loadu_si128(reinterpret_cast<const __m128i*>(from))) << 8;
#else
  return (Words)_mm_unpacklo_epi8(_mm_setzero_si128(),
                                  _mm_loadl_epi64(reinterpret_cast<const __m128i*>(from)));
#endif
}

// The lower or upper halves of each lane's words.
template <int half>
BOBBIN_INLINE Floats widen(const Words& words) {
  return __builtin_convertvector((Ints)interleave<half>(words, Words{}), Floats);
}

// The same for signed words.
template <int half>
BOBBIN_INLINE Floats widen_signed(const Words& words) {
  return __builtin_convertvector((Ints)interleave<half>(Words{}, words) >> 16, Floats);
}

// Rounds values to signed words: the inverse of `widen_signed`. Values outside their range, and
// NaN, give arbitrary words. The places after the last output may have such values.
BOBBIN_INLINE Words narrow_signed(const Floats& lower, const Floats& upper) {
  const auto rounded = [](const Floats& values) __attribute__((always_inline)) {
    // Truncation rounds down from 0 on. In this argument order NaN becomes 65535.
    const Floats shifted = smaller(values + 0x8000.8p0f, Floats{} + 65535.0f);
    return __builtin_convertvector(larger(shifted, Floats{}), Ints) - 0x8000;
  };
  return narrow(rounded(lower), rounded(upper));
}

// Rounds values, at least 0, to words: the inverse of `widen`.
BOBBIN_INLINE Words narrow(const Floats& lower, const Floats& upper) {
  const auto signed_words = [](const Floats& values) __attribute__((always_inline)) {
    const Floats rounded = smaller(values + 0.5f, Floats{} + 65535.0f);
    return __builtin_convertvector(rounded, Ints) - 0x8000;
  };
  return narrow(signed_words(lower), signed_words(upper)) ^ 0x8000;
}

}  // namespace bobbin::core::BOBBIN_ISA
