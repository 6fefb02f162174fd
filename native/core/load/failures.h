// The damaged samples of a run, and the reason why the run ended.
//
// The policy for damaged samples is here alone: `record` ends the run if the options say so. A run
// that has ended starts no row and finishes no batch; the consumer meets the reason at `check`.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "core/load/loader_options.h"

namespace bobbin::core {

struct Failure {
  std::uint64_t index = 0;  // Of the sample.
  std::string reason;
};

// Any number of threads may call all member functions. Inside, no other lock is taken.
class Failures {
 public:
  // `options` must outlive this object. `notify` is called when the run ends, without any lock.
  Failures(const LoaderOptions& options, std::function<void()> notify);

  // Whether the views of a damaged sample are zeros, instead of another sample's.
  bool marks() const { return options_.damaged == Damaged::kMark; }
  // Notes a damaged sample, the `attempt`-th in a row for the same image.
  void record(std::uint64_t sample, const std::string& reason, std::uint64_t attempt);
  // Ends the run. If several reasons are given, the first one counts.
  void end_run(const std::string& reason);

  bool run_ended() const { return ended_; }
  // Throws LoaderError if the run has ended.
  void check() const;
  // One entry for each damaged sample so far, by index.
  std::vector<Failure> list() const;

 private:
  std::optional<std::string> judge(std::uint64_t sample, const std::string& reason,
                                   std::uint64_t attempt) const;

  const LoaderOptions& options_;
  const std::function<void()> notify_;
  mutable std::mutex mutex_;  // Guards `damaged_` and `fatal_`.
  std::map<std::uint64_t, std::string> damaged_;
  std::optional<std::string> fatal_;
  std::atomic<bool> ended_{false};  // Whether `fatal_` is set, for readers without the mutex.
};

}  // namespace bobbin::core
