// Scheduling: rows are handed to threads in order, batches to the consumer in order.
#include "core/load/loader.h"

#include <algorithm>
#include <utility>

namespace bobbin::core {
namespace {

std::size_t bytes_of_row(const LoaderOptions& options) {
  const std::size_t side = options.preprocessing.crop;
  return options.augmentation.views() * side * side * 3 * bytes_of(options.dtype);
}

}  // namespace

Loader::Loader(LoaderOptions options, std::function<void()> notify,
               std::unique_ptr<BatchWriter> writer)
    : options_(std::move(options)),
      notify_(std::move(notify)),
      row_bytes_(bytes_of_row(options_)),
      signal_(std::make_shared<Signal>()),
      ring_(Ring::create(options_.slots, row_bytes_ * options_.batch_size, writer->memory(),
                         signal_)),
      next_batch_(batches_per_epoch()),
      finishing_(options_.slots),
      context_(writer_context()),
      writer_(std::move(writer)) {
  writer_->start(context_);
  try {
    for (int i = 0; i < options_.threads; ++i) threads_.emplace_back([this] { work(); });
  } catch (...) {
    // The system gives no more threads; nobody else would join those that it gave.
    stop();
    throw;
  }
}

BatchContext Loader::writer_context() {
  return {*options_.sources,
          options_.preprocessing,
          options_.augmentation,
          options_.dtype,
          options_.batch_size,
          options_.threads,
          stages_,
          *ring_,
          *signal_,
          [this](int slot, std::span<const FailedImage> failed) { end_batch(slot, failed); },
          [this](const std::string& reason) {
            const std::lock_guard lock(signal_->mutex);
            end_run(reason);
          }};
}

Loader::~Loader() { stop(); }

void Loader::stop() {
  {
    const std::lock_guard lock(signal_->mutex);
    stopping_ = true;
  }
  signal_->notify();
  for (std::thread& thread : threads_) thread.join();
}

std::uint64_t Loader::batches_per_epoch() const {
  return (rows_per_epoch() + options_.batch_size - 1) / options_.batch_size;
}

std::uint64_t Loader::rows_per_epoch() const {
  const std::uint64_t count = options_.worker_count;
  return (options_.sources->size() + count - 1 - options_.worker_index) / count;
}

std::uint64_t Loader::position_of(std::uint64_t row) const {
  return row * options_.worker_count + options_.worker_index;
}

void Loader::begin_epoch(std::uint64_t epoch, std::uint64_t first_batch) {
  {
    const std::lock_guard lock(signal_->mutex);
    requests_.clear();
    for (const auto& flight : flights_) {
      flight->abandoned = true;
      const int rows = static_cast<int>(flight->indices.size());
      flight->unfinished_rows -= rows - std::exchange(flight->started_rows, rows);
      if (flight->unfinished_rows == 0 && !finishing_[flight->slot]) drop(flight->slot);
    }
    flights_.clear();
    for (auto& [ticket, task] : std::exchange(waiting_, {})) drop_row(*task.flight);
    epoch_ = epoch;
    next_batch_ = first_batch;
    next_ahead_ = first_batch * options_.batch_size;
  }
  signal_->notify();
}

std::optional<Batch> Loader::take() {
  const std::lock_guard lock(signal_->mutex);
  if (fatal_) throw LoaderError(*fatal_);
  if (flights_.empty() || ring_->state(flights_.front()->slot) != SlotState::kReady) {
    return std::nullopt;
  }
  const std::shared_ptr<Flight> flight = flights_.front();
  flights_.pop_front();
  return Batch{ring_->lease(flight->slot, row_bytes_ * flight->indices.size()),
               std::move(flight->indices), std::move(flight->partners), std::move(flight->weights)};
}

std::vector<DecodeRequest> Loader::take_requests() {
  const std::lock_guard lock(signal_->mutex);
  return std::exchange(requests_, {});
}

void Loader::supply(std::uint64_t ticket, DecodedImage image) {
  supplied_bytes_ += image.pixels.size();
  resume(ticket, [&](Task& task) { task.decoded = std::move(image); });
}

void Loader::supply_failure(std::uint64_t ticket, std::string reason) {
  resume(ticket, [&](Task& task) { task.failure = std::move(reason); });
}

void Loader::resume(std::uint64_t ticket, const std::function<void(Task&)>& with) {
  {
    const std::lock_guard lock(signal_->mutex);
    // A ticket of an abandoned epoch is no longer waited for.
    auto waiting = waiting_.extract(ticket);
    if (waiting.empty()) return;
    with(waiting.mapped());
    resumed_.push_back(std::move(waiting.mapped()));
  }
  signal_->notify();
}

std::vector<Failure> Loader::failures() const {
  const std::lock_guard lock(signal_->mutex);
  std::vector<Failure> list;
  list.reserve(failures_.size());
  for (const auto& [index, reason] : failures_) list.push_back({index, reason});
  return list;
}

LoaderStatistics Loader::statistics() const {
  return {images_,           stages_.read_bytes,     stages_.read_ns,         stages_.decode_ns,
          stages_.render_ns, stages_.device_decoded, stages_.device_rendered, stages_.device_ns};
}

int Loader::leased() const {
  int count = 0;
  for (int slot = 0; slot < ring_->size(); ++slot) {
    count += ring_->state(slot) == SlotState::kLeased;
  }
  return count;
}

// With the mutex held. Rows that waited come first: images that JavaScript decoded hold memory.
std::optional<Loader::Task> Loader::next_task() {
  if (!resumed_.empty()) {
    Task task = std::move(resumed_.front());
    resumed_.pop_front();
    return task;
  }
  if (fatal_) return std::nullopt;
  const auto has_rows_to_start = [&] {
    return !flights_.empty() &&
           flights_.back()->started_rows < static_cast<int>(flights_.back()->indices.size());
  };
  if (!has_rows_to_start() && !open_flight()) return std::nullopt;
  return Task{flights_.back(), flights_.back()->started_rows++, 0, {}, std::nullopt, ""};
}

bool Loader::open_flight() {
  if (next_batch_ >= batches_per_epoch()) return false;
  const std::optional<int> slot = ring_->claim();
  if (!slot) return false;
  const std::uint64_t all = rows_per_epoch();
  const std::uint64_t first = next_batch_++ * options_.batch_size;
  const std::uint64_t rows = std::min<std::uint64_t>(options_.batch_size, all - first);
  // One batch further than this one: fetched while this one is rendered.
  const std::uint64_t ahead = std::min(all, first + 2 * rows);
  auto flight = std::make_shared<Flight>(
      first, epoch_, Order(options_.sources->size(), options_.shuffle, options_.seed, epoch_),
      Rows{std::exchange(next_ahead_, ahead), ahead}, *slot);
  flight->unfinished_rows = static_cast<int>(rows);
  flight->indices.resize(rows, -1);
  flight->partners.resize(rows, -1);
  flight->weights.resize(rows, 1);
  flights_.push_back(std::move(flight));
  return true;
}

// With the mutex held. What ends a run first is what is said of it.
void Loader::end_run(const std::string& reason) {
  if (!fatal_) fatal_ = reason;
  notify_();
}

void Loader::finish_row(const std::shared_ptr<Flight>& flight) {
  {
    const std::lock_guard lock(signal_->mutex);
    if (flight->abandoned) {
      drop_row(*flight);
      return;
    }
    if (--flight->unfinished_rows > 0 || fatal_) return;
    finishing_[flight->slot] = flight;
  }
  writer_->finish(flight->slot, static_cast<int>(flight->indices.size()));
}

// With the mutex held: one row less of an abandoned flight.
void Loader::drop_row(Flight& flight) {
  if (--flight.unfinished_rows == 0) drop(flight.slot);
}

// With the mutex held.
void Loader::drop(int slot) {
  writer_->abandon(slot);
  ring_->abandon(slot);
  signal_->changed.notify_all();
}

// The writer has nothing left to do for a batch: it is there, or lacks some images.
void Loader::end_batch(int slot, std::span<const FailedImage> failed) {
  const std::lock_guard lock(signal_->mutex);
  const std::shared_ptr<Flight> flight = std::exchange(finishing_[slot], nullptr);
  if (flight->abandoned) {
    drop(slot);
  } else if (failed.empty()) {
    ring_->finish(slot);
    notify_();
  } else {
    for (const FailedImage& image : failed) {
      if (!image.partner) --images_;
      resumed_.push_back(task_after(flight, image));
      ++flight->unfinished_rows;
    }
    signal_->changed.notify_all();
  }
}

// The row as it was when it asked for the image, and the image's failure.
Loader::Task Loader::task_after(const std::shared_ptr<Flight>& flight,
                                const FailedImage& failed) const {
  const int row = failed.row;
  const std::int32_t own = flight->indices[row];
  Task task{flight, row, 0, {}, std::nullopt, failed.reason};
  std::int32_t sample = own;
  if (failed.partner) {
    task.mix = mix_of(*flight, own);
    sample = std::exchange(flight->partners[row], own);
    flight->weights[row] = 1;
  } else {
    flight->indices[row] = flight->partners[row] = -1;
    flight->weights[row] = 1;
  }
  // Of equal draws the first one was taken.
  while (static_cast<std::int32_t>(sample_of(task)) != sample) ++task.attempt;
  return task;
}

}  // namespace bobbin::core
