// Rows that wait until someone else has decoded their image, a file that is not a JPEG.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <vector>

#include "core/load/flight.h"

namespace bobbin::core {

// An image for someone else to decode: the answer names the ticket (Loader::supply).
struct DecodeRequest {
  std::uint64_t ticket = 0;
  std::uint64_t sample = 0;
};

// Not safe for several threads: the schedule's mutex guards it.
class Tickets {
 public:
  // Keeps the task and adds a request for its sample.
  void issue(RowTask task);
  // The requests since the last call.
  std::vector<DecodeRequest> take_requests();
  // The task of a ticket; nothing if its epoch was abandoned.
  std::optional<RowTask> redeem(std::uint64_t ticket);
  // Forgets all requests, and returns the tasks that waited. Ticket numbers are never reused.
  std::vector<RowTask> cancel();

 private:
  std::uint64_t next_ = 0;
  std::map<std::uint64_t, RowTask> waiting_;  // By ticket.
  std::vector<DecodeRequest> requests_;
};

}  // namespace bobbin::core
