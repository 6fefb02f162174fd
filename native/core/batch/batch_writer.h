// The interface between scheduling and rendering: how samples get into the ring's slots.
//
// A worker thread makes its RowWriter and writes rows with it; threads write different rows of a
// slot at the same time. When all rows of a batch are written, one thread calls
// BatchWriter::finish, and the writer answers once by BatchContext::done, now or later, on any
// thread. Between `finish` and `done` the slot belongs to the writer alone.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>

#include "core/base/image.h"
#include "core/base/output.h"
#include "core/batch/memory.h"
#include "core/batch/ring.h"
#include "core/read/sample_reader.h"
#include "core/read/sources.h"
#include "core/recipe/draw_mix.h"
#include "core/recipe/recipe.h"

namespace bobbin::core {

// One row of the batch in a slot.
struct SlotRow {
  int slot = 0;
  int row = 0;
};

// An image of a finished batch that could not be decoded. If both images of a row are unreadable,
// only the row's own is reported: its replacement draws a new partner.
struct FailedImage {
  int row = 0;
  bool partner = false;  // The row's partner, or the row's own image.
  std::string reason;
};

// What a writer works with. The loader owns all of it and outlives the writer.
struct BatchContext {
  Sources& sources;
  const Preprocessing& preprocessing;
  const Augmentation& augmentation;
  PixelType dtype;
  int batch_size;
  int threads;
  StageTotals& totals;
  Ring& ring;
  Signal& signal;  // Notified when a lease ends; a writer's thread may wait on it, too.
  // For any thread that does not hold the signal's mutex. `done`: nobody writes into the slot any
  // more. If images failed, their rows are written again, and `finish` is called once more.
  std::function<void(int slot, std::span<const FailedImage> failed)> done;
  // The run ends with this message.
  std::function<void(const std::string& reason)> fail;

  std::size_t view_values() const {
    return std::size_t{3} * preprocessing.crop * preprocessing.crop;
  }
  // All views of the row's image.
  std::size_t row_values() const { return augmentation.views() * view_values(); }
};

// Belongs to one thread. Throws ImageError if the image cannot be used, and LoaderError if no image
// can be.
class RowWriter {
 public:
  virtual ~RowWriter() = default;
  // Writes all views of a sample to a row. The pixels are `decoded`, or, if that is null, they are
  // read from the sample's source. False if they must be read and the sample is not a JPEG.
  virtual bool write(const SampleKey& key, const DecodedImage* decoded, const SlotRow& to) = 0;
  // Mixes the views of a partner into a row that is written; otherwise like `write`.
  virtual bool mix(const SampleKey& partner, const DecodedImage* decoded, const Mix& mix,
                   const SlotRow& to) = 0;
  // Fills a row with zeros, as stored.
  virtual void clear(const SlotRow& to) = 0;
};

// Writes batches into memory of one kind.
class BatchWriter {
 public:
  virtual ~BatchWriter() = default;
  // The memory for the ring's slots.
  virtual std::shared_ptr<Memory> memory() const = 0;
  // Called once, before the functions below; `context` outlives the writer.
  virtual void start(const BatchContext& context) = 0;
  virtual std::unique_ptr<RowWriter> make_row_writer() = 0;
  // All rows of the batch are written. Calls BatchContext::done once the slot holds them.
  virtual void finish(int slot, int rows) = 0;
  // Forgets the batch in a slot, which is not being finished. Called with the signal's mutex held.
  virtual void abandon(int slot) = 0;
};

}  // namespace bobbin::core
