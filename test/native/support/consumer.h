// A loader's consumer in C++, and its input.
#pragma once

#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/load/loader.h"
#include "core/read/sources.h"
#include "support/file_sources.h"
#include "support/images.h"

namespace bobbin::test {

using core::Batch;
using core::DecodeRequest;
using core::Extent;
using core::Loader;
using core::LoaderOptions;
using core::Sources;

// Waits for a loader like the JavaScript thread, and decodes images that are not JPEG.
class Consumer {
 public:
  explicit Consumer(const LoaderOptions& options,
                    std::unique_ptr<core::BatchWriter> writer = core::make_host_writer())
      : sources_(options.sources), loader_(options, [this] { notify(); }, std::move(writer)) {}

  Loader& loader() { return loader_; }

  Batch next() {
    while (true) {
      std::unique_lock lock(mutex_);
      called_ = false;
      lock.unlock();
      for (const DecodeRequest& request : loader_.take_requests()) answer(request);
      if (std::optional<Batch> batch = loader_.take()) return std::move(*batch);
      lock.lock();
      changed_.wait(lock, [this] { return called_; });
    }
  }

 private:
  void notify() {
    const std::lock_guard lock(mutex_);
    called_ = true;
    changed_.notify_one();
  }

  void answer(const DecodeRequest& request) {
    if (sources_->name(request.sample).ends_with(".text")) {
      loader_.supply_failure(request.ticket, "no image");
    } else {
      const Picture picture = draw_picture(50, 40, 9);
      loader_.supply(request.ticket, {{picture.rgb.begin(), picture.rgb.end()}, 50, 40});
    }
  }

  std::mutex mutex_;
  std::condition_variable changed_;
  bool called_ = false;
  const std::shared_ptr<Sources> sources_;
  Loader loader_;
};

inline std::shared_ptr<Sources> whole_files(const std::vector<std::string>& paths) {
  std::vector<Extent> extents;
  for (std::size_t i = 0; i < paths.size(); ++i) extents.push_back({i});
  return std::make_shared<FileSources>(paths, extents);
}

// The same images in one file.
inline std::shared_ptr<Sources> parts_of_a_shard(const TemporaryFolder& folder,
                                                 const std::vector<std::string>& paths) {
  std::vector<Extent> extents;
  std::vector<std::uint8_t> shard;
  core::Bytes bytes;
  const std::shared_ptr<Sources> files = whole_files(paths);
  for (std::size_t i = 0; i < paths.size(); ++i) {
    files->read(i, bytes);
    extents.push_back({0, shard.size(), bytes.size()});
    shard.insert(shard.end(), bytes.begin(), bytes.end());
  }
  return std::make_shared<FileSources>(std::vector{folder.write("shard", shard)}, extents);
}

}  // namespace bobbin::test
