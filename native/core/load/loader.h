// The worker threads: from encoded images to finished batches, in the epoch's order.
#pragma once

#include <atomic>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <thread>
#include <vector>

#include "core/base/output.h"
#include "core/batch/batch_writer.h"
#include "core/batch/host_writer.h"
#include "core/batch/ring.h"
#include "core/load/order.h"
#include "core/read/sample_reader.h"
#include "core/read/sources.h"
#include "core/recipe/draw_mix.h"
#include "core/recipe/recipe.h"

namespace bobbin::core {

// What happens to a sample that cannot be read. (Where it was to be mixed into another one, the
// next partner drawn takes its place, unless the run ends.)
enum class Damaged {
  kRefill,  // Another sample takes its place, chosen by (seed, epoch, position, attempt) alone.
  kMark,    // Its views are zeros, as stored, and its index is −1.
  kFail,    // The run ends.
};

struct LoaderOptions {
  std::shared_ptr<Sources> sources;
  Preprocessing preprocessing;
  Augmentation augmentation;
  PixelType dtype = PixelType::kFloat32;
  int batch_size = 1;
  int threads = 1;
  int slots = 2;
  std::uint64_t seed = 0;
  bool shuffle = false;
  // This loader takes the epoch's positions index, index + count, …; others take the rest.
  std::uint64_t worker_index = 0;
  std::uint64_t worker_count = 1;
  Damaged damaged = Damaged::kFail;
  std::uint64_t failure_budget = 0;  // Distinct damaged samples before the run ends.
};

// A finished batch: `indices.size()` images of views · crop · crop · 3 values each.
struct Batch {
  std::unique_ptr<SlotLease> lease;
  std::vector<std::int32_t> indices;   // Of samples; −1 for a marked row.
  std::vector<std::int32_t> partners;  // What each row is mixed with; its own index where unmixed.
  std::vector<float> weights;          // Share of the row's own image, λ; 1 where unmixed.
};

// A sample that is no JPEG: someone else decodes it and calls Loader::supply with the ticket.
struct DecodeRequest {
  std::uint64_t ticket = 0;
  std::uint64_t sample = 0;
};

struct Failure {
  std::uint64_t index = 0;
  std::string reason;
};

// Totals since the loader was made. Times of stages are summed over worker threads; `device_ns`
// over batches, from when a device is given a batch until it has done it.
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
// waits until each worker has finished the image at hand, and the writer its batches.
class Loader {
 public:
  // `notify` is called on other threads whenever `take` or `take_requests` may have something new.
  // Throws what the writer's memory does where there is none left.
  Loader(LoaderOptions options, std::function<void()> notify,
         std::unique_ptr<BatchWriter> writer = make_host_writer());
  ~Loader();
  Loader(const Loader&) = delete;
  Loader& operator=(const Loader&) = delete;

  // Drops what was prepared and starts rendering an epoch from one of its batches.
  void begin_epoch(std::uint64_t epoch, std::uint64_t first_batch);
  // The next batch in order, or nothing while it is not finished. Throws LoaderError.
  std::optional<Batch> take();

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
  struct Rows {
    std::uint64_t begin = 0;
    std::uint64_t end = 0;
  };
  // A batch being written or waiting to be taken.
  struct Flight {
    std::uint64_t first_row = 0;  // Of this loader's share of the epoch.
    std::uint64_t epoch = 0;
    Order order;
    Rows ahead;  // What the first row's thread asks the system to fetch.
    int slot = 0;
    int started_rows = 0;
    int unfinished_rows = 0;
    std::atomic<bool> abandoned{false};
    std::vector<std::int32_t> indices, partners;
    std::vector<float> weights;
  };
  // One row of a flight, and where its image comes from when it is not a JPEG file. A row that is
  // mixed needs two images, one after the other.
  struct Task {
    std::shared_ptr<Flight> flight;
    int row = 0;
    std::uint64_t attempt = 0;  // At the image at hand.
    Mix mix;                    // Mixed once the row holds its own view and lacks its partner's.
    std::optional<DecodedImage> decoded;
    std::string failure;
  };
  struct Worker;

  BatchContext writer_context();
  void work();
  void write_rows();
  void stop();
  std::optional<Task> next_task();
  bool open_flight();
  void process(Worker& worker, Task task);
  void read_ahead(Worker& worker, Flight& flight);
  bool fill_row(Worker& worker, Task& task, std::uint64_t sample);
  std::uint64_t rows_per_epoch() const;
  // Where in the whole epoch a row of this loader's share lies.
  std::uint64_t position_of(std::uint64_t row) const;
  std::uint64_t sample_of(const Task& task) const;
  Mix mix_of(const Flight& flight, std::uint64_t sample) const;
  std::uint64_t partner_of(const Flight& flight, std::uint64_t sample, std::uint64_t attempt) const;
  void fail_row(Worker& worker, Task& task, std::uint64_t sample, const std::string& reason);
  void finish_row(const std::shared_ptr<Flight>& flight);
  void drop_row(Flight& flight);
  void drop(int slot);
  void end_batch(int slot, std::span<const FailedImage> failed);
  Task task_after(const std::shared_ptr<Flight>& flight, const FailedImage& failed) const;
  void end_run(const std::string& reason);
  void hand_out(Task task);
  void give_back();
  void resume(std::uint64_t ticket, const std::function<void(Task&)>& with);

  const LoaderOptions options_;
  const std::function<void()> notify_;
  const std::size_t row_bytes_;
  StageTotals stages_;
  std::atomic<std::uint64_t> images_{0};
  std::atomic<std::uint64_t> supplied_bytes_{0};  // Since heaps were given back.
  const std::shared_ptr<Signal> signal_;          // Its mutex guards what follows.
  const std::shared_ptr<Ring> ring_;
  bool stopping_ = false;
  std::uint64_t epoch_ = 0;
  std::uint64_t next_batch_;                     // To be opened.
  std::uint64_t next_ahead_ = 0;                 // First row not yet in a flight's `ahead`.
  std::deque<std::shared_ptr<Flight>> flights_;  // In order; the last one may have rows to start.
  std::vector<std::shared_ptr<Flight>> finishing_;  // By slot: what the writer is at.
  std::deque<Task> resumed_;  // Rows that had to wait for their images, or failed late.
  std::map<std::uint64_t, Task> waiting_;  // For `supply`, by ticket.
  std::vector<DecodeRequest> requests_;
  std::uint64_t next_ticket_ = 0;
  std::map<std::uint64_t, std::string> failures_;
  std::optional<std::string> fatal_;

  // Destroyed before what it is told of in its context.
  const BatchContext context_;
  const std::unique_ptr<BatchWriter> writer_;
  std::vector<std::thread> threads_;
};

}  // namespace bobbin::core
