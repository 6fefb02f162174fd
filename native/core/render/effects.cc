// Effects one after the other, each over the whole view.
#include "core/render/effects.h"

#include <algorithm>
#include <cmath>
#include <optional>

#include "core/kernels/kernels.h"
#include "core/render/tones.h"
#include "core/render/warp.h"

namespace bobbin::core {
namespace {

// -1 is 1, as in numpy's and torch's padding "reflect"; edges farther than the view mirror again.
int reflected(int i, int size) {
  const int period = std::max(1, 2 * (size - 1));
  const int folded = (i % period + period) % period;
  return std::min(folded, period - folded);
}

void flip_vertically(float* view, int size) {
  const int row = 3 * size;
  for (int y = 0; y < size / 2; ++y) {
    std::swap_ranges(view + y * row, view + (y + 1) * row, view + (size - 1 - y) * row);
  }
}

// One side of a Gaussian, from its middle on; both sides together sum to 1.
class HalfGaussian {
 public:
  static constexpr int kMaxRadius = 30;

  explicit HalfGaussian(float sigma)
      : radius_(std::min(kMaxRadius, static_cast<int>(std::ceil(3 * sigma)))) {
    float sum = 0;
    for (int i = 0; i <= radius_; ++i) {
      weights_[i] = std::exp(-0.5f * static_cast<float>(i * i) / (sigma * sigma));
      sum += (i == 0 ? 1 : 2) * weights_[i];
    }
    for (float& weight : weights_) weight /= sum;
  }
  int radius() const { return radius_; }
  float operator[](int distance) const { return weights_[distance]; }

 private:
  int radius_;
  std::array<float, kMaxRadius + 1> weights_{};
};

// One pass of a blur: `at(k)` has for each value the one k steps further on.
template <typename At>
void blur_line(const HalfGaussian& gaussian, int count, const At& at, float* target) {
  const float* middle = at(0);
  const float middle_weight = gaussian[0];
  for (int i = 0; i < count; ++i) target[i] = middle_weight * middle[i];
  for (int k = 1; k <= gaussian.radius(); ++k) {
    const float *before = at(-k), *after = at(k);
    const float weight = gaussian[k];
    for (int i = 0; i < count; ++i) target[i] += weight * (before[i] + after[i]);
  }
}

void blur(float sigma, float* view, int size, EffectScratch& scratch) {
  const HalfGaussian gaussian(sigma);
  const int radius = gaussian.radius(), row = 3 * size;
  scratch.view.resize(static_cast<std::size_t>(size) * row);
  scratch.line.resize(row + 2 * 3 * HalfGaussian::kMaxRadius);
  float* blurred = scratch.view.data();
  float* middle = scratch.line.data() + 3 * radius;
  for (int y = 0; y < size; ++y) {
    std::copy_n(view + y * row, row, middle);
    for (int k = 1; k <= radius; ++k) {
      std::copy_n(view + y * row + 3 * reflected(-k, size), 3, middle - 3 * k);
      std::copy_n(view + y * row + 3 * reflected(size - 1 + k, size), 3,
                  middle + row + 3 * (k - 1));
    }
    blur_line(gaussian, row, [&](int k) { return middle + 3 * k; }, blurred + y * row);
  }
  for (int y = 0; y < size; ++y) {
    const auto line = [&](int k) { return blurred + reflected(y + k, size) * row; };
    blur_line(gaussian, row, line, view + y * row);
  }
}

// The geometry of an effect; nothing where it has another business.
std::optional<Affine> affine_of(const Effect& effect, int size) {
  switch (effect.kind) {
    case EffectKind::kRotate:
      return rotation(effect.amount, size);
    case EffectKind::kShearX:
      return shear_x(effect.amount);
    case EffectKind::kShearY:
      return shear_y(effect.amount);
    case EffectKind::kTranslateX:
      return translation(effect.amount, 0);
    case EffectKind::kTranslateY:
      return translation(0, effect.amount);
    default:
      return std::nullopt;
  }
}

void apply_tone(const Effect& effect, Colors view, int size, EffectScratch& scratch) {
  switch (effect.kind) {
    case EffectKind::kBrightness:
      return adjust_brightness(view, effect.amount);
    case EffectKind::kColor:
      return adjust_saturation(view, effect.amount);
    case EffectKind::kContrast:
      return adjust_contrast(view, effect.amount);
    case EffectKind::kSharpness:
      return adjust_sharpness(view, size, effect.amount, scratch.view);
    case EffectKind::kPosterize:
      return posterize(view, static_cast<int>(effect.amount));
    case EffectKind::kSolarize:
      return solarize(view, effect.amount);
    case EffectKind::kAutocontrast:
      return autocontrast(view);
    case EffectKind::kEqualize:
      return equalize(view);
    default:
      return;
  }
}

// Writes one value of a channel that is normalised already.
void store(float normalised, int channel, const Preprocessing& preprocessing,
           const Output& target) {
  switch (target.type) {
    case PixelType::kFloat32:
      *static_cast<float*>(target.data) = normalised;
      break;
    case PixelType::kBfloat16:
      *static_cast<std::uint16_t*>(target.data) = to_bfloat16(normalised);
      break;
    case PixelType::kFloat16:
      *static_cast<std::uint16_t*>(target.data) = to_float16(normalised);
      break;
    case PixelType::kUint8: {
      const float level = preprocessing.mean[channel] + preprocessing.std[channel] * normalised;
      *static_cast<std::uint8_t*>(target.data) =
          static_cast<std::uint8_t>(std::nearbyint(std::clamp(level, 0.0f, 255.0f)));
      break;
    }
  }
}

}  // namespace

const char* name_of(EffectKind kind) {
  constexpr std::array kNames = {"verticalFlip", "rotate",       "blur",       "shearX",
                                 "shearY",       "translateX",   "translateY", "brightness",
                                 "color",        "contrast",     "sharpness",  "posterize",
                                 "solarize",     "autocontrast", "equalize"};
  static_assert(kNames.size() == static_cast<std::size_t>(EffectKind::kEqualize) + 1);
  return kNames.at(static_cast<std::size_t>(kind));
}

void apply_effects(const Recipe& recipe, float* view, EffectScratch& scratch) {
  const int size = recipe.size;
  const Colors colors(view, static_cast<std::size_t>(3) * size * size);
  for (float& value : colors) value = std::clamp(value, 0.0f, 255.0f);
  for (const Effect& effect : recipe.effects) {
    if (const std::optional<Affine> affine = affine_of(effect, size)) {
      scratch.view.resize(colors.size() + 1);
      std::copy(colors.begin(), colors.end(), scratch.view.begin());
      warp(*affine, scratch.view.data(), size, recipe.fill, view);
    } else if (effect.kind == EffectKind::kVerticalFlip) {
      flip_vertically(view, size);
    } else if (effect.kind == EffectKind::kBlur) {
      blur(effect.amount, view, size, scratch);
    } else {
      apply_tone(effect, colors, size, scratch);
    }
  }
}

void erase(const Recipe& recipe, const Preprocessing& preprocessing, const Output& output,
           EffectScratch& scratch) {
  const auto& [region, noise, key] = recipe.erasure;
  const int row_values = 3 * region.width;
  for (int y = 0; y < region.height; ++y) {
    scratch.line.assign(row_values, 0);
    if (noise) {
      kernels().add_noise(
          {scratch.line.data(), row_values, key, static_cast<std::uint32_t>(y * row_values)});
    }
    const Output row = output.from(3 * ((region.top + y) * recipe.size + region.left));
    for (int i = 0; i < row_values; ++i) store(scratch.line[i], i % 3, preprocessing, row.from(i));
  }
}

}  // namespace bobbin::core
