// Launches first, then waits for the device, and drains it when it has nothing else to do.
#include "device/load/batch_thread.h"

#include <chrono>
#include <cstdint>
#include <exception>
#include <mutex>
#include <span>

#include "core/base/threads.h"
#include "core/batch/batch_writer.h"
#include "core/batch/ring.h"
#include "device/base/device.h"
#include "device/base/device_memory.h"

namespace bobbin::device {
namespace {

std::int64_t now() {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(
             std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

}  // namespace

BatchThread::BatchThread(Device& device, const core::BatchContext& context, BatchWork& work)
    : device_(device), context_(context), work_(work) {
  for (Lane& lane : lanes_) lane.queue = device_.make_queue();
  thread_ = core::start_thread([this] { run(); });
}

BatchThread::~BatchThread() {
  {
    const std::lock_guard lock(context_.signal.mutex);
    stopping_ = true;
  }
  context_.signal.notify();
  thread_.join();
}

void BatchThread::finish(const WrittenBatch& batch) {
  {
    const std::lock_guard lock(context_.signal.mutex);
    waiting_.push_back(batch);
  }
  context_.signal.notify();
}

void BatchThread::run() {
  try {
    WrittenBatch written;
    for (Step step = next_step(written); step != Step::kStop; step = next_step(written)) {
      if (step == Step::kLaunch) launch(written);
      if (step == Step::kComplete) complete_oldest();
      if (step == Step::kDrain) drain();
    }
  } catch (const DeviceError& error) {
    context_.fail(ended_by(error).what());
  } catch (const std::exception& error) {
    context_.fail(error.what());
  }
}

// Draining waits for all work on the device, so it comes last. It cannot starve: when all slots are
// draining, no batch can be launched.
BatchThread::Step BatchThread::next_step(WrittenBatch& written) {
  std::unique_lock lock(context_.signal.mutex);
  context_.signal.changed.wait(
      lock, [this] { return stopping_ || !waiting_.empty() || busy_ > 0 || find_draining(); });
  if (stopping_) return Step::kStop;
  if (!waiting_.empty() && busy_ < kLanes) {
    written = waiting_.front();
    waiting_.pop_front();
    return Step::kLaunch;
  }
  return busy_ > 0 ? Step::kComplete : Step::kDrain;
}

void BatchThread::launch(const WrittenBatch& batch) {
  const int index = (oldest_ + busy_) % kLanes;
  Lane& lane = lanes_[index];
  lane.batch = batch;
  lane.launched = now();
  const std::span<const core::FailedImage> failed = work_.launch(batch, index, *lane.queue);
  if (failed.empty()) {
    ++busy_;
  } else {
    context_.totals.device_ns += now() - lane.launched;
    context_.done(batch.slot, failed);
  }
}

void BatchThread::complete_oldest() {
  const Lane& lane = lanes_[oldest_];
  lane.queue->wait();
  context_.totals.device_ns += now() - lane.launched;
  oldest_ = (oldest_ + 1) % kLanes;
  --busy_;
  work_.complete(lane.batch);
  context_.done(lane.batch.slot, {});
}

bool BatchThread::find_draining() {
  draining_.clear();
  for (int slot = 0; slot < context_.ring.size(); ++slot) {
    if (context_.ring.state(slot) == core::SlotState::kDraining) draining_.push_back(slot);
  }
  return !draining_.empty();
}

void BatchThread::drain() {
  // Slots whose leases end after this wait for the next drain.
  device_.drain();
  for (const int slot : draining_) context_.ring.drained(slot);
  context_.signal.notify();
}

}  // namespace bobbin::device
