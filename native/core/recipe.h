// What is to be done to one sample, drawn once as plain numbers; rendering adds no randomness.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

namespace bobbin::core {

// How pixels become a model's input (src/pipeline/preprocessing.ts); mean and std in 0…255 units
// and in the order of the channels.
struct Preprocessing {
  int resize = 256;
  int crop = 224;
  std::array<float, 3> mean{};
  std::array<float, 3> std{1, 1, 1};
  bool bgr = false;
};

enum class Crop { kCenter, kTen, kRandom, kRandomResized };

// What may vary from epoch to epoch (src/pipeline/augmentation.ts documents each field).
struct Augmentation {
  Crop crop = Crop::kCenter;
  double area_min = 0.08, area_max = 1;
  double ratio_min = 3.0 / 4, ratio_max = 4.0 / 3;
  double flip = 0;
  double brightness = 0, contrast = 0, saturation = 0;
  double hue = 0;
  double noise = 0;
  double mixup = 0, cutmix = 0;
  double mix_probability = 1;

  int views() const { return crop == Crop::kTen ? 10 : 1; }
};

// A rectangle in pixels of the upright image; edges may lie between pixels.
struct Window {
  double left = 0;
  double top = 0;
  double width = 0;
  double height = 0;
};

// One rendered view of one sample: resample `window` to size × size, mirror, colour, add noise.
struct Recipe {
  Window window;
  int size = 0;  // Side of the square output in pixels.
  bool flip = false;
  // 3×4, row-major: colour' = A · (red, green, blue, mean grey of the view)ᵀ.
  std::array<float, 12> color{1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0};
  std::uint64_t noise_key = 0;
  float noise_sigma = 0;  // In 0…255 units.
};

// Which randomness a sample's recipe takes.
struct SampleKey {
  std::uint64_t seed = 0;
  std::uint64_t epoch = 0;
  std::uint64_t sample = 0;
};

// Draws the recipes of all views of a sample whose upright image is width × height. Ten-crop gives
// top left, top right, bottom left, bottom right, centre, then the same five mirrored.
void draw_recipes(const Augmentation& augmentation, const Preprocessing& preprocessing,
                  const SampleKey& key, int width, int height, std::vector<Recipe>& recipes);

}  // namespace bobbin::core
