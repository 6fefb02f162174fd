// The share of the files that a device decodes, so that it and the worker threads finish together.
#pragma once

#include <atomic>
#include <cstdint>
#include <mutex>

namespace bobbin::device {

// The same measured times give the same share.
//
// A batch of n files takes the device share · n · device, and the workers
// (1 − share) · n · cpu / threads, where both are moving averages of an image's time. The two are
// equal at share = (cpu / threads) / (cpu / threads + device), for any n.
class DecodeSplit {
 public:
  // Each side always gets some files, so that its speed stays known.
  static constexpr double kSmallest = 1.0 / 16;
  static constexpr double kLargest = 15.0 / 16;
  static constexpr double kFirst = 0.5;
  // A share this close to the best one is kept, so that noise does not move it.
  static constexpr double kHysteresis = 1.0 / 32;

  // Without a decoder the share stays 0. `threads` is at least 1.
  DecodeSplit(int threads, bool has_decoder);

  double share() const;

  // Whether the device gets the file. `position` counts the files that it could decode: of any n
  // consecutive ones it gets share · n, rounded down or up, evenly spread. Thread-safe.
  bool on_device(std::uint64_t position) const;

  // A worker decoded a file that the device could have decoded. Thread-safe.
  void cpu_decoded(std::int64_t nanoseconds);
  // The device decoded this many files of one batch. Only this changes the share.
  void device_decoded(int images, std::int64_t nanoseconds);

 private:
  double best() const;

  const int threads_;
  // In 2⁻¹⁶.
  std::atomic<std::uint32_t> share_;
  std::mutex mutex_;
  // Since the device's last batch.
  std::int64_t cpu_images_ = 0, cpu_nanoseconds_ = 0;
  // Moving averages of an image's nanoseconds; 0 until there is one.
  double cpu_ = 0, device_ = 0;
};

}  // namespace bobbin::device
