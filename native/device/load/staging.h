// Collects the device's input for a batch, row by row, in pinned memory.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

#include "core/base/image.h"
#include "core/base/scratch.h"
#include "core/recipe/draw_mix.h"
#include "core/recipe/recipe.h"
#include "device/base/device.h"
#include "device/base/device_memory.h"
#include "device/base/job.h"

namespace bobbin::device {

// A file for the device's decoder, and its recipes.
struct StagedFile {
  core::Bytes bytes;  // Empty if the image is already decoded.
  core::JpegTraits traits;
  core::ImageSize size;
  std::vector<core::Recipe> recipes;
  core::Region wanted;  // In stored pixels.
};

// Memory for files of the device's decoder. Thread-safe.
class FilePool {
 public:
  // Holds at most this many bytes of files.
  explicit FilePool(std::size_t most) : most_(most) {}
  // Takes `file` in exchange for reused memory. Returns nothing if the file does not fit.
  std::optional<core::Bytes> exchange(core::Bytes& file);
  void give_back(core::Bytes file);

 private:
  const std::size_t most_;
  std::mutex mutex_;  // Guards what follows.
  std::size_t held_ = 0;
  std::vector<core::Bytes> free_;
};

// One image of a row.
struct StagedImage {
  std::vector<Job> jobs;  // One a view, once its pixels are staged or decoded.
  StagedFile file;
  core::Mix mix;  // How a partner is mixed into the row.

  bool absent() const { return jobs.empty() && file.bytes.empty(); }
};

// A row's own image, or the partner that is mixed into it.
enum class Role : std::uint8_t { kOwn, kPartner };
using StagedRow = std::array<StagedImage, 2>;

// The memory of the stagings of all slots.
struct StagingMemory {
  BlockPool chunks;    // For samples; it may run out.
  BlockPool rendered;  // For the values of a batch's rows.
  FilePool files;
};

// A batch in progress. Each row is written by one thread; any thread may allocate.
class Staging {
 public:
  struct Shape {
    int rows = 0;
    std::size_t row_bytes = 0;  // Of stored values.
  };
  Staging(StagingMemory& memory, const Shape& shape)
      : memory_(memory), shape_(shape), rows_(shape.rows) {}

  StagedImage& image(int row, Role role) { return rows_[row][static_cast<int>(role)]; }
  void clear_image(int row, Role role);

  // Copies an image's samples to where the device will find them: the same view, its planes in the
  // device's memory. Nothing if there is no room. Throws DeviceError.
  std::optional<core::ImageView> copy_samples(const core::ImageView& image);

  // Part of a block: where the CPU writes it, and where it will be on the device.
  struct BlockPart {
    std::uint8_t* pinned = nullptr;
    const std::uint8_t* on_device = nullptr;
  };
  // The memory for a row that is rendered on the CPU. Throws DeviceError.
  BlockPart rendered_row(int row, Role role);

  // Reserves room for planes of the device's decoder in this batch. False if there is none left.
  bool reserve_planes(std::size_t bytes);
  // Cancels a reservation.
  void release_planes(std::size_t bytes);

  // The first copies all samples, the second the rendered values of rows `begin` to `end`.
  void copy_samples_in(Queue& queue) const;
  void copy_rendered_in(Queue& queue, Role role, int begin, int end) const;

  // Returns the memory: the batch is done, or nobody wants it.
  void clear();

 private:
  struct Chunk {
    std::unique_ptr<Block> block;
    std::size_t used = 0;
  };
  std::optional<BlockPart> take_room(std::size_t bytes);

  StagingMemory& memory_;
  const Shape shape_;
  std::vector<StagedRow> rows_;
  std::mutex mutex_;  // Guards what follows.
  std::vector<Chunk> chunks_;
  std::array<std::unique_ptr<Block>, 2> rendered_;
  std::size_t planes_ = 0;  // Bytes.
};

}  // namespace bobbin::device
