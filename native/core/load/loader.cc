// Puts the parts together, and ends them in order: threads first, then the writer, then the rest.
#include "core/load/loader.h"

#include <cstdint>
#include <exception>
#include <functional>
#include <memory>
#include <new>
#include <optional>
#include <span>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "core/base/threads.h"
#include "core/batch/batch_writer.h"
#include "core/batch/ring.h"
#include "core/load/epoch_plan.h"
#include "core/load/failures.h"
#include "core/load/flight.h"
#include "core/load/loader_options.h"
#include "core/load/row_worker.h"
#include "core/load/schedule.h"
#include "core/load/tickets.h"
#include "core/read/sample_reader.h"

namespace bobbin::core {

Loader::Loader(LoaderOptions options, std::function<void()> notify,
               std::unique_ptr<BatchWriter> writer)
    : options_(std::move(options)),
      failures_(options_, notify),
      signal_(std::make_shared<Signal>()),
      ring_(Ring::create(options_.slots, options_.row_bytes() * options_.batch_size,
                         writer->memory(), signal_)),
      schedule_({options_, *ring_, *signal_, *writer, failures_, totals_, std::move(notify)}),
      context_(writer_context()),
      writer_(std::move(writer)) {
  writer_->start(context_);
  try {
    for (int i = 0; i < options_.threads; ++i) threads_.push_back(start_thread([this] { work(); }));
  } catch (...) {
    // Nobody else would join the threads that were started.
    stop();
    throw;
  }
}

BatchContext Loader::writer_context() {
  return {
      *options_.sources,
      options_.preprocessing,
      options_.augmentation,
      options_.dtype,
      options_.batch_size,
      options_.threads,
      totals_,
      *ring_,
      *signal_,
      [this](int slot, std::span<const FailedImage> failed) { schedule_.end_batch(slot, failed); },
      [this](const std::string& reason) { failures_.end_run(reason); }};
}

Loader::~Loader() { stop(); }

void Loader::stop() {
  schedule_.stop();
  for (std::thread& thread : threads_) thread.join();
}

// An exception that is not an image's failure ends the run.
void Loader::work() {
  try {
    RowWorker({*options_.sources, totals_, schedule_, failures_, heaps_, *writer_}).run();
  } catch (const std::bad_alloc&) {
    failures_.end_run("a thread's buffers do not fit into memory; set `threads` lower");
  } catch (const std::exception& error) {
    failures_.end_run(error.what());
  }
}

std::uint64_t Loader::batches_per_epoch() const { return core::batches_per_epoch(options_); }

void Loader::begin_epoch(std::uint64_t epoch, std::uint64_t first_batch) {
  schedule_.begin_epoch(epoch, first_batch);
}

std::optional<Batch> Loader::take() {
  failures_.check();
  return schedule_.take();
}

std::vector<DecodeRequest> Loader::take_requests() { return schedule_.take_requests(); }

void Loader::supply(std::uint64_t ticket, DecodedImage image) {
  heaps_.count(image.pixels.size());
  schedule_.resume(ticket, [&](RowTask& task) { task.decoded = std::move(image); });
}

void Loader::supply_failure(std::uint64_t ticket, std::string reason) {
  schedule_.resume(ticket, [&](RowTask& task) { task.failure = std::move(reason); });
}

std::vector<Failure> Loader::failures() const { return failures_.list(); }

LoaderStatistics Loader::statistics() const {
  return {totals_.images,    totals_.read_bytes,     totals_.read_ns,         totals_.decode_ns,
          totals_.render_ns, totals_.device_decoded, totals_.device_rendered, totals_.device_ns};
}

int Loader::leased() const {
  int count = 0;
  for (int slot = 0; slot < ring_->size(); ++slot) {
    count += ring_->state(slot) == SlotState::kLeased;
  }
  return count;
}

}  // namespace bobbin::core
