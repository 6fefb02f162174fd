// How samples get into the ring's slots: who renders them, and where a batch is finished.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <stdexcept>
#include <string>

#include "core/base/output.h"
#include "core/batch/memory.h"
#include "core/batch/ring.h"
#include "core/read/sample_reader.h"
#include "core/read/sources.h"
#include "core/recipe/draw_mix.h"
#include "core/recipe/recipe.h"

namespace bobbin::core {

// The run cannot go on; the message says why.
struct LoaderError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

// One row of a batch in the making.
struct Place {
  int slot = 0;
  int row = 0;
};

// An image of a finished batch that turned out to be unreadable when it was decoded at last. Of a
// row whose two images are unreadable, only its own counts: another one will have another partner.
struct FailedImage {
  int row = 0;
  bool partner = false;  // The row's partner, or the row's own image.
  std::string reason;
};

// What a writer renders, into what, and whom it tells. The loader owns all of it and outlives the
// writer.
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
  // more. If images failed, their rows will be written again and the batch be finished once more.
  std::function<void(int slot, std::span<const FailedImage> failed)> done;
  // The run ends with this message.
  std::function<void(const std::string& reason)> fail;

  std::size_t view_values() const {
    return std::size_t{3} * preprocessing.crop * preprocessing.crop;
  }
  // Of a row: all of its image's views.
  std::size_t row_values() const { return augmentation.views() * view_values(); }
};

// One thread's. Throws ImageError for an image that cannot be used, LoaderError where nothing can.
class RowWriter {
 public:
  virtual ~RowWriter() = default;
  // All views of a sample, whose pixels are `decoded` or, where null, read from its source, become
  // what the place holds. False when they are to be read and the sample is no JPEG.
  virtual bool write(const SampleKey& key, const DecodedImage* decoded, const Place& place) = 0;
  // The same for a partner, which is mixed into what the place holds.
  virtual bool mix(const SampleKey& partner, const DecodedImage* decoded, const Mix& mix,
                   const Place& place) = 0;
  // The place holds zeros, as stored.
  virtual void clear(const Place& place) = 0;
};

// Writes batches into memory of one kind.
class BatchWriter {
 public:
  virtual ~BatchWriter() = default;
  // Of the ring's slots.
  virtual std::shared_ptr<Memory> memory() const = 0;
  // Called once, before what follows; `context` lives longer than the writer.
  virtual void start(const BatchContext& context) = 0;
  virtual std::unique_ptr<RowWriter> make_row_writer() = 0;
  // All of the batch's rows are written. `done` is told once the slot holds them, now or later.
  virtual void finish(int slot, int rows) = 0;
  // Nobody wants the slot's batch any more; it is not being finished. With the signal's mutex held.
  virtual void abandon(int slot) = 0;
};

}  // namespace bobbin::core
