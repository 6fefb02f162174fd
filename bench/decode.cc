// Microseconds of processor time for each image on one thread: libjpeg-turbo's full decode, the
// path through it, and Bobbin's path, whose index of rows is full from the second round.
//   cmake -S . -B build-bench -DBOBBIN_TESTS=ON && cmake --build build-bench --target decode_bench
//   build-bench/decode_bench FOLDER
#include <time.h>

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iostream>
#include <iterator>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "core/base/image.h"
#include "core/base/output.h"
#include "core/decode/jpeg.h"
#include "core/decode/scan_index.h"
#include "core/recipe/augmentation.h"
#include "core/recipe/recipe.h"
#include "core/render/render.h"

using namespace bobbin::core;

namespace {

constexpr int kRounds = 7;
constexpr std::size_t kMaxFiles = 1000;

using Files = std::vector<std::vector<std::uint8_t>>;

// The processor time of this thread only.
double microseconds() {
  timespec time{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) * 1e6 + static_cast<double>(time.tv_nsec) * 1e-3;
}

struct Contender {
  const char* name;
  std::function<void(const std::vector<std::uint8_t>&, std::uint64_t)> run;
  double best = 1e9;
};

Files read_folder(const char* folder) {
  std::vector<std::string> paths;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
    if (entry.is_regular_file()) paths.push_back(entry.path().string());
  }
  std::sort(paths.begin(), paths.end());
  Files files;
  // Evenly spread over the folder, to include each class of a data set.
  const std::size_t step = std::max<std::size_t>(1, paths.size() / kMaxFiles);
  for (std::size_t i = 0; i < paths.size(); i += step) {
    std::ifstream stream(paths[i], std::ios::binary);
    std::vector<std::uint8_t> file(std::istreambuf_iterator<char>(stream), {});
    if (is_jpeg(file)) files.push_back(std::move(file));
  }
  return files;
}

// Decodes and renders as the loader does; `planes` chooses Bobbin's own decoder.
class Pipeline {
 public:
  Pipeline(bool everything, bool planes) : planes_(planes) {
    augmentation_.crop = Crop::kRandomResized;
    augmentation_.flip = 0.5;
    if (everything) {
      augmentation_.brightness = augmentation_.contrast = augmentation_.saturation = 0.4;
      augmentation_.hue = 0.1;
      augmentation_.noise = 5;
    }
    preprocessing_.mean = {127, 127, 127};
    preprocessing_.std = {128, 128, 128};
    // A whole batch, so that stores miss the cache like in the ring.
    output_.reset(static_cast<float*>(std::aligned_alloc(64, kImages * kValues * sizeof(float))));
    std::fill_n(output_.get(), kImages * kValues, 0.0f);
  }

  void run(const std::vector<std::uint8_t>& file, std::uint64_t sample) {
    const ImageView view = decode(file, sample);
    float* output = output_.get() + sample % kImages * kValues;
    renderer_.render(view, size_, recipes_[0], preprocessing_, {output, PixelType::kFloat32});
  }

  ImageView decode(const std::vector<std::uint8_t>& file, std::uint64_t sample) {
    size_ = decoder_.open(file);
    draw_recipes(augmentation_, preprocessing_, {1, 0, sample},
                 {size_.upright_width(), size_.upright_height()}, recipes_);
    const DecodePlan plan = plan_decode(recipes_, size_);
    return planes_ ? decoder_.decode(plan.region, plan.scale, {&index_, sample})
                   : decoder_.decode_rgb(plan.region, plan.scale);
  }

  void decode_all(const std::vector<std::uint8_t>& file) {
    size_ = decoder_.open(file);
    decoder_.decode_rgb({0, 0, size_.width, size_.height}, 1);
  }

 private:
  static constexpr std::size_t kImages = 64, kValues = 224 * 224 * 3;
  bool planes_;
  Augmentation augmentation_;
  Preprocessing preprocessing_;
  ScanIndex index_{2 * kMaxFiles};
  JpegDecoder decoder_;
  Renderer renderer_;
  ImageSize size_;
  std::vector<Recipe> recipes_;
  std::unique_ptr<float, decltype(&std::free)> output_{nullptr, &std::free};
};

}  // namespace

int main(int count, char** arguments) {
  if (count != 2) {
    std::cerr << "Expected a folder of JPEG files: decode_bench FOLDER\n";
    return 1;
  }
  const Files files = read_folder(arguments[1]);
  if (files.empty()) {
    std::cerr << "Expected JPEG files in " << arguments[1] << " but found none\n";
    return 1;
  }
  Pipeline rgb(false, false), rgb_all(true, false), planes(false, true), planes_all(true, true);
  using File = const std::vector<std::uint8_t>&;
  std::vector<Contender> contenders = {
      {"libjpeg-turbo, whole image to RGB",
       [&](File file, std::uint64_t) { rgb.decode_all(file); }},
      {"through libjpeg-turbo, crop only", [&](File file, std::uint64_t i) { rgb.run(file, i); }},
      {"through libjpeg-turbo, everything on",
       [&](File file, std::uint64_t i) { rgb_all.run(file, i); }},
      {"own decoder, planes of the crop",
       [&](File file, std::uint64_t i) { planes.decode(file, i); }},
      {"own decoder, crop only", [&](File file, std::uint64_t i) { planes.run(file, i); }},
      {"own decoder, everything on", [&](File file, std::uint64_t i) { planes_all.run(file, i); }},
  };
  // Alternating, and the best round of each, so that other processes disturb none or all of them.
  for (int round = 0; round < kRounds; ++round) {
    for (Contender& contender : contenders) {
      const double start = microseconds();
      for (std::size_t i = 0; i < files.size(); ++i) contender.run(files[i], i);
      const double spent = microseconds() - start;
      contender.best = std::min(contender.best, spent / static_cast<double>(files.size()));
    }
  }
  std::printf("%zu files, best of %d rounds\n%10s %7s\n", files.size(), kRounds, "us/image",
              "ratio");
  for (const Contender& contender : contenders) {
    std::printf("%10.1f %7.3f  %s\n", contender.best, contender.best / contenders[0].best,
                contender.name);
  }
}
