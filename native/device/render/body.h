// The kernels' bodies: the work of one block, for a GPU's threads or for one CPU thread.
#pragma once

#include <cstdint>
#include <cstring>

#include "device/base/device.h"
#include "device/base/shared.h"
#include "device/render/grey.h"
#include "device/render/pixel.h"
#include "device/render/resample.h"

namespace bobbin::device {

// Runs a block's work on a CPU. `each` calls run(i) for i from 0 to count − 1, in any order, and
// returns once all have run; a GPU's threads share the calls and then synchronise.
struct OneThread {
  template <typename Run>
  BOBBIN_SHARED void each(int count, const Run& run) const {
    for (int i = 0; i < count; ++i) run(i);
  }
};

// Whether a region holds a pixel; a region of width 0 is empty.
BOBBIN_SHARED inline bool holds(const core::Region& region, int x, int y) {
  return x >= region.left && x < region.left + region.width && y >= region.top &&
         y < region.top + region.height;
}

// A pixel's three colours in the order of the output's channels.
BOBBIN_SHARED inline void color_at(const Job& job, float grey, const TileMemory& memory, int x,
                                   int y, float (&colors)[3]) {
  const int others = job.space == core::ColorSpace::kGrey ? 0 : 1;
  const float channels[3] = {memory.colors[0][y][x], memory.colors[others][y][x],
                             memory.colors[2 * others][y][x]};
  for (int c = 0; c < 3; ++c) {
    const float* m = job.matrix + 4 * c;
    const float color =
        m[0] * channels[0] + m[1] * channels[1] + m[2] * channels[2] + (m[3] + job.grey[c] * grey);
    colors[c] = job.clamped ? clamp_level(color) : color;
  }
}

// Adds noise to a pixel and to the pixel below it, in an odd row.
BOBBIN_SHARED inline void add_noise(const Tile& tile, int x, int y, float (&colors)[2][3]) {
  for (int c = 0; c < 3; ++c) {
    const auto values = static_cast<std::uint32_t>(3 * tile.size);
    const std::uint32_t position =
        static_cast<std::uint32_t>(y / 2) * values + static_cast<std::uint32_t>(3 * x + c);
    const NoisePair noise = noise_at(position, tile.job.noise_key, tile.job.sigma);
    colors[0][c] += noise.first;
    colors[1][c] += noise.second;
  }
}

// The value of an erased pixel: a normal deviate or 0.
BOBBIN_SHARED inline float blot_at(const core::Erasure& erasure, int x, int y, int c) {
  if (!erasure.noise) return 0;
  const core::Region& region = erasure.region;
  const int value = 3 * ((y - region.top) * region.width + x - region.left) + c;
  return noise_at(static_cast<std::uint32_t>(value), erasure.key, 1).first;
}

// Turns channels of planes into values that only need rounding.
template <core::PixelType type, typename Threads>
BOBBIN_SHARED void finish(const Threads& threads, const Tile& tile, const Normalization& by,
                          float grey, TileMemory& memory) {
  threads.each(kTileWidth * kTileHeight / 2, [&](int i) {
    const int column = i % kTileWidth, first_row = i / kTileWidth * 2;
    const int x = tile.left + column;
    float colors[2][3];
    for (int r = 0; r < 2; ++r) {
      color_at(tile.job, grey, memory, column, first_row + r, colors[r]);
    }
    if (tile.job.sigma > 0) add_noise(tile, x, tile.top + first_row, colors);
    for (int r = 0; r < 2; ++r) {
      const int y = tile.top + first_row + r;
      const bool blotted = holds(tile.job.erasure.region, x, y);
      for (int c = 0; c < 3; ++c) {
        memory.colors[c][first_row + r][column] =
            blotted ? erased<type>(blot_at(tile.job.erasure, x, y, c), by.mean[c], by.scale[c])
                    : normalized<type>(clamp_level(colors[r][c]), by.mean[c], by.scale[c]);
      }
    }
  });
}

// The index of a view's value in the output.
template <Layout layout>
BOBBIN_SHARED std::int64_t index_of(const BatchOutput& output, int view, int x, int y, int c) {
  const std::int64_t size = output.size;
  return layout == Layout::kChannelsLast ? ((view * size + y) * size + x) * 3 + c
                                         : ((std::int64_t{3} * view + c) * size + y) * size + x;
}

// Values that are written together.
template <typename Value, int count>
struct alignas(count * sizeof(Value)) Run {
  Value values[count];
};

// The value that a job leaves in the batch: its own, or its share of it and the rest of `held`.
template <core::PixelType type>
BOBBIN_SHARED ValueOf<type> merged(const Job& job, bool blends, ValueOf<type> held,
                                   ValueOf<type> fresh) {
  return blends ? blend<type>(job.share, held, fresh) : fresh;
}

// Stores a tile, `count` values at a time, which are neighbours in the output. fresh(x, y, c) is
// the new value of a pixel of the tile.
template <core::PixelType type, Layout layout, int count, typename Threads, typename Fresh>
BOBBIN_SHARED void store_runs(const Threads& threads, const Tile& tile, const BatchOutput& output,
                              const Fresh& fresh) {
  // A row of the output: of pixels, or of one channel.
  constexpr int kInterleaved = layout == Layout::kChannelsLast ? 3 : 1;
  constexpr int kRows = 3 / kInterleaved * kTileHeight;
  constexpr int kRuns = kInterleaved * kTileWidth / count;
  const Job& job = tile.job;
  const bool pastes = job.pasted.width > 0, blends = !pastes && job.share < 1;
  threads.each(kRows * kRuns, [&](int i) {
    const int value = i % kRuns * count, y = i / kRuns % kTileHeight;
    const int channel = i / kRuns / kTileHeight;  // The first, if channels come last.
    const int column = value / kInterleaved;
    if (tile.left + column >= tile.size || tile.top + y >= tile.size) return;
    auto* to = reinterpret_cast<Run<ValueOf<type>, count>*>(
        static_cast<ValueOf<type>*>(output.data) +
        index_of<layout>(output, job.view, tile.left + column, tile.top + y,
                         channel + value % kInterleaved));
    Run<ValueOf<type>, count> run{};
    if (pastes || blends) run = *to;
    for (int k = 0; k < count; ++k) {
      const int x = (value + k) / kInterleaved, c = channel + (value + k) % kInterleaved;
      if (pastes && !holds(job.pasted, tile.left + x, tile.top + y)) continue;
      run.values[k] = merged<type>(job, blends, run.values[k], fresh(x, y, c));
    }
    *to = run;
  });
}

// 16 bytes at a time if all rows begin at a multiple of that: then tiles begin and end there, too.
template <core::PixelType type, Layout layout, typename Threads, typename Fresh>
BOBBIN_SHARED void store(const Threads& threads, const Tile& tile, const BatchOutput& output,
                         const Fresh& fresh) {
  constexpr int kBytes = sizeof(ValueOf<type>), kWide = 16;
  const int row_bytes = (layout == Layout::kChannelsLast ? 3 : 1) * tile.size * kBytes;
  if (row_bytes % kWide == 0) {
    store_runs<type, layout, kWide / kBytes>(threads, tile, output, fresh);
  } else {
    store_runs<type, layout, 1>(threads, tile, output, fresh);
  }
}

// Renders one tile of a view. `mean_sums` is the output of sum_greys, read only if
// task.needs_means.
template <core::PixelType type, Layout layout, typename Threads>
BOBBIN_SHARED void render_tile(const Threads& threads, const RenderTask& task,
                               const float* mean_sums, const TileIndex& index, TileMemory& memory) {
  const Job& job = task.jobs[index.job];
  const BatchOutput& output = task.output;
  const Tile tile{job, output.size, index.x * kTileWidth, index.y * kTileHeight};
  switch (job.kind) {
    case JobKind::kRender: {
      const float grey = job.needs_mean() ? mean_grey(mean_sums, index.job, output.size) : 0;
      resample(threads, tile, memory);
      finish<type>(threads, tile, task.normalization, grey, memory);
      return store<type, layout>(threads, tile, output, [&](int x, int y, int c) {
        return Stored<type>::of(memory.colors[c][y][x]);
      });
    }
    case JobKind::kCopy: {
      const auto* values = reinterpret_cast<const ValueOf<type>*>(job.planes[0].samples);
      return store<type, layout>(threads, tile, output, [&](int x, int y, int c) {
        return values[(static_cast<std::int64_t>(tile.top + y) * tile.size + tile.left + x) * 3 +
                      c];
      });
    }
    case JobKind::kClear:
      return store<type, layout>(threads, tile, output,
                                 [](int, int, int) { return ValueOf<type>{}; });
  }
}

// Normalises one pixel of levels rendered elsewhere; the index counts the pixels of all views.
template <core::PixelType type, Layout layout>
BOBBIN_SHARED void normalize_pixel(const std::uint8_t* levels, std::int64_t pixel,
                                   const Normalization& by, const BatchOutput& output) {
  const std::int64_t size = output.size, row = pixel / size;
  const int view = static_cast<int>(row / size), y = static_cast<int>(row % size);
  const int x = static_cast<int>(pixel % size);
  for (int c = 0; c < 3; ++c) {
    const auto level = static_cast<float>(levels[3 * pixel + c]);
    static_cast<ValueOf<type>*>(output.data)[index_of<layout>(output, view, x, y, c)] =
        Stored<type>::of(normalized<type>(level, by.mean[c], by.scale[c]));
  }
}

// Calls run<type, layout>() for an output's type and layout.
template <typename Run>
void with_output(const BatchOutput& output, const Run& run) {
  const auto as = [&]<core::PixelType type>() {
    output.layout == Layout::kChannelsLast
        ? run.template operator()<type, Layout::kChannelsLast>()
        : run.template operator()<type, Layout::kChannelsFirst>();
  };
  switch (output.type) {
    case core::PixelType::kFloat32:
      return as.template operator()<core::PixelType::kFloat32>();
    case core::PixelType::kBfloat16:
      return as.template operator()<core::PixelType::kBfloat16>();
    case core::PixelType::kFloat16:
      return as.template operator()<core::PixelType::kFloat16>();
    case core::PixelType::kUint8:
      return as.template operator()<core::PixelType::kUint8>();
  }
}

}  // namespace bobbin::device
