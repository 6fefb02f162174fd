// Three policies: refill within a budget, mark within a budget, or fail at once.
#include "core/load/failures.h"

#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/base/image.h"
#include "core/load/loader_options.h"

namespace bobbin::core {
namespace {

// As many replacements are unreadable in a row only if the data set as a whole is unreadable.
constexpr std::uint64_t kMaxAttempts = 100;

}  // namespace

Failures::Failures(const LoaderOptions& options, std::function<void()> notify)
    : options_(options), notify_(std::move(notify)) {}

void Failures::record(std::uint64_t sample, const std::string& reason, std::uint64_t attempt) {
  std::optional<std::string> fatal;
  {
    const std::lock_guard lock(mutex_);
    damaged_.emplace(sample, reason);
    fatal = judge(sample, reason, attempt);
  }
  if (fatal) end_run(*fatal);
}

// With the mutex held: why the run ends at this sample, if it does.
std::optional<std::string> Failures::judge(std::uint64_t sample, const std::string& reason,
                                           std::uint64_t attempt) const {
  const auto named = [&] { return options_.sources->name(sample) + ": " + reason; };
  if (options_.damaged == Damaged::kFail) return named();
  if (damaged_.size() > options_.failure_budget) {
    return std::to_string(damaged_.size()) + " damaged images exceed the failure budget of " +
           std::to_string(options_.failure_budget) + "; the last one is " + named();
  }
  if (attempt > kMaxAttempts) {
    return "no readable image among " + std::to_string(kMaxAttempts) +
           " replacements; the last one is " + named();
  }
  return std::nullopt;
}

void Failures::end_run(const std::string& reason) {
  {
    const std::lock_guard lock(mutex_);
    if (!fatal_) fatal_ = reason;
    ended_ = true;
  }
  notify_();
}

void Failures::check() const {
  const std::lock_guard lock(mutex_);
  if (fatal_) throw LoaderError(*fatal_);
}

std::vector<Failure> Failures::list() const {
  const std::lock_guard lock(mutex_);
  std::vector<Failure> list;
  list.reserve(damaged_.size());
  for (const auto& [index, reason] : damaged_) list.push_back({index, reason});
  return list;
}

}  // namespace bobbin::core
