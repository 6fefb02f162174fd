// From a sample's encoded bytes to pixels and recipes, on one thread.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "core/base/image.h"
#include "core/base/scratch.h"
#include "core/decode/jpeg.h"
#include "core/read/sources.h"
#include "core/recipe/recipe.h"
#include "core/render/render.h"

namespace bobbin::core {

// Interleaved 8-bit RGB, upright, without padding.
struct DecodedImage {
  Bytes pixels;
  int width = 0;
  int height = 0;
};

// The atomic counters behind LoaderStatistics: images written, and what stages and a device did.
struct StageTotals {
  std::atomic<std::uint64_t> images{0};
  std::atomic<std::uint64_t> read_bytes{0};
  std::atomic<std::uint64_t> read_ns{0}, decode_ns{0}, render_ns{0};
  std::atomic<std::uint64_t> device_decoded{0}, device_rendered{0}, device_ns{0};
};

// Adds the time until its end to a total.
class StageTimer {
 public:
  explicit StageTimer(std::atomic<std::uint64_t>& total) : total_(total) {}
  StageTimer(const StageTimer&) = delete;
  StageTimer& operator=(const StageTimer&) = delete;
  ~StageTimer() {
    const auto spent = std::chrono::steady_clock::now() - start_;
    total_ += std::chrono::duration_cast<std::chrono::nanoseconds>(spent).count();
  }

 private:
  std::atomic<std::uint64_t>& total_;
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
};

// A sample before it is decoded; valid until the next one is opened.
struct OpenedSample {
  SampleKey key;
  ImageSize size;
  std::span<const Recipe> recipes;        // One a view.
  const DecodedImage* decoded = nullptr;  // Null for a JPEG file.
};

// Keeps its memory from sample to sample; the constructor's arguments must outlive it.
class SampleReader {
 public:
  SampleReader(Sources& sources, const Preprocessing& preprocessing,
               const Augmentation& augmentation, StageTotals& totals);

  // Opens a sample. Its pixels are `decoded`, or, if that is null, they are read from its source.
  // Nothing if they must be read and the sample is not a JPEG. Throws ImageError.
  std::optional<OpenedSample> open(const SampleKey& key, const DecodedImage* decoded);
  // Decodes the part of the opened sample that its recipes need. The view lives until the next
  // call. Throws ImageError.
  ImageView decode(const OpenedSample& sample);

  // Decodes the opened JPEG wholly. Throws ImageError.
  void check();

  // For an opened JPEG that is not decoded yet: its headers, and its bytes, which the caller may
  // swap for other memory.
  JpegTraits traits() const { return decoder_.traits(); }
  Bytes& file() { return file_; }

 private:
  std::optional<ImageSize> read(std::uint64_t sample);

  Sources& sources_;
  const Preprocessing& preprocessing_;
  const Augmentation& augmentation_;
  StageTotals& totals_;
  Bytes file_;
  std::vector<Recipe> recipes_;
  JpegDecoder decoder_;
};

}  // namespace bobbin::core
