// Rows: images read, written and mixed by worker threads, and what happens to damaged ones.
#include <exception>
#include <new>
#include <utility>

#include "core/base/random.h"
#include "core/base/scratch.h"
#include "core/load/loader.h"

namespace bobbin::core {
namespace {

// So many replacements in a row are unreadable only when the data set as a whole is.
constexpr std::uint64_t kMaxAttempts = 100;

// Bytes of pixels. Giving back the heaps takes some 6 ms, decoding so much as PNG a second or more.
constexpr std::uint64_t kGiveBackAfter = std::uint64_t{256} << 20;

}  // namespace

// What is one thread's, kept from image to image.
struct Loader::Worker {
  std::unique_ptr<RowWriter> writer;
  std::vector<std::uint64_t> ahead;  // Samples to be fetched.
};

// What a worker throws beside an image's failure, memory that is not to be had, ends the run.
void Loader::work() {
  try {
    write_rows();
  } catch (const std::exception& error) {
    context_.fail(error.what());
  }
}

void Loader::write_rows() {
  Worker worker{writer_->make_row_writer(), {}};
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
    } catch (const LoaderError& error) {
      context_.fail(error.what());
      break;
    } catch (const std::exception& error) {
      // Also std::bad_alloc: an image that does not fit into memory is that image's failure.
      fail_row(worker, task, sample, error.what());
      if (options_.damaged == Damaged::kMark && !task.mix.mixed()) break;
      const std::lock_guard lock(signal_->mutex);
      if (fatal_) break;
    }
  }
  finish_row(task.flight);
  give_back();
}

// The heaps of the threads that decode for JavaScript keep what large images needed, more and more
// of it as small pieces come to lie between.
void Loader::give_back() {
  if (supplied_bytes_ < kGiveBackAfter) return;
  // Another thread may have been as far.
  if (supplied_bytes_.exchange(0) >= kGiveBackAfter) give_back_heaps();
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
  const Place place{flight.slot, task.row};
  if (task.mix.mixed()) {
    if (!worker.writer->mix(key, decoded, task.mix, place)) return false;
    flight.partners[task.row] = static_cast<std::int32_t>(sample);
    flight.weights[task.row] = std::exchange(task.mix, {}).weight;
    return true;
  }
  if (!worker.writer->write(key, decoded, place)) return false;
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

void Loader::fail_row(Worker& worker, Task& task, std::uint64_t sample, const std::string& reason) {
  if (options_.damaged == Damaged::kMark && !task.mix.mixed()) {
    worker.writer->clear({task.flight->slot, task.row});
  }
  ++task.attempt;
  task.decoded.reset();
  task.failure.clear();
  const std::lock_guard lock(signal_->mutex);
  failures_.emplace(sample, reason);
  if (fatal_) return;
  const std::string named = options_.sources->name(sample) + ": " + reason;
  if (options_.damaged == Damaged::kFail) {
    end_run(named);
  } else if (failures_.size() > options_.failure_budget) {
    end_run(std::to_string(failures_.size()) + " damaged images exceed the failure budget of " +
            std::to_string(options_.failure_budget) + "; the last one is " + named);
  } else if (task.attempt > kMaxAttempts) {
    end_run("no readable image among " + std::to_string(kMaxAttempts) +
            " replacements; the last one is " + named);
  }
}

void Loader::hand_out(Task task) {
  const std::lock_guard lock(signal_->mutex);
  if (task.flight->abandoned) {
    drop_row(*task.flight);
    return;
  }
  const std::uint64_t ticket = next_ticket_++;
  requests_.push_back({ticket, sample_of(task)});
  waiting_.emplace(ticket, std::move(task));
  notify_();
}

}  // namespace bobbin::core
