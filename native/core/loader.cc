// Scheduling: rows are handed to threads in order, batches to the consumer in order.
#include "core/loader.h"

#include <algorithm>
#include <cstring>
#include <new>
#include <utility>

#include "core/random.h"

namespace bobbin::core {
namespace {

// So many replacements in a row are unreadable only when the data set as a whole is.
constexpr std::uint64_t kMaxAttempts = 100;

std::size_t bytes_of_row(const LoaderOptions& options) {
  const std::size_t side = options.preprocessing.crop;
  return options.augmentation.views() * side * side * 3 * bytes_of(options.dtype);
}

}  // namespace

// One thread's memory, kept from image to image.
struct Loader::Worker {
  SampleRenderer renderer;
  std::vector<std::uint64_t> ahead;   // Samples to be fetched.
  std::vector<std::uint8_t> partner;  // A view to be mixed into a row, as stored.
};

Loader::Loader(LoaderOptions options, std::function<void()> notify)
    : options_(std::move(options)),
      notify_(std::move(notify)),
      row_bytes_(bytes_of_row(options_)),
      signal_(std::make_shared<Signal>()),
      ring_(Ring::create(options_.slots, row_bytes_ * options_.batch_size, signal_)),
      next_batch_(batches_per_epoch()) {
  for (int i = 0; i < options_.threads; ++i) threads_.emplace_back([this] { work(); });
}

Loader::~Loader() {
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
      if (flight->unfinished_rows == 0) ring_->abandon(flight->slot);
    }
    flights_.clear();
    for (auto& [ticket, task] : std::exchange(waiting_, {})) finish_row(*task.flight);
    epoch_ = epoch;
    next_batch_ = first_batch;
    next_ahead_ = first_batch * options_.batch_size;
  }
  signal_->notify();
}

std::optional<Batch> Loader::take() {
  const std::lock_guard lock(signal_->mutex);
  if (fatal_) throw LoaderError(*fatal_);
  if (flights_.empty() || flights_.front()->unfinished_rows > 0) return std::nullopt;
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
    supplied_.push_back(std::move(waiting.mapped()));
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
  return {images_, stages_.read_bytes, stages_.read_ns, stages_.decode_ns, stages_.render_ns};
}

int Loader::leased() const {
  int count = 0;
  for (int slot = 0; slot < ring_->size(); ++slot) {
    count += ring_->state(slot) == SlotState::kLeased;
  }
  return count;
}

void Loader::work() {
  Worker worker{
      {*options_.sources, options_.preprocessing, options_.augmentation, stages_}, {}, {}};
  std::unique_lock lock(signal_->mutex);
  while (!stopping_) {
    std::optional<Task> task = next_task();
    if (!task) {
      signal_->changed.wait(lock);
      continue;
    }
    lock.unlock();
    process(worker, *std::move(task));
    lock.lock();
  }
}

// With the mutex held. Images that JavaScript decoded come first: they hold memory.
std::optional<Loader::Task> Loader::next_task() {
  if (!supplied_.empty()) {
    Task task = std::move(supplied_.front());
    supplied_.pop_front();
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

void Loader::process(Worker& worker, Task task) {
  if (task.row == 0) read_ahead(worker, *task.flight);
  while (!task.flight->abandoned) {
    const std::uint64_t sample = sample_of(task);
    try {
      if (!fill_row(worker, task, sample)) {
        hand_out(std::move(task));
        return;
      }
      if (!task.mix.mixed()) break;
    } catch (const std::exception& error) {
      // Also std::bad_alloc: an image that does not fit into memory is that image's failure.
      fail_row(task, sample, error.what());
      if (options_.damaged == Damaged::kMark && !task.mix.mixed()) break;
      const std::lock_guard lock(signal_->mutex);
      if (fatal_) break;
    }
  }
  const std::lock_guard lock(signal_->mutex);
  finish_row(*task.flight);
}

void Loader::read_ahead(Worker& worker, Flight& flight) {
  const Rows rows = std::exchange(flight.ahead, {});
  worker.ahead.clear();
  try {
    for (std::uint64_t row = rows.begin; row < rows.end; ++row) {
      const std::uint64_t sample = flight.order.sample_at(position_of(row));
      worker.ahead.push_back(sample);
      if (mix_of(flight, sample).mixed()) worker.ahead.push_back(partner_of(flight, sample, 0));
    }
    const StageTimer timer(stages_.read_ns);
    options_.sources->read_ahead(worker.ahead);
  } catch (const std::bad_alloc&) {
    // Only a hint: whoever reads the samples says what is missing.
    return;
  }
}

// Brings the row one image further: its own, or its partner's. False when the image is for someone
// else to decode.
bool Loader::fill_row(Worker& worker, Task& task, std::uint64_t sample) {
  if (!task.failure.empty()) throw ImageError(task.failure);
  Flight& flight = *task.flight;
  const SampleKey key{options_.seed, flight.epoch, sample};
  const DecodedImage* decoded = task.decoded ? &*task.decoded : nullptr;
  const Output row = row_output(task);
  if (task.mix.mixed()) {
    worker.partner.resize(row_bytes_);
    const Output partner{worker.partner.data(), options_.dtype};
    if (!worker.renderer.render(key, decoded, partner)) return false;
    const StageTimer timer(stages_.render_ns);
    mix_views(task.mix, options_.preprocessing.crop, partner, row);
    flight.partners[task.row] = static_cast<std::int32_t>(sample);
    flight.weights[task.row] = std::exchange(task.mix, {}).weight;
    return true;
  }
  if (!worker.renderer.render(key, decoded, row)) return false;
  flight.indices[task.row] = flight.partners[task.row] = static_cast<std::int32_t>(sample);
  ++images_;
  task.attempt = 0;
  task.decoded.reset();
  task.mix = mix_of(flight, sample);
  return true;
}

std::uint64_t Loader::sample_of(const Task& task) const {
  const Flight& flight = *task.flight;
  if (task.mix.mixed()) {
    const auto own = static_cast<std::uint64_t>(flight.indices[task.row]);
    return partner_of(flight, own, task.attempt);
  }
  const std::uint64_t position = position_of(flight.first_row + task.row);
  if (task.attempt == 0) return flight.order.sample_at(position);
  const std::uint64_t key = random_key(options_.seed, flight.epoch, position, Stream::kRefill);
  return random_at(key, task.attempt) % options_.sources->size();
}

Mix Loader::mix_of(const Flight& flight, std::uint64_t sample) const {
  if (options_.sources->size() == 1) return {};
  return draw_mix(options_.augmentation, {options_.seed, flight.epoch, sample},
                  options_.preprocessing.crop);
}

std::uint64_t Loader::partner_of(const Flight& flight, std::uint64_t sample,
                                 std::uint64_t attempt) const {
  return draw_partner({options_.seed, flight.epoch, sample}, attempt, options_.sources->size());
}

Output Loader::row_output(const Task& task) const {
  return {ring_->data(task.flight->slot) + task.row * row_bytes_, options_.dtype};
}

void Loader::fail_row(Task& task, std::uint64_t sample, const std::string& reason) {
  if (options_.damaged == Damaged::kMark && !task.mix.mixed()) {
    std::memset(row_output(task).data, 0, row_bytes_);
  }
  ++task.attempt;
  task.decoded.reset();
  task.failure.clear();
  const std::lock_guard lock(signal_->mutex);
  failures_.emplace(sample, reason);
  if (fatal_) return;
  const std::string named = options_.sources->name(sample) + ": " + reason;
  if (options_.damaged == Damaged::kFail) {
    fatal_ = named;
  } else if (failures_.size() > options_.failure_budget) {
    fatal_ = std::to_string(failures_.size()) + " damaged images exceed the failure budget of " +
             std::to_string(options_.failure_budget) + "; the last one is " + named;
  } else if (task.attempt > kMaxAttempts) {
    fatal_ = "no readable image among " + std::to_string(kMaxAttempts) +
             " replacements; the last one is " + named;
  }
  if (fatal_) notify_();
}

// With the mutex held.
void Loader::finish_row(Flight& flight) {
  if (--flight.unfinished_rows > 0) return;
  if (flight.abandoned) {
    ring_->abandon(flight.slot);
    signal_->changed.notify_all();
  } else {
    ring_->finish(flight.slot);
    notify_();
  }
}

void Loader::hand_out(Task task) {
  const std::lock_guard lock(signal_->mutex);
  if (task.flight->abandoned) {
    finish_row(*task.flight);
    return;
  }
  const std::uint64_t ticket = next_ticket_++;
  requests_.push_back({ticket, sample_of(task)});
  waiting_.emplace(ticket, std::move(task));
  notify_();
}

}  // namespace bobbin::core
