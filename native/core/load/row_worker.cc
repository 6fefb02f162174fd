// A row is written image by image: its own, then its partner's. Damaged images are replaced here.
#include "core/load/row_worker.h"

#include <cstdint>
#include <exception>
#include <new>
#include <optional>
#include <utility>

#include "core/base/image.h"
#include "core/batch/batch_writer.h"
#include "core/load/epoch_plan.h"
#include "core/load/flight.h"
#include "core/read/sample_reader.h"
#include "core/recipe/recipe.h"

namespace bobbin::core {
namespace {

// Why an image fails, in words that the report of the run can use.
const char* reason_of(const std::exception& error) {
  // Its own text is the name of its class.
  const bool memory = dynamic_cast<const std::bad_alloc*>(&error);
  return memory ? "does not fit into memory" : error.what();
}

}  // namespace

RowWorker::RowWorker(const WorkerContext& context)
    : context_(context), writer_(context.writer.make_row_writer()) {}

void RowWorker::run() {
  while (std::optional<RowTask> task = context_.schedule.next_task()) {
    write_row(*std::move(task));
    context_.heaps.trim_if_due();
  }
}

void RowWorker::write_row(RowTask task) {
  if (task.row == 0) read_ahead(*task.flight);
  while (!task.flight->abandoned) {
    const std::uint64_t sample = task.sample();
    try {
      if (!write_image(task, sample)) return context_.schedule.hand_out(std::move(task));
      if (!task.mix.mixed()) break;
    } catch (const LoaderError& error) {
      context_.failures.end_run(error.what());
      break;
    } catch (const std::exception& error) {
      if (!fail_image(task, sample, reason_of(error))) break;
    }
  }
  if (context_.schedule.finish_row(task.flight)) {
    context_.writer.finish(task.flight->slot, task.flight->rows());
  }
}

void RowWorker::read_ahead(Flight& flight) {
  const RowRange rows = std::exchange(flight.ahead, {});
  const EpochPlan& plan = flight.plan;
  ahead_.clear();
  try {
    for (std::uint64_t row = rows.begin; row < rows.end; ++row) {
      const std::uint64_t sample = plan.sample_of(row, 0);
      ahead_.push_back(sample);
      if (plan.mix_of(sample).mixed()) ahead_.push_back(plan.partner_of(sample, 0));
    }
    const StageTimer timer(context_.totals.read_ns);
    context_.sources.read_ahead(ahead_);
  } catch (const std::bad_alloc&) {
    // Only a hint: the thread that reads the samples reports what is missing.
    return;
  }
}

// Writes or mixes in the image that the row lacks. False if someone else must decode it.
bool RowWorker::write_image(RowTask& task, std::uint64_t sample) {
  if (!task.failure.empty()) throw ImageError(task.failure);
  Flight& flight = *task.flight;
  const SampleKey key = flight.plan.key_of(sample);
  const DecodedImage* decoded = task.decoded ? &*task.decoded : nullptr;
  const SlotRow to{flight.slot, task.row};
  const auto index = static_cast<std::int32_t>(sample);
  if (task.mix.mixed()) {
    if (!writer_->mix(key, decoded, task.mix, to)) return false;
    flight.partners[task.row] = index;
    flight.weights[task.row] = std::exchange(task.mix, {}).weight;
    return true;
  }
  if (!writer_->write(key, decoded, to)) return false;
  flight.indices[task.row] = flight.partners[task.row] = index;
  ++context_.totals.images;
  task.attempt = 0;
  task.decoded.reset();
  task.mix = flight.plan.mix_of(sample);
  return true;
}

// Records the failure and prepares the next attempt. False if the row needs none: it is marked, or
// the run has ended.
bool RowWorker::fail_image(RowTask& task, std::uint64_t sample, const std::string& reason) {
  const bool marked = context_.failures.marks() && !task.mix.mixed();
  if (marked) writer_->clear({task.flight->slot, task.row});
  ++task.attempt;
  task.decoded.reset();
  task.failure.clear();
  context_.failures.record(sample, reason, task.attempt);
  return !marked && !context_.failures.run_ended();
}

}  // namespace bobbin::core
