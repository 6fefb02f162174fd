// Which sample a row lacks, and how a written row becomes one that lacks an image again.
#include "core/load/flight.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <utility>

#include "core/batch/batch_writer.h"
#include "core/load/epoch_plan.h"

namespace bobbin::core {

Flight::Flight(const EpochPlan& epoch_plan, const RowRange& rows, const RowRange& read_ahead,
               int ring_slot)
    : plan(epoch_plan),
      first_row(rows.begin),
      slot(ring_slot),
      ahead(read_ahead),
      unfinished_rows(static_cast<int>(rows.end - rows.begin)),
      indices(rows.end - rows.begin, -1),
      partners(rows.end - rows.begin, -1),
      weights(rows.end - rows.begin, 1) {}

std::uint64_t RowTask::sample() const {
  if (mix.mixed()) {
    return flight->plan.partner_of(static_cast<std::uint64_t>(flight->indices[row]), attempt);
  }
  return flight->plan.sample_of(flight->first_row + row, attempt);
}

RowTask take_back(const std::shared_ptr<Flight>& flight, const FailedImage& failed) {
  const int row = failed.row;
  const std::int32_t own = flight->indices[row];
  RowTask task{flight, row, 0, {}, std::nullopt, failed.reason};
  std::int32_t sample = own;
  if (failed.partner) {
    task.mix = flight->plan.mix_of(own);
    sample = std::exchange(flight->partners[row], own);
  } else {
    flight->indices[row] = flight->partners[row] = -1;
  }
  flight->weights[row] = 1;
  // If several attempts draw the same sample, the first of them was taken.
  while (static_cast<std::int32_t>(task.sample()) != sample) ++task.attempt;
  return task;
}

}  // namespace bobbin::core
