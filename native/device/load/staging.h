// What a batch needs on the device, gathered row by row in pinned memory.
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

// A file that is left to the device's decoder, and what is to be made of it.
struct StagedFile {
  core::Bytes bytes;  // None where the image is decoded already.
  core::JpegTraits traits;
  core::ImageSize size;
  std::vector<core::Recipe> recipes;
  core::Region wanted;  // In stored pixels.
};

// Memory for files that are left to the device's decoder. For any number of threads.
class FilePool {
 public:
  // So many bytes of files may be held at once.
  explicit FilePool(std::size_t most) : most_(most) {}
  // Takes `file`, in exchange for memory that another one had. Nothing, where it is too much.
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
  std::vector<Job> jobs;  // One a view, once its pixels are somewhere.
  StagedFile file;
  core::Mix mix;  // Of a partner: how it is mixed into the row.

  bool absent() const { return jobs.empty() && file.bytes.empty(); }
};

// A row's own image, and the partner that is mixed into it.
enum class Role : std::uint8_t { kOwn, kPartner };
using StagedRow = std::array<StagedImage, 2>;

// Where the stagings of all slots get their memory.
struct StagingMemory {
  BlockPool chunks;    // For samples; there may be none left.
  BlockPool rendered;  // For the values of as many rows as a batch has.
  FilePool files;
};

// A batch in the making. Threads write rows of their own; memory may be asked for by any.
class Staging {
 public:
  struct Shape {
    int rows = 0;
    std::size_t row_bytes = 0;  // Of values, as they are stored.
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
  // Gives a reservation back.
  void release_planes(std::size_t bytes);

  // Copies all samples, and the rendered values of rows `begin` to `end`.
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
