// The thread that sends written batches to a device and frees drained slots.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <exception>
#include <memory>
#include <span>
#include <thread>
#include <vector>

#include "core/batch/batch_writer.h"
#include "device/base/device.h"

namespace bobbin::device {

// Batches on the device at once: one is copied while another is rendered.
inline constexpr int kLanes = 2;

// A batch for the device: all of its rows are written.
struct WrittenBatch {
  int slot = 0;
  int rows = 0;
};

// The work for a batch. Called on the thread alone.
class BatchWork {
 public:
  virtual ~BatchWork() = default;
  // Queues the batch; the lane's last batch is done. If images failed, nothing is queued.
  // Throws DeviceError or core::LoaderError.
  virtual std::span<const core::FailedImage> launch(const WrittenBatch& batch, int lane,
                                                    Queue& queue) = 0;
  // The device has finished the batch; BatchContext::done is called next.
  virtual void complete(const WrittenBatch& batch) = 0;
};

// An exception on the thread ends the run. The destructor waits for the queues.
class BatchThread {
 public:
  // The arguments must outlive the thread. Throws DeviceError.
  BatchThread(Device& device, const core::BatchContext& context, BatchWork& work);
  ~BatchThread();
  BatchThread(const BatchThread&) = delete;
  BatchThread& operator=(const BatchThread&) = delete;

  // Thread-safe; the caller must not hold the signal's mutex.
  void finish(const WrittenBatch& batch);

 private:
  struct Lane {
    std::unique_ptr<Queue> queue;
    WrittenBatch batch;
    std::int64_t launched = 0;
  };
  enum class Step { kStop, kLaunch, kComplete, kDrain };

  void run();
  Step next_step(WrittenBatch& written);
  void launch(const WrittenBatch& batch);
  void complete_oldest();
  bool find_draining();
  void drain();

  Device& device_;
  const core::BatchContext& context_;
  BatchWork& work_;
  std::array<Lane, kLanes> lanes_;
  int oldest_ = 0, busy_ = 0;         // Lanes, in the order of their launches.
  std::vector<int> draining_;         // Slots.
  std::deque<WrittenBatch> waiting_;  // Guarded by the signal's mutex, as is the next.
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace bobbin::device
