// A batch from the claim of its slot until the consumer takes it, and its rows as workers get them.
//
// Who may touch which field of a flight, and when:
//
//   plan, first_row, slot          Constant: every thread may read them.
//   ahead                          The worker that starts row 0, once.
//   indices, partners, weights     Element i belongs to the thread that holds the task of row i.
//                                  When no row is unfinished, all elements belong to the schedule.
//   started_rows, unfinished_rows  The schedule, with its mutex held.
//   abandoned                      The schedule sets it, with its mutex held. Workers read it
//                                  without: the slot stays claimed until their rows are finished.
//
// A task has one owner: a worker, the tickets (while JavaScript decodes its image), or the
// schedule's queue of resumed rows. It moves between them with the schedule's mutex held, which
// also hands over the elements of its row.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/batch/batch_writer.h"
#include "core/load/epoch_plan.h"
#include "core/read/sample_reader.h"
#include "core/recipe/draw_mix.h"

namespace bobbin::core {

// Rows `begin` to `end` of a loader's share of an epoch.
struct RowRange {
  std::uint64_t begin = 0;
  std::uint64_t end = 0;
};

struct Flight {
  Flight(const EpochPlan& epoch_plan, const RowRange& rows, const RowRange& read_ahead,
         int ring_slot);

  int rows() const { return static_cast<int>(indices.size()); }

  const EpochPlan plan;
  const std::uint64_t first_row;
  const int slot;
  RowRange ahead;  // Whose samples the system is asked to fetch.
  int started_rows = 0;
  int unfinished_rows;
  std::atomic<bool> abandoned{false};
  std::vector<std::int32_t> indices;   // Of samples; −1 for a marked row.
  std::vector<std::int32_t> partners;  // The row's own index if it is not mixed.
  std::vector<float> weights;          // The share of the row's own image.
};

// One row of a flight that lacks an image: first its own, then its partner's if it is mixed.
struct RowTask {
  std::shared_ptr<Flight> flight;
  int row = 0;
  std::uint64_t attempt = 0;  // At the image that the row lacks.
  Mix mix;                    // Is mixed once the row has its own image and lacks its partner's.
  std::optional<DecodedImage> decoded;  // The image, if someone else has decoded it.
  std::string failure;                  // Why nobody could decode it.

  // The sample whose image the row lacks.
  std::uint64_t sample() const;
};

// Takes an image back out of a written row: the task is as it was before that image was written,
// with the reason of its failure.
RowTask take_back(const std::shared_ptr<Flight>& flight, const FailedImage& failed);

}  // namespace bobbin::core
