// Which share of the files a device decodes, so that it and the worker threads finish together.
#pragma once

#include <atomic>
#include <cstdint>
#include <mutex>

namespace bobbin::device {

// Follows from the times alone: the same times make the same share.
//
// A batch of n files takes the device share · n · device, and the workers
// (1 − share) · n · cpu / threads, where both are moving averages of an image's time. The two are
// equal at share = (cpu / threads) / (cpu / threads + device), for any n.
class DecodeSplit {
 public:
  // Neither side is left without files, or nobody would notice that it has become fast.
  static constexpr double kSmallest = 1.0 / 16;
  static constexpr double kLargest = 15.0 / 16;
  static constexpr double kFirst = 0.5;
  // Nearer to the best share than this the present one stays, so that noise moves nothing.
  static constexpr double kHysteresis = 1.0 / 32;

  // Without a decoder the share is 0 and stays so. `threads` is at least 1.
  DecodeSplit(int threads, bool has_decoder);

  double share() const;

  // Whether the device gets the file. `position` counts the files that it could decode: of any n in
  // a row it gets share · n, rounded down or up, evenly spread. For any thread.
  bool on_device(std::uint64_t position) const;

  // A worker decoded a file that the device could have decoded. For any thread.
  void cpu_decoded(std::int64_t nanoseconds);
  // The device was given files of one batch, and decoded as many. The share moves only here.
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
