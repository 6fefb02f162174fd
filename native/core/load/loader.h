// From encoded images to finished batches, in the epoch's order, on threads of its own.
//
//     Schedule   decides which row is next and which batch is ready (schedule.h)
//     RowWorker  writes rows, one worker a thread                   (row_worker.h)
//     Failures   records damaged samples and ends runs              (failures.h)
//     EpochPlan  says which sample a row gets                       (epoch_plan.h)
//
// The loader owns these parts, the ring, the writer and the threads, and joins them at its end.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "core/batch/batch_writer.h"
#include "core/batch/host_writer.h"
#include "core/batch/ring.h"
#include "core/load/failures.h"
#include "core/load/heap_trimmer.h"
#include "core/load/loader_options.h"
#include "core/load/schedule.h"
#include "core/load/tickets.h"
#include "core/read/sample_reader.h"

namespace bobbin::core {

// Totals since the loader was made. Times of stages are summed over worker threads; `device_ns`
// over batches, from when a device gets a batch until it has finished it.
struct LoaderStatistics {
  std::uint64_t images = 0;
  std::uint64_t read_bytes = 0;
  std::uint64_t read_ns = 0;
  std::uint64_t decode_ns = 0;
  std::uint64_t render_ns = 0;
  std::uint64_t device_decoded = 0;   // Images whose files a device decoded.
  std::uint64_t device_rendered = 0;  // Images of which a device rendered a view.
  std::uint64_t device_ns = 0;
};

// All member functions are for one consumer thread and return at once, except the destructor, which
// waits until each worker has finished its current image, and the writer its batches.
class Loader {
 public:
  // `notify` is called on other threads whenever `take` or `take_requests` may have something new.
  // Throws what the writer's memory throws if there is none left.
  Loader(LoaderOptions options, std::function<void()> notify,
         std::unique_ptr<BatchWriter> writer = make_host_writer());
  ~Loader();
  Loader(const Loader&) = delete;
  Loader& operator=(const Loader&) = delete;

  // Drops what was prepared and starts rendering an epoch from one of its batches.
  void begin_epoch(std::uint64_t epoch, std::uint64_t first_batch);
  // The next batch in order, or nothing while it is not finished. Throws LoaderError.
  std::optional<Batch> take();

  // Samples that are not JPEGs: the consumer decodes them and answers each ticket once.
  std::vector<DecodeRequest> take_requests();
  void supply(std::uint64_t ticket, DecodedImage image);
  void supply_failure(std::uint64_t ticket, std::string reason);

  // One entry for each damaged sample met so far, by index.
  std::vector<Failure> failures() const;
  LoaderStatistics statistics() const;
  // How many slots the consumer holds.
  int leased() const;
  // The memory of all slots.
  std::size_t ring_bytes() const { return ring_->bytes(); }
  std::uint64_t batches_per_epoch() const;

 private:
  BatchContext writer_context();
  void work();
  void stop();

  const LoaderOptions options_;
  StageTotals totals_;
  HeapTrimmer heaps_;
  Failures failures_;
  const std::shared_ptr<Signal> signal_;
  const std::shared_ptr<Ring> ring_;
  Schedule schedule_;
  // Destroyed after the writer, whose threads use the context and all that it names.
  const BatchContext context_;
  const std::unique_ptr<BatchWriter> writer_;
  std::vector<std::thread> threads_;
};

}  // namespace bobbin::core
