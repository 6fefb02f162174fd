// A map from tickets to tasks.
#include "core/load/tickets.h"

#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "core/load/flight.h"

namespace bobbin::core {

void Tickets::issue(RowTask task) {
  requests_.push_back({next_, task.sample()});
  waiting_.emplace(next_++, std::move(task));
}

std::vector<DecodeRequest> Tickets::take_requests() { return std::exchange(requests_, {}); }

std::optional<RowTask> Tickets::redeem(std::uint64_t ticket) {
  const auto found = waiting_.extract(ticket);
  if (found.empty()) return std::nullopt;
  return std::move(found.mapped());
}

std::vector<RowTask> Tickets::cancel() {
  requests_.clear();
  std::vector<RowTask> tasks;
  tasks.reserve(waiting_.size());
  for (auto& [ticket, task] : waiting_) tasks.push_back(std::move(task));
  waiting_.clear();
  return tasks;
}

}  // namespace bobbin::core
