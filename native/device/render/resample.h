// Resampling of one tile, a chunk of source rows at a time: each source row is filtered to the
// tile's columns, then the filtered rows to the tile's rows.
#pragma once

#include <algorithm>
#include <cstdint>

#include "device/base/job.h"
#include "device/base/shared.h"
#include "device/render/filter.h"

namespace bobbin::device {

// A block renders one tile of one view.
inline constexpr int kTileWidth = 32;
inline constexpr int kTileHeight = 16;  // Even: two rows share the pairs of their noise.
// Filtered source rows that a block holds at a time.
inline constexpr int kFilteredRows = 48;

// A tile of a job; x and y count tiles.
struct TileIndex {
  int job, x, y;
};

// A block's shared memory.
struct TileMemory {
  PlacedFilter columns[kTileWidth], rows[kTileHeight];
  float row_weights[kTileHeight][kFilteredRows];
  float filtered[kFilteredRows][kTileWidth];
  // First the planes' channels, then what is stored. Rows begin in different banks.
  float colors[3][kTileHeight][kTileWidth + 1];
};

// A tile's job and its first pixel in the view.
struct Tile {
  const Job& job;
  int size;  // Of the view.
  int left, top;
};

// Some source rows of `count` planes from `plane` on.
template <int count>
struct Chunk {
  static constexpr int kMaxRows = kFilteredRows / count;
  int plane;
  int resolution;
  int row, rows;
  bool first;  // Of the tile's.
};

template <typename Threads>
BOBBIN_SHARED void place_filters(const Threads& threads, const Tile& tile, TileMemory& memory) {
  threads.each(kTileWidth + kTileHeight, [&](int i) {
    const bool column = i < kTileWidth;
    const int position = column ? tile.left + i : tile.top + i - kTileWidth;
    // Past the view's edge the last position again; its pixels are not stored.
    const int output = std::min(position, tile.size - 1);
    const JobAxis& axis = column ? tile.job.columns : tile.job.rows;
    const PlacedFilter filter = filter_of(axis, tile.size, output);
    (column ? memory.columns[i] : memory.rows[i - kTileWidth]) = filter;
  });
}

// Adds a column's samples of some source rows of each plane, weighed by the column's filter;
// `samples` point to the first of them.
template <int count, int rows>
BOBBIN_SHARED void add_samples(const Job& job, const Chunk<count>& chunk,
                               const PlacedFilter& filter,
                               const std::uint8_t* (&samples)[count][rows],
                               float (&sums)[count][rows]) {
  const int resolution = chunk.resolution;
  for (int k = filter.begin[resolution]; k < filter.end[resolution]; ++k) {
    const float weight = weight_at(filter, job.columns, resolution, k);
    for (int p = 0; p < count; ++p) {
      for (int r = 0; r < rows; ++r) {
        sums[p][r] += weight * static_cast<float>(*samples[p][r]);
        samples[p][r] += job.planes[chunk.plane + p].step_x;
      }
    }
  }
}

// Filters source rows to the tile's columns. A thread takes several rows at once, so that it
// computes each weight once for them.
template <int count, typename Threads>
BOBBIN_SHARED void filter_columns(const Threads& threads, const Job& job, const Chunk<count>& chunk,
                                  TileMemory& memory) {
  constexpr int kRows = count == 1 ? 4 : 2;
  threads.each((chunk.rows + kRows - 1) / kRows * kTileWidth, [&](int i) {
    const int x = i % kTileWidth, first = i / kTileWidth * kRows, resolution = chunk.resolution;
    const PlacedFilter filter = memory.columns[x];
    const std::uint8_t* samples[count][kRows];
    float sums[count][kRows] = {};
    for (int p = 0; p < count; ++p) {
      const JobPlane& plane = job.planes[chunk.plane + p];
      for (int r = 0; r < kRows; ++r) {
        const int row = chunk.row + std::min(first + r, chunk.rows - 1);
        samples[p][r] = plane.samples +
                        (filter.begin[resolution] - job.columns.begin[resolution]) * plane.step_x +
                        (row - job.rows.begin[resolution]) * plane.step_y;
      }
    }
    add_samples(job, chunk, filter, samples, sums);
    for (int p = 0; p < count; ++p) {
      for (int r = 0; r < kRows && first + r < chunk.rows; ++r) {
        memory.filtered[p * Chunk<count>::kMaxRows + first + r][x] = sums[p][r];
      }
    }
  });
}

// Filters the rows of a chunk to the tile's rows, and adds them to those of the chunks before.
template <int count, typename Threads>
BOBBIN_SHARED void filter_rows(const Threads& threads, const Job& job, const Chunk<count>& chunk,
                               TileMemory& memory) {
  threads.each(kTileHeight * chunk.rows, [&](int i) {
    const int y = i / chunk.rows, row = i % chunk.rows;
    memory.row_weights[y][row] =
        weight_at(memory.rows[y], job.rows, chunk.resolution, chunk.row + row);
  });
  threads.each(kTileHeight * kTileWidth, [&](int i) {
    const int x = i % kTileWidth, y = i / kTileWidth;
    const PlacedFilter& filter = memory.rows[y];
    const int begin = std::max(filter.begin[chunk.resolution] - chunk.row, 0);
    const int end = std::min(filter.end[chunk.resolution] - chunk.row, chunk.rows);
    float sums[count];
    for (int p = 0; p < count; ++p) {
      sums[p] = chunk.first ? 0 : memory.colors[chunk.plane + p][y][x];
    }
    for (int row = begin; row < end; ++row) {
      const float weight = memory.row_weights[y][row];
      for (int p = 0; p < count; ++p) {
        sums[p] += weight * memory.filtered[p * Chunk<count>::kMaxRows + row][x];
      }
    }
    for (int p = 0; p < count; ++p) memory.colors[chunk.plane + p][y][x] = sums[p];
  });
}

// Resamples `count` planes of one resolution.
template <int count, typename Threads>
BOBBIN_SHARED void resample_planes(const Threads& threads, const Job& job, int plane,
                                   TileMemory& memory) {
  const int resolution = plane == 0 ? 0 : 1;
  const PlacedFilter& first = memory.rows[0];
  const PlacedFilter& last = memory.rows[kTileHeight - 1];
  const int begin = std::min(first.begin[resolution], last.begin[resolution]);
  const int end = std::max(first.end[resolution], last.end[resolution]);
  for (int row = begin; row < end; row += Chunk<count>::kMaxRows) {
    const int rows = std::min(int{Chunk<count>::kMaxRows}, end - row);
    const Chunk<count> chunk{plane, resolution, row, rows, row == begin};
    filter_columns(threads, job, chunk, memory);
    filter_rows(threads, job, chunk, memory);
  }
}

template <typename Threads>
BOBBIN_SHARED void resample(const Threads& threads, const Tile& tile, TileMemory& memory) {
  place_filters(threads, tile, memory);
  switch (tile.job.space) {
    case core::ColorSpace::kRgb:
      return resample_planes<3>(threads, tile.job, 0, memory);
    case core::ColorSpace::kGrey:
      return resample_planes<1>(threads, tile.job, 0, memory);
    case core::ColorSpace::kYcc:
      resample_planes<1>(threads, tile.job, 0, memory);
      return resample_planes<2>(threads, tile.job, 1, memory);
  }
}

}  // namespace bobbin::device
