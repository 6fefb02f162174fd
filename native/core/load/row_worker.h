// One thread's way from scheduled rows to written ones: read, write, mix, and deal with damage.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "core/batch/batch_writer.h"
#include "core/load/failures.h"
#include "core/load/flight.h"
#include "core/load/heap_trimmer.h"
#include "core/load/schedule.h"
#include "core/read/sample_reader.h"
#include "core/read/sources.h"

namespace bobbin::core {

// What all workers of a loader share: each part is safe for several threads.
struct WorkerContext {
  Sources& sources;
  StageTotals& totals;
  Schedule& schedule;
  Failures& failures;
  HeapTrimmer& heaps;
  BatchWriter& writer;
};

// Belongs to one thread, with its buffers. Of a flight it touches the elements of the row whose
// task it holds, and nothing else (flight.h). It holds no lock.
class RowWorker {
 public:
  // All that `context` names must outlive the worker.
  explicit RowWorker(const WorkerContext& context);

  // Writes rows until the schedule stops. An image's failure is recorded; any other exception, such
  // as std::bad_alloc for a buffer of its own, leaves this function.
  void run();

 private:
  void write_row(RowTask task);
  void read_ahead(Flight& flight);
  bool write_image(RowTask& task, std::uint64_t sample);
  bool fail_image(RowTask& task, std::uint64_t sample, const std::string& reason);

  const WorkerContext context_;
  const std::unique_ptr<RowWriter> writer_;
  std::vector<std::uint64_t> ahead_;  // Samples to fetch; kept for its memory.
};

}  // namespace bobbin::core
