// The slots' memory and their state changes.
#include "core/batch/ring.h"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <stdexcept>
#include <utility>

#include "core/batch/memory.h"
#include "core/batch/slot.h"

namespace bobbin::core {

std::shared_ptr<Ring> Ring::create(int slots, std::size_t bytes, std::shared_ptr<Memory> memory,
                                   std::shared_ptr<Signal> ended) {
  return std::shared_ptr<Ring>(new Ring(slots, bytes, std::move(memory), std::move(ended)));
}

Ring::Ring(int slots, std::size_t bytes, std::shared_ptr<Memory> memory,
           std::shared_ptr<Signal> ended)
    : slot_bytes_((bytes + 63) / 64 * 64),
      memory_(std::move(memory)),
      slots_(slots),
      ended_(std::move(ended)) {
  for (Slot& slot : slots_) {
    slot.data = std::unique_ptr<std::uint8_t, Release>(memory_->allocate(slot_bytes_),
                                                       Release{memory_.get()});
  }
}

std::optional<int> Ring::claim() {
  for (int slot = 0; slot < size(); ++slot) {
    SlotState free = SlotState::kFree;
    if (slots_[slot].state.compare_exchange_strong(free, SlotState::kRendering)) return slot;
  }
  return std::nullopt;
}

void Ring::finish(int slot) { change(slot, SlotState::kRendering, SlotState::kReady); }

void Ring::abandon(int slot) {
  const SlotState from = state(slot);
  if (from != SlotState::kRendering && from != SlotState::kReady) {
    throw std::logic_error("only a slot that is rendered or ready can be abandoned");
  }
  change(slot, from, SlotState::kFree);
}

std::unique_ptr<SlotLease> Ring::lease(int slot, std::size_t bytes) {
  change(slot, SlotState::kReady, SlotState::kLeased);
  return std::make_unique<SlotLease>(*memory_, data(slot), bytes,
                                     [ring = shared_from_this(), slot] { ring->end_lease(slot); });
}

void Ring::end_lease(int slot) {
  change(slot, SlotState::kLeased, memory_->drains() ? SlotState::kDraining : SlotState::kFree);
  ended_->notify();
}

void Ring::drained(int slot) { change(slot, SlotState::kDraining, SlotState::kFree); }

void Ring::change(int slot, SlotState from, SlotState to) {
  if (!slots_[slot].state.compare_exchange_strong(from, to)) {
    throw std::logic_error("a slot changed its state out of turn");
  }
}

}  // namespace bobbin::core
