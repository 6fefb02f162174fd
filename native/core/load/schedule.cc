// Rows are handed to workers in order, batches to the consumer in order.
#include "core/load/schedule.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "core/batch/batch_writer.h"
#include "core/batch/ring.h"
#include "core/load/epoch_plan.h"
#include "core/load/flight.h"
#include "core/load/tickets.h"

namespace bobbin::core {

Schedule::Schedule(ScheduleContext context)
    : context_(std::move(context)),
      next_batch_(batches_per_epoch(context_.options)),
      finishing_(context_.ring.size()) {}

void Schedule::begin_epoch(std::uint64_t epoch, std::uint64_t first_batch) {
  {
    const std::lock_guard lock(context_.signal.mutex);
    for (const auto& flight : flights_) abandon(*flight);
    flights_.clear();
    for (const RowTask& task : tickets_.cancel()) drop_row(*task.flight);
    epoch_ = epoch;
    next_batch_ = first_batch;
    next_ahead_ = first_batch * context_.options.batch_size;
  }
  context_.signal.changed.notify_all();
}

std::optional<Batch> Schedule::take() {
  const std::lock_guard lock(context_.signal.mutex);
  if (flights_.empty() || context_.ring.state(flights_.front()->slot) != SlotState::kReady) {
    return std::nullopt;
  }
  const std::shared_ptr<Flight> flight = std::move(flights_.front());
  flights_.pop_front();
  const std::size_t bytes = context_.options.row_bytes() * flight->indices.size();
  return Batch{context_.ring.lease(flight->slot, bytes), std::move(flight->indices),
               std::move(flight->partners), std::move(flight->weights)};
}

std::vector<DecodeRequest> Schedule::take_requests() {
  const std::lock_guard lock(context_.signal.mutex);
  return tickets_.take_requests();
}

void Schedule::resume(std::uint64_t ticket, const std::function<void(RowTask&)>& answer) {
  {
    const std::lock_guard lock(context_.signal.mutex);
    std::optional<RowTask> task = tickets_.redeem(ticket);
    if (!task) return;
    answer(*task);
    resumed_.push_back(*std::move(task));
  }
  context_.signal.changed.notify_all();
}

std::optional<RowTask> Schedule::next_task() {
  std::unique_lock lock(context_.signal.mutex);
  while (!stopping_) {
    if (std::optional<RowTask> task = find_task()) return task;
    context_.signal.changed.wait(lock);
  }
  return std::nullopt;
}

// With the mutex held. Resumed rows come first: images that JavaScript decoded take memory.
std::optional<RowTask> Schedule::find_task() {
  if (!resumed_.empty()) {
    RowTask task = std::move(resumed_.front());
    resumed_.pop_front();
    return task;
  }
  if (context_.failures.run_ended()) return std::nullopt;
  const bool has_rows_to_start =
      !flights_.empty() && flights_.back()->started_rows < flights_.back()->rows();
  if (!has_rows_to_start && !open_flight()) return std::nullopt;
  const std::shared_ptr<Flight>& flight = flights_.back();
  return RowTask{flight, flight->started_rows++, 0, {}, std::nullopt, ""};
}

// With the mutex held. False if no batch is left, or no slot is free.
bool Schedule::open_flight() {
  if (next_batch_ >= batches_per_epoch(context_.options)) return false;
  const std::optional<int> slot = context_.ring.claim();
  if (!slot) return false;
  const std::uint64_t all = rows_per_epoch(context_.options);
  const std::uint64_t size = context_.options.batch_size;
  const std::uint64_t first = next_batch_++ * size;
  const RowRange rows{first, std::min(all, first + size)};
  // One batch further than this one: it is fetched while this one is rendered.
  const std::uint64_t end = std::min(all, rows.end + size);
  const RowRange ahead{std::exchange(next_ahead_, end), end};
  const EpochPlan plan(context_.options, epoch_);
  flights_.push_back(std::make_shared<Flight>(plan, rows, ahead, *slot));
  return true;
}

void Schedule::hand_out(RowTask task) {
  {
    const std::lock_guard lock(context_.signal.mutex);
    if (task.flight->abandoned) {
      drop_row(*task.flight);
      return;
    }
    tickets_.issue(std::move(task));
  }
  context_.notify();
}

bool Schedule::finish_row(const std::shared_ptr<Flight>& flight) {
  const std::lock_guard lock(context_.signal.mutex);
  if (flight->abandoned) {
    drop_row(*flight);
    return false;
  }
  if (--flight->unfinished_rows > 0 || context_.failures.run_ended()) return false;
  finishing_[flight->slot] = flight;
  return true;
}

void Schedule::end_batch(int slot, std::span<const FailedImage> failed) {
  {
    const std::lock_guard lock(context_.signal.mutex);
    const std::shared_ptr<Flight> flight = std::exchange(finishing_[slot], nullptr);
    if (flight->abandoned) {
      drop_slot(slot);
      return;
    }
    for (const FailedImage& image : failed) {
      if (!image.partner) --context_.totals.images;
      resumed_.push_back(take_back(flight, image));
      ++flight->unfinished_rows;
    }
    if (failed.empty()) context_.ring.finish(slot);
  }
  if (failed.empty()) {
    context_.notify();
  } else {
    context_.signal.changed.notify_all();
  }
}

void Schedule::stop() {
  {
    const std::lock_guard lock(context_.signal.mutex);
    stopping_ = true;
  }
  context_.signal.changed.notify_all();
}

// With the mutex held. Rows that nobody has started need no finishing.
void Schedule::abandon(Flight& flight) {
  flight.abandoned = true;
  flight.unfinished_rows -= flight.rows() - std::exchange(flight.started_rows, flight.rows());
  if (flight.unfinished_rows == 0 && !finishing_[flight.slot]) drop_slot(flight.slot);
}

// With the mutex held: one row of an abandoned flight has no owner any more.
void Schedule::drop_row(Flight& flight) {
  if (--flight.unfinished_rows == 0) drop_slot(flight.slot);
}

// With the mutex held: nobody writes into the slot of an abandoned flight any more.
void Schedule::drop_slot(int slot) {
  context_.writer.abandon(slot);
  context_.ring.abandon(slot);
  context_.signal.changed.notify_all();
}

}  // namespace bobbin::core
