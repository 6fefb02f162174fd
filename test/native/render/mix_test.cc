// Compares mixing with its formula, in every stored type.
#include "core/render/mix.h"

#include <cmath>
#include <cstdint>
#include <optional>
#include <vector>

#include "core/base/image.h"
#include "core/base/output.h"
#include "core/recipe/draw_mix.h"
#include "support/check.h"

using namespace bobbin::core;

TEST("when views are mixed, then mixup blends everywhere and cutmix pastes the rectangle") {
  constexpr int kSide = 5, kValues = kSide * kSide * 3;
  std::vector<float> own(kValues), partner(kValues);
  for (int i = 0; i < kValues; ++i) own[i] = static_cast<float>(i), partner[i] = 1000.0f - i;
  std::vector<float> blended = own, pasted = own;
  mix_views({0.25f, std::nullopt}, kSide, {partner.data()}, {blended.data()});
  mix_views({0.76f, Region{1, 2, 3, 2}}, kSide, {partner.data()}, {pasted.data()});
  for (int i = 0; i < kValues; ++i) {
    CHECK_EQUAL(blended[i], 0.25f * static_cast<float>(i) + 0.75f * (1000.0f - i));
    const int x = i / 3 % kSide, y = i / 3 / kSide;
    const bool inside = x >= 1 && x < 4 && y >= 2 && y < 4;
    CHECK_EQUAL(pasted[i], inside ? partner[i] : own[i]);
  }
}

TEST("when views are stored as other types than float32, then mixing rounds to the nearest") {
  constexpr int kSide = 9, kValues = kSide * kSide * 3;
  std::vector<std::uint8_t> own(kValues), partner(kValues);
  std::vector<std::uint16_t> own_half(kValues), partner_half(kValues);
  std::vector<std::uint16_t> own_fine(kValues), partner_fine(kValues);
  for (int i = 0; i < kValues; ++i) {
    own[i] = static_cast<std::uint8_t>(i), partner[i] = static_cast<std::uint8_t>(255 - 7 * i);
    own_half[i] = to_bfloat16(own[i] / 100.0f), partner_half[i] = to_bfloat16(-partner[i] / 9.0f);
    own_fine[i] = to_float16(own[i] / 100.0f), partner_fine[i] = to_float16(-partner[i] / 9.0f);
  }
  std::vector<std::uint8_t> blended = own;
  std::vector<std::uint16_t> blended_half = own_half, pasted_half = own_half;
  std::vector<std::uint16_t> blended_fine = own_fine;
  const Mix blend{0.3f, std::nullopt};
  mix_views(blend, kSide, {partner.data(), PixelType::kUint8}, {blended.data(), PixelType::kUint8});
  mix_views(blend, kSide, {partner_half.data(), PixelType::kBfloat16},
            {blended_half.data(), PixelType::kBfloat16});
  mix_views(blend, kSide, {partner_fine.data(), PixelType::kFloat16},
            {blended_fine.data(), PixelType::kFloat16});
  mix_views({0.5f, Region{0, 0, 4, kSide}}, kSide, {partner_half.data(), PixelType::kBfloat16},
            {pasted_half.data(), PixelType::kBfloat16});
  for (int i = 0; i < kValues; ++i) {
    CHECK_NEAR(blended[i], 0.3 * own[i] + 0.7 * partner[i], 0.5001);
    const double wanted = 0.3 * from_bfloat16(own_half[i]) + 0.7 * from_bfloat16(partner_half[i]);
    CHECK_NEAR(from_bfloat16(blended_half[i]), wanted, std::abs(wanted) / 255 + 1e-6);
    const double fine = 0.3 * from_float16(own_fine[i]) + 0.7 * from_float16(partner_fine[i]);
    CHECK_NEAR(from_float16(blended_fine[i]), fine, std::abs(fine) / 2047 + 1e-6);
    CHECK_EQUAL(pasted_half[i], i / 3 % kSide < 4 ? partner_half[i] : own_half[i]);
  }
}
