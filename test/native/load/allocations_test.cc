// Loading allocates memory for each batch, never for each image.
#include "support/allocations.h"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "core/load/loader_options.h"
#include "core/read/sources.h"
#include "core/recipe/recipe.h"
#include "support/check.h"
#include "support/consumer.h"
#include "support/images.h"

using namespace bobbin::core;
using bobbin::test::allocations;
using bobbin::test::Consumer;
using bobbin::test::draw_picture;
using bobbin::test::TemporaryFolder;

namespace {

constexpr int kImages = 64, kBatchSize = 32, kEpochs = 4;

// JPEGs of every common sampling, with and without restarts, some progressive, and one large enough
// that libjpeg scales it down.
std::vector<std::string> write_files(const TemporaryFolder& folder) {
  std::vector<std::string> paths;
  for (int i = 0; i < kImages; ++i) {
    bobbin::test::Encoding encoding;
    encoding.horizontal_sampling = 1 + i % 2;
    encoding.vertical_sampling = 1 + i / 2 % 2;
    encoding.grey = i % 8 == 7;
    encoding.restart_interval = i % 5;
    encoding.progressive = i % 6 == 1;
    const int larger = i == 5 ? 10 : 1;
    const auto picture = draw_picture(larger * (90 + i), larger * (110 - i), i);
    const auto file = encode_jpeg(picture, encoding);
    paths.push_back(folder.write(std::to_string(i) + ".jpg", file));
  }
  return paths;
}

LoaderOptions options_for(std::shared_ptr<Sources> sources) {
  LoaderOptions options;
  options.sources = std::move(sources);
  options.preprocessing.resize = 40;
  options.preprocessing.crop = 32;
  options.augmentation.crop = Crop::kRandomResized;
  options.augmentation.flip = 0.5;
  options.augmentation.contrast = 0.4;
  options.augmentation.hue = 0.1;
  options.augmentation.noise = 4;
  options.batch_size = kBatchSize;
  options.shuffle = true;
  return options;
}

// The number of allocations for a batch, after every buffer has its final size.
double allocations_per_batch(const LoaderOptions& options) {
  // One thread, and the same epochs twice, so that it renders the same windows of the same images
  // again.
  Consumer consumer(options);
  const auto load = [&] {
    for (int epoch = 0; epoch < kEpochs; ++epoch) {
      consumer.loader().begin_epoch(epoch, 0);
      for (int batch = 0; batch < kImages / kBatchSize; ++batch) {
        CHECK_EQUAL(consumer.next().indices.size(), std::size_t{kBatchSize});
      }
    }
  };
  load();
  const std::uint64_t before = allocations();
  load();
  constexpr int kBatches = kEpochs * kImages / kBatchSize;
  return static_cast<double>(allocations() - before) / kBatches;
}

}  // namespace

TEST("when images are loaded repeatedly, then memory is allocated only for each batch") {
  const TemporaryFolder folder;
  const std::vector<std::string> paths = write_files(folder);
  const LoaderOptions plain = options_for(bobbin::test::whole_files(paths));
  const LoaderOptions packed = options_for(bobbin::test::parts_of_a_shard(folder, paths));
  LoaderOptions mixed = plain, changed = plain;
  mixed.augmentation.mixup = 0.4;
  mixed.augmentation.cutmix = 1;
  changed.augmentation.rotation = 20;
  changed.augmentation.blur = changed.augmentation.erase = 0.5;
  changed.augmentation.rand_augment = 2;
  changed.augmentation.erase_noise = true;
  for (const LoaderOptions& options : {plain, packed, mixed, changed}) {
    const double each = allocations_per_batch(options);
    // A batch, its three lists, its lease and the end of the lease; sometimes a block of the queue.
    CHECK(each >= 1);
    CHECK(each <= 7);
  }
}
