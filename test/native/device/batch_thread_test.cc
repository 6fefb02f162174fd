// What a device's thread promises: slots drain, memory stays, and every failure ends the run well.

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "core/batch/batch_writer.h"
#include "core/load/loader_options.h"
#include "core/load/schedule.h"
#include "device/base/device.h"
#include "device/load/device_writers.h"
#include "support/check.h"
#include "support/consumer.h"
#include "support/epochs.h"
#include "support/images.h"
#include "support/watched_device.h"

using namespace bobbin::core;
using namespace bobbin::device;
using bobbin::test::Call;
using bobbin::test::Consumer;
using bobbin::test::mixing_options_for;
using bobbin::test::options_for;
using bobbin::test::run;
using bobbin::test::TemporaryFolder;
using bobbin::test::WatchedDevice;

namespace {

using MakeWriter = std::unique_ptr<BatchWriter> (*)(std::shared_ptr<Device>, const WriterOptions&);
constexpr MakeWriter kMakers[] = {make_render_writer, make_upload_writer};

// Blocks until it is opened.
class Gate {
 public:
  void pass() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return open_; });
  }
  void open() {
    const std::lock_guard lock(mutex_);
    open_ = true;
    changed_.notify_all();
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  bool open_ = false;
};

// Always opens a gate; otherwise a loader would wait forever in its destructor.
struct Opener {
  Gate& gate;
  ~Opener() { gate.open(); }
};

std::vector<std::uint8_t> bytes_of(const Batch& batch) {
  std::vector<std::uint8_t> bytes(batch.lease->bytes());
  batch.lease->memory().copy_out(bytes.data(), batch.lease->data(), bytes.size());
  return bytes;
}

}  // namespace

TEST("when leases have ended, then their slots are not reused until the device has drained") {
  const TemporaryFolder folder;
  for (const MakeWriter make : kMakers) {
    const auto device = std::make_shared<WatchedDevice>();
    Gate gate;
    device->watch([&](Call call) {
      if (call == Call::kDrain) gate.pass();
    });
    {
      Consumer consumer(options_for(folder, 2), make(device, {}));
      const Opener opener{gate};
      consumer.loader().begin_epoch(0, 0);
      std::vector<Batch> held;
      for (int i = 0; i < 3; ++i) held.push_back(consumer.next());
      const std::uint64_t images = consumer.loader().statistics().images;
      held.clear();
      while (device->calls(Call::kDrain) == 0) std::this_thread::yield();
      consumer.loader().begin_epoch(1, 0);
      std::this_thread::sleep_for(std::chrono::milliseconds(30));
      // Without a slot no row begins.
      CHECK_EQUAL(consumer.loader().statistics().images, images);
      gate.open();
      CHECK_EQUAL(consumer.next().indices.size(), 4u);
    }
    CHECK_EQUAL(device->pieces_held(), 0);
  }
}

TEST("when a lease ends while the device drains, then its slot waits for the next drain") {
  const TemporaryFolder folder;
  const auto device = std::make_shared<WatchedDevice>();
  Gate gate;
  device->watch([&](Call call) {
    if (call == Call::kDrain && device->calls(Call::kDrain) == 1) gate.pass();
    if (call == Call::kDrain && device->calls(Call::kDrain) == 2) {
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
    }
  });
  LoaderOptions options = options_for(folder, 2);
  options.slots = 2;
  Consumer consumer(options, make_upload_writer(device, {}));
  const Opener opener{gate};
  consumer.loader().begin_epoch(0, 0);
  // The first slot to be claimed is not drained.
  Batch first = consumer.next(), second = consumer.next();
  const std::uint8_t* later = first.lease->data();
  second.lease.reset();
  while (device->calls(Call::kDrain) == 0) std::this_thread::yield();
  first.lease.reset();
  gate.open();
  const Batch third = consumer.next();
  CHECK(third.lease->data() != later);
  CHECK(consumer.next().lease->data() == later);
  CHECK(device->calls(Call::kDrain) >= 2);
}

TEST("when a consumer holds batches of a device, then the other slots are reused") {
  const TemporaryFolder folder;
  for (const MakeWriter make : kMakers) {
    Consumer consumer(options_for(folder, 2), make(std::make_shared<WatchedDevice>(), {}));
    consumer.loader().begin_epoch(0, 0);
    const Batch first = consumer.next(), second = consumer.next();
    const std::vector<std::uint8_t> before = bytes_of(first);
    for (int i = 2; i < 6; ++i) consumer.next();
    CHECK(bytes_of(first) == before);
    CHECK_EQUAL(consumer.loader().leased(), 2);
  }
}

TEST("when epochs on a device are abandoned in the middle, then every slot is returned") {
  const TemporaryFolder folder;
  for (const MakeWriter make : kMakers) {
    Consumer consumer(mixing_options_for(folder, 4), make(std::make_shared<WatchedDevice>(), {}));
    for (int epoch = 0; epoch < 30; ++epoch) {
      consumer.loader().begin_epoch(epoch, 0);
      for (int i = 0; i < epoch % 3; ++i) consumer.next();
    }
    Consumer other(mixing_options_for(folder, 1), make(std::make_shared<WatchedDevice>(), {}));
    CHECK(run(consumer, 3) == run(other, 3));
  }
}

TEST("when a loader on a device is destroyed at any moment, then all of its memory is freed") {
  const TemporaryFolder folder;
  for (const MakeWriter make : kMakers) {
    for (int round = 0; round < 24; ++round) {
      const auto device = std::make_shared<WatchedDevice>();
      std::optional<Batch> kept;
      {
        Consumer consumer(mixing_options_for(folder, 3), make(device, {}));
        consumer.loader().begin_epoch(round, 0);
        for (int i = 0; i < round % 4; ++i) kept = consumer.next();
        std::this_thread::sleep_for(std::chrono::microseconds(100 * round));
      }
      kept.reset();
      CHECK_EQUAL(device->pieces_held(), 0);
    }
  }
}

TEST("when batches follow the first ones, then they allocate no more memory") {
  const TemporaryFolder folder;
  for (const MakeWriter make : kMakers) {
    const auto device = std::make_shared<WatchedDevice>();
    const LoaderOptions options = mixing_options_for(folder, 1);
    Consumer consumer(options, make(device, {}));
    const auto load = [&] {
      for (int epoch = 0; epoch < 6; ++epoch) {
        consumer.loader().begin_epoch(epoch, 0);
        for (int i = 0; i < 6; ++i) consumer.next();
      }
    };
    load();
    load();
    const int held = device->pieces_held();
    for (int i = 0; i < 10; ++i) load();
    // Sometimes one batch more than before is in progress.
    CHECK(device->pieces_held() <= held + 4);
  }
}

// Four epochs on a device that fails from the nth call of a kind on: how the run ended, or nothing.
std::optional<std::string> run_on_failing_device(const TemporaryFolder& folder, MakeWriter make,
                                                 int call, int nth) {
  const auto device = std::make_shared<WatchedDevice>();
  device->watch([device = device.get(), call, nth](Call now) {
    if (static_cast<int>(now) != call || device->calls(now) < nth) return;
    throw DeviceError("lost for good");
  });
  std::optional<std::string> message;
  try {
    Consumer consumer(mixing_options_for(folder, 3), make(device, {}));
    for (int epoch = 0; epoch < 4; ++epoch) run(consumer, epoch);
  } catch (const LoaderError& error) {
    message = error.what();
  }
  CHECK_EQUAL(device->pieces_held(), 0);
  return message;
}

TEST("when any call of a device fails, then the run ends with the device's message") {
  const TemporaryFolder folder;
  std::set<Call> failed;
  for (const MakeWriter make : kMakers) {
    for (int call = 0; call < bobbin::test::kCalls; ++call) {
      for (const int nth : {1, 2, 5}) {
        const auto message = run_on_failing_device(folder, make, call, nth);
        if (!message) continue;
        failed.insert(static_cast<Call>(call));
        CHECK(message->find("lost for good") != std::string::npos);
        CHECK(message->find("; set ") != std::string::npos);
      }
    }
  }
  CHECK_EQUAL(failed.size(), std::size_t{bobbin::test::kCalls});
}
