// The slots, their allowed and forbidden transitions, and a lease that outlives all other objects.
#include "core/batch/ring.h"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>

#include "core/batch/memory.h"
#include "support/check.h"

using namespace bobbin::core;

namespace {

std::shared_ptr<Ring> make_ring(int slots,
                                std::shared_ptr<Memory> memory = std::make_shared<MainMemory>()) {
  return Ring::create(slots, 100, std::move(memory), std::make_shared<Signal>());
}

// Counts its memory; the test reads the count after leases have ended.
class DrainingMemory final : public Memory {
 public:
  std::uint8_t* allocate(std::size_t bytes) override { return ++held, main_.allocate(bytes); }
  void release(std::uint8_t* memory) noexcept override { --held, main_.release(memory); }
  void copy_out(void* to, const void* from, std::size_t bytes) override {
    main_.copy_out(to, from, bytes);
  }
  std::string device() const override { return "GPU:0"; }
  bool drains() const override { return true; }

  int held = 0;

 private:
  MainMemory main_;
};

// Checks that the slot refuses changes, each named by its first letter.
void check_refused(Ring& ring, const std::string& changes) {
  for (const char change : changes) {
    if (change == 'f') CHECK_THROWS(ring.finish(0), std::logic_error);
    if (change == 'a') CHECK_THROWS(ring.abandon(0), std::logic_error);
    if (change == 'l') CHECK_THROWS(ring.lease(0, 1), std::logic_error);
    if (change == 'd') CHECK_THROWS(ring.drained(0), std::logic_error);
    if (change == 'c') CHECK(!ring.claim());
  }
}

}  // namespace

TEST("when a slot is used, then it passes through its states") {
  const auto ring = make_ring(1);
  CHECK(ring->state(0) == SlotState::kFree);
  const int slot = *ring->claim();
  CHECK(ring->state(slot) == SlotState::kRendering);
  ring->finish(slot);
  CHECK(ring->state(slot) == SlotState::kReady);
  auto lease = ring->lease(slot, 80);
  CHECK(ring->state(slot) == SlotState::kLeased);
  CHECK_EQUAL(lease->bytes(), 80u);
  CHECK(lease->data() == ring->data(slot));
  lease.reset();
  CHECK(ring->state(slot) == SlotState::kFree);
}

TEST("when every slot is in use, then none can be claimed until one is free") {
  const auto ring = make_ring(2);
  CHECK(ring->claim().has_value());
  CHECK(ring->claim().has_value());
  CHECK(!ring->claim().has_value());
  ring->abandon(1);
  CHECK_EQUAL(*ring->claim(), 1);
}

TEST("when a lease on memory that drains ends, then its slot is free only once it is drained") {
  const auto ring = make_ring(1, std::make_shared<DrainingMemory>());
  const int slot = *ring->claim();
  ring->finish(slot);
  ring->lease(slot, 80).reset();
  CHECK(ring->state(slot) == SlotState::kDraining);
  CHECK(!ring->claim().has_value());
  ring->drained(slot);
  CHECK(ring->state(slot) == SlotState::kFree);
  CHECK_EQUAL(*ring->claim(), slot);
}

TEST("when a batch is dropped before or after it is finished, then its slot is free at once") {
  const auto ring = make_ring(1, std::make_shared<DrainingMemory>());
  ring->abandon(*ring->claim());
  CHECK(ring->state(0) == SlotState::kFree);
  ring->finish(*ring->claim());
  ring->abandon(0);
  CHECK(ring->state(0) == SlotState::kFree);
}

TEST("when a slot changes its state out of order, then the change is refused") {
  const auto ring = make_ring(1, std::make_shared<DrainingMemory>());
  check_refused(*ring, "fald");
  ring->claim();
  check_refused(*ring, "cld");
  ring->finish(0);
  check_refused(*ring, "cfd");
  auto lease = ring->lease(0, 1);
  check_refused(*ring, "cfald");
  lease.reset();
  check_refused(*ring, "cfal");
}

TEST("when a ring is destroyed, then its memory is freed with the last lease") {
  const auto memory = std::make_shared<DrainingMemory>();
  auto ring = make_ring(3, memory);
  CHECK_EQUAL(memory->held, 3);
  ring->finish(*ring->claim());
  auto lease = ring->lease(0, 1);
  CHECK(&lease->memory() == memory.get());
  ring.reset();
  CHECK_EQUAL(memory->held, 3);
  lease.reset();
  CHECK_EQUAL(memory->held, 0);
}

TEST("when slots are claimed, then each is 64-byte aligned and separate") {
  // The larger ones use large pages, but their size is not a multiple of a page.
  for (const std::ptrdiff_t bytes : {100, (5 << 20) + 100}) {
    const auto ring =
        Ring::create(3, bytes, std::make_shared<MainMemory>(), std::make_shared<Signal>());
    for (int slot = 0; slot < 3; ++slot) {
      CHECK_EQUAL(reinterpret_cast<std::uintptr_t>(ring->data(slot)) % 64, 0u);
      ring->data(slot)[bytes - 1] = 1;
      for (int other = 0; other < slot; ++other) {
        const auto distance = ring->data(slot) - ring->data(other);
        CHECK(distance >= bytes || distance <= -bytes);
      }
    }
  }
}

TEST("when a lease outlives its ring's owner, then the memory is freed with the lease") {
  auto ring = make_ring(1);
  const int slot = *ring->claim();
  ring->data(slot)[99] = 7;
  ring->finish(slot);
  auto lease = ring->lease(slot, 100);
  ring.reset();
  CHECK_EQUAL(static_cast<int>(lease->data()[99]), 7);
  std::thread([moved = std::move(lease)]() mutable { moved.reset(); }).join();
}

TEST("when leases end on another thread, then a thread that waits for a slot wakes up") {
  const auto signal = std::make_shared<Signal>();
  const auto ring = Ring::create(1, 64, std::make_shared<MainMemory>(), signal);
  std::thread consumer;
  for (int round = 0; round < 200; ++round) {
    std::optional<int> slot;
    {
      std::unique_lock lock(signal->mutex);
      signal->changed.wait(lock, [&] { return (slot = ring->claim()).has_value(); });
    }
    if (consumer.joinable()) consumer.join();
    ring->data(*slot)[0] = static_cast<std::uint8_t>(round);
    ring->finish(*slot);
    consumer = std::thread([lease = ring->lease(*slot, 64), round]() mutable {
      CHECK_EQUAL(static_cast<int>(lease->data()[0]), round % 256);
      lease.reset();
    });
  }
  consumer.join();
}
