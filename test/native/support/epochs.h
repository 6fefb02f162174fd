// Shared by the loader's tests: files, options, and a whole epoch.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/load/loader.h"
#include "support/consumer.h"
#include "support/images.h"

namespace bobbin::test {

using core::Batch;
using core::Crop;
using core::Damaged;
using core::LoaderOptions;

// 21 files: JPEGs, one of them truncated, one in another format and one that is not an image.
inline std::vector<std::string> write_files(const TemporaryFolder& folder) {
  std::vector<std::string> paths;
  for (int i = 0; i < 21; ++i) {
    auto file = encode_jpeg(draw_picture(60 + i, 80 - i, i));
    std::string name = std::to_string(i) + ".jpg";
    if (i == 5) file.resize(file.size() / 3);
    if (i == 11) file = {'P', 'N', 'G'}, name = "11.png";
    if (i == 17) file = {'h', 'i'}, name = "17.text";
    paths.push_back(folder.write(name, file));
  }
  return paths;
}

inline LoaderOptions options_for(const TemporaryFolder& folder, int threads) {
  LoaderOptions options;
  options.sources = whole_files(write_files(folder));
  options.preprocessing.resize = 40;
  options.preprocessing.crop = 32;
  options.augmentation.crop = Crop::kRandomResized;
  options.augmentation.flip = 0.5;
  options.augmentation.hue = 0.1;
  options.augmentation.noise = 4;
  options.batch_size = 4;
  options.threads = threads;
  options.slots = 3;
  options.seed = 99;
  options.shuffle = true;
  options.damaged = Damaged::kRefill;
  options.failure_budget = 10;
  return options;
}

inline LoaderOptions mixing_options_for(const TemporaryFolder& folder, int threads) {
  LoaderOptions options = options_for(folder, threads);
  options.augmentation.mixup = 0.4;
  options.augmentation.cutmix = 1;
  options.augmentation.mix_probability = 0.8;
  return options;
}

struct Epoch {
  std::vector<std::uint8_t> bytes;
  std::vector<std::int32_t> indices, partners;
  std::vector<float> weights;
  bool operator==(const Epoch&) const = default;
};

inline Epoch run(Consumer& consumer, int epoch, int first_batch = 0) {
  Epoch all;
  consumer.loader().begin_epoch(epoch, first_batch);
  for (std::uint64_t i = first_batch; i < consumer.loader().batches_per_epoch(); ++i) {
    const Batch batch = consumer.next();
    const std::size_t before = all.bytes.size();
    all.bytes.resize(before + batch.lease->bytes());
    batch.lease->memory().copy_out(all.bytes.data() + before, batch.lease->data(),
                                   batch.lease->bytes());
    all.indices.insert(all.indices.end(), batch.indices.begin(), batch.indices.end());
    all.partners.insert(all.partners.end(), batch.partners.begin(), batch.partners.end());
    all.weights.insert(all.weights.end(), batch.weights.begin(), batch.weights.end());
  }
  return all;
}

}  // namespace bobbin::test
