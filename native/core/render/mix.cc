// Blends rows of values, or copies a rectangle of them.
#include "core/render/mix.h"

#include <cstdint>
#include <cstring>

#include "core/base/image.h"
#include "core/base/output.h"
#include "core/recipe/draw_mix.h"

namespace bobbin::core {
namespace {

template <typename Value, typename Load, typename Store>
void blend_as(float weight, int count, const Output& partner, const Output& view, const Load& load,
              const Store& store) {
  const auto* from = static_cast<const Value*>(partner.data);
  auto* to = static_cast<Value*>(view.data);
  for (int i = 0; i < count; ++i) {
    to[i] = store(weight * load(to[i]) + (1 - weight) * load(from[i]));
  }
}

void blend(float weight, int count, const Output& partner, const Output& view) {
  const auto same = [](float value) { return value; };
  switch (view.type) {
    case PixelType::kFloat32:
      return blend_as<float>(weight, count, partner, view, same, same);
    case PixelType::kBfloat16:
      return blend_as<std::uint16_t>(weight, count, partner, view, from_bfloat16, to_bfloat16);
    case PixelType::kFloat16:
      return blend_as<std::uint16_t>(weight, count, partner, view, from_float16, to_float16);
    case PixelType::kUint8:
      return blend_as<std::uint8_t>(weight, count, partner, view, same, [](float level) {
        return static_cast<std::uint8_t>(level + 0.5f);
      });
  }
}

void paste(const Region& region, int side, const Output& partner, const Output& view) {
  for (int y = region.top; y < region.top + region.height; ++y) {
    const std::size_t start = (static_cast<std::size_t>(y) * side + region.left) * 3;
    std::memcpy(view.from(start).data, partner.from(start).data,
                std::size_t{3} * region.width * bytes_of(view.type));
  }
}

}  // namespace

void mix_views(const Mix& mix, int side, Output partner, Output view) {
  if (mix.pasted) {
    paste(*mix.pasted, side, partner, view);
  } else {
    blend(mix.weight, side * side * 3, partner, view);
  }
}

}  // namespace bobbin::core
