// The slots' memory and their state changes.
#include "core/ring.h"

#include <sys/mman.h>

#include <cstdlib>
#include <new>
#include <stdexcept>

namespace bobbin::core {
namespace {
constexpr std::size_t kAlignment = 64;
constexpr std::size_t kLargePage = std::size_t{2} << 20;
}  // namespace

void Ring::FreeMemory::operator()(std::uint8_t* memory) const { std::free(memory); }

std::shared_ptr<Ring> Ring::create(int slots, std::size_t bytes, std::shared_ptr<Signal> freed) {
  return std::shared_ptr<Ring>(new Ring(slots, bytes, std::move(freed)));
}

Ring::Ring(int slots, std::size_t bytes, std::shared_ptr<Signal> freed)
    : slot_bytes_((bytes + kAlignment - 1) / kAlignment * kAlignment),
      slots_(slots),
      freed_(std::move(freed)) {
  // Rows are written once and far apart: large pages spare most of their address translations.
  const bool large = slot_bytes_ >= 2 * kLargePage;
  for (Slot& slot : slots_) {
    // Not aligned_alloc, which wants a size that is a multiple of the alignment.
    void* memory = nullptr;
    if (posix_memalign(&memory, large ? kLargePage : kAlignment, slot_bytes_) != 0) {
      throw std::bad_alloc();
    }
    slot.memory.reset(static_cast<std::uint8_t*>(memory));
#ifdef MADV_HUGEPAGE
    // A wish: where it is not granted, nothing else changes.
    if (large) madvise(slot.memory.get(), slot_bytes_, MADV_HUGEPAGE);
#endif
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
  if (from == SlotState::kLeased) throw std::logic_error("a leased slot cannot be abandoned");
  change(slot, from, SlotState::kFree);
}

std::unique_ptr<SlotLease> Ring::lease(int slot, std::size_t bytes) {
  change(slot, SlotState::kReady, SlotState::kLeased);
  return std::make_unique<SlotLease>(data(slot), bytes, [ring = shared_from_this(), slot] {
    ring->change(slot, SlotState::kLeased, SlotState::kFree);
    ring->freed_->notify();
  });
}

void Ring::change(int slot, SlotState from, SlotState to) {
  if (!slots_[slot].state.compare_exchange_strong(from, to)) {
    throw std::logic_error("a slot changed its state out of turn");
  }
}

}  // namespace bobbin::core
