// Which row a worker writes next, and which batch the consumer gets next. No pixels and no threads.
//
// A row (a RowTask) goes this way; `next_task` prefers resumed rows to new ones:
//
//              next_task                  finish_row
//     Not yet ───────────►  With a worker ──────────► Written
//     started               │           ▲               │
//                 hand_out  │           │ next_task     │ end_batch, if its
//                           ▼           │               │ image failed late
//                        Waiting ───► Resumed ◄─────────┘
//                  for JavaScript  resume
//
// A batch (a Flight) goes this way; its slot's state is in brackets (see ring.h):
//
//          next_task, of           finish_row, of          end_batch                take
//          the first row           the last row            without failures
//     ────────────────► In flight ────────────► Finishing ────────────► In order ────────► consumer
//                       [Rendering]  ▲         [Rendering]              [Ready]            [Leased]
//                                    └─────────────┘
//                                  end_batch with failures
//
// Threads: every member function may be called by any thread and takes the signal's mutex, which
// guards every field and the flights' counters. It is the ring's signal, because a thread that
// waits for a row may be waiting for a slot. With the mutex held, the schedule calls three things
// outside: the ring, whose states are atomic, `Failures::run_ended`, an atomic flag, and the
// writer's `abandon`. The consumer is notified without it. Workers take it twice for a row, in
// `next_task` and `finish_row`, and never while they read, decode or render.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "core/batch/batch_writer.h"
#include "core/batch/ring.h"
#include "core/load/failures.h"
#include "core/load/flight.h"
#include "core/load/loader_options.h"
#include "core/load/tickets.h"
#include "core/read/sample_reader.h"

namespace bobbin::core {

// A finished batch: `indices.size()` images of views · crop · crop · 3 values each.
struct Batch {
  std::unique_ptr<SlotLease> lease;
  std::vector<std::int32_t> indices;   // Of samples; −1 for a marked row.
  std::vector<std::int32_t> partners;  // What each row is mixed with; its own index if it is not.
  std::vector<float> weights;          // Share of the row's own image, λ; 1 if it is not mixed.
};

// What a schedule works with; all of it must outlive the schedule.
struct ScheduleContext {
  const LoaderOptions& options;
  Ring& ring;
  Signal& signal;
  BatchWriter& writer;
  Failures& failures;
  StageTotals& totals;
  std::function<void()> notify;  // The consumer may have something to take.
};

class Schedule {
 public:
  // Starts with an empty epoch.
  explicit Schedule(ScheduleContext context);

  // For the consumer.

  // Abandons all batches and goes on with batch `first_batch` of an epoch.
  void begin_epoch(std::uint64_t epoch, std::uint64_t first_batch);
  // The next batch in order; nothing if it is not ready.
  std::optional<Batch> take();
  std::vector<DecodeRequest> take_requests();
  // Puts an image, or the reason why there is none, into a waiting task and resumes it.
  void resume(std::uint64_t ticket, const std::function<void(RowTask&)>& answer);

  // For workers. Each task ends in one call of `hand_out` or `finish_row`.

  // Waits for a row to write; nothing after `stop`.
  std::optional<RowTask> next_task();
  // The row waits until its image is decoded elsewhere.
  void hand_out(RowTask task);
  // The row is written, or its flight is abandoned. True if it was the last of its batch: then the
  // caller has the writer finish the slot.
  bool finish_row(const std::shared_ptr<Flight>& flight);

  // For the writer: BatchContext::done.
  void end_batch(int slot, std::span<const FailedImage> failed);

  // Ends the waiting of all workers.
  void stop();

 private:
  std::optional<RowTask> find_task();
  bool open_flight();
  void abandon(Flight& flight);
  void drop_row(Flight& flight);
  void drop_slot(int slot);

  const ScheduleContext context_;
  bool stopping_ = false;
  std::uint64_t epoch_ = 0;
  std::uint64_t next_batch_;                        // The next one to open.
  std::uint64_t next_ahead_ = 0;                    // The first row not yet in a flight's `ahead`.
  std::deque<std::shared_ptr<Flight>> flights_;     // In order; the last may have rows to start.
  std::vector<std::shared_ptr<Flight>> finishing_;  // By slot; null where the writer has no batch.
  std::deque<RowTask> resumed_;
  Tickets tickets_;
};

}  // namespace bobbin::core
