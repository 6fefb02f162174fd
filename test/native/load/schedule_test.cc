// The schedule by itself: no threads, no files, no pixels.
#include "core/load/schedule.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/batch/batch_writer.h"
#include "core/batch/host_writer.h"
#include "core/batch/memory.h"
#include "core/batch/ring.h"
#include "core/load/failures.h"
#include "core/load/flight.h"
#include "core/load/tickets.h"
#include "support/check.h"
#include "support/consumer.h"

using namespace bobbin::core;

namespace {

// Ten samples in batches of four, and everything that a schedule works with.
class Desk {
 public:
  explicit Desk(int slots) : ring_(make_ring(slots)) {
    options_.sources = bobbin::test::whole_files(std::vector<std::string>(10, "never read"));
    options_.preprocessing.crop = 4;
    options_.batch_size = 4;
    schedule_.emplace(ScheduleContext{options_, *ring_, *signal_, *writer_, failures_, totals_,
                                      [this] { ++notified_; }});
  }

  Schedule& schedule() { return *schedule_; }
  Failures& failures() { return failures_; }
  int notified() const { return notified_; }
  // What a worker does with a row, and a writer with the batch if the row was its last.
  void write(const RowTask& task) {
    const int row = task.row;
    task.flight->indices[row] = task.flight->partners[row] = static_cast<int>(task.sample());
    ++totals_.images;
    if (schedule_->finish_row(task.flight)) schedule_->end_batch(task.flight->slot, {});
  }
  std::vector<RowTask> start(int rows) {
    std::vector<RowTask> tasks;
    for (int i = 0; i < rows; ++i) tasks.push_back(*schedule_->next_task());
    return tasks;
  }

 private:
  std::shared_ptr<Ring> make_ring(int slots) {
    return Ring::create(slots, 1024, std::make_shared<MainMemory>(), signal_);
  }

  LoaderOptions options_;
  const std::shared_ptr<Signal> signal_ = std::make_shared<Signal>();
  const std::shared_ptr<Ring> ring_;
  const std::unique_ptr<BatchWriter> writer_ = make_host_writer();
  int notified_ = 0;
  Failures failures_{options_, [this] { ++notified_; }};
  StageTotals totals_;
  std::optional<Schedule> schedule_;
};

}  // namespace

TEST("when rows are written in any order, then batches are taken in the epoch's") {
  Desk desk(3);
  desk.schedule().begin_epoch(0, 0);
  std::vector<RowTask> tasks = desk.start(10);
  for (int i = 9; i >= 4; --i) desk.write(tasks[i]);
  CHECK_EQUAL(desk.notified(), 2);
  CHECK(!desk.schedule().take());
  for (int i = 0; i < 4; ++i) desk.write(tasks[i]);
  std::vector<std::int32_t> taken;
  while (const std::optional<Batch> batch = desk.schedule().take()) {
    taken.insert(taken.end(), batch->indices.begin(), batch->indices.end());
  }
  CHECK(taken == (std::vector{0, 1, 2, 3, 4, 5, 6, 7, 8, 9}));
}

TEST("when a row waits for its image, then others go on and it comes first once it is there") {
  Desk desk(3);
  desk.schedule().begin_epoch(0, 0);
  desk.schedule().hand_out(*desk.schedule().next_task());
  const std::vector<DecodeRequest> requests = desk.schedule().take_requests();
  CHECK_EQUAL(requests.size(), 1u);
  CHECK_EQUAL(requests[0].sample, 0u);
  CHECK_EQUAL(desk.start(1)[0].row, 1);
  desk.schedule().resume(requests[0].ticket, [](RowTask& task) { task.failure = "no image"; });
  const RowTask resumed = *desk.schedule().next_task();
  CHECK_EQUAL(resumed.row, 0);
  CHECK_EQUAL(resumed.failure, "no image");
}

TEST("when an epoch is abandoned, then its tickets lead nowhere and its slots serve the next one") {
  Desk desk(1);
  desk.schedule().begin_epoch(0, 0);
  desk.schedule().hand_out(*desk.schedule().next_task());
  const std::vector<RowTask> started = desk.start(1);
  const std::uint64_t ticket = desk.schedule().take_requests()[0].ticket;
  desk.schedule().begin_epoch(1, 2);
  CHECK(started[0].flight->abandoned);
  // The only slot stays claimed until the started row is finished.
  CHECK(!desk.schedule().finish_row(started[0].flight));
  bool answered = false;
  desk.schedule().resume(ticket, [&](RowTask&) { answered = true; });
  CHECK(!answered);
  const std::vector<RowTask> next = desk.start(2);
  CHECK_EQUAL(next[0].sample(), 8u);
  for (const RowTask& task : next) desk.write(task);
  CHECK_EQUAL(desk.schedule().take()->indices.size(), 2u);
}

TEST("when an image fails late, then its row is written again before its batch is ready") {
  Desk desk(2);
  desk.schedule().begin_epoch(0, 2);
  const std::vector<RowTask> tasks = desk.start(2);
  desk.write(tasks[0]);
  tasks[1].flight->indices[1] = 9;
  CHECK(desk.schedule().finish_row(tasks[1].flight));
  const FailedImage failed{1, false, "cut short"};
  desk.schedule().end_batch(tasks[1].flight->slot, {&failed, 1});
  CHECK(!desk.schedule().take());
  const RowTask again = *desk.schedule().next_task();
  CHECK_EQUAL(again.row, 1);
  CHECK_EQUAL(again.failure, "cut short");
  CHECK_EQUAL(again.sample(), 9u);
  CHECK_EQUAL(again.flight->indices[1], -1);
  desk.write(again);
  CHECK(desk.schedule().take().has_value());
}

TEST("when the run has ended, then no batch is finished and the first reason is told") {
  Desk desk(2);
  desk.schedule().begin_epoch(0, 2);
  const std::vector<RowTask> tasks = desk.start(2);
  desk.write(tasks[0]);
  desk.failures().end_run("first");
  desk.failures().end_run("second");
  CHECK(!desk.schedule().finish_row(tasks[1].flight));
  try {
    desk.failures().check();
    CHECK(false);
  } catch (const LoaderError& error) {
    CHECK_EQUAL(std::string(error.what()), "first");
  }
}
