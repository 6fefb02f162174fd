// A decoder for baseline JPEG that decodes the part that a crop needs, and no more.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <vector>

#include "core/base/image.h"
#include "core/base/scratch.h"
#include "core/decode/baseline_frame.h"
#include "core/decode/scan_bytes.h"
#include "core/decode/scan_index.h"
#include "core/kernels/huffman.h"
#include "core/kernels/kernels.h"
#include "core/kernels/scan.h"

namespace bobbin::core {

// Receives each block: its column and row among its component's blocks, and its coefficients in
// rows.
using BlockVisitor =
    std::function<void(int component, int block_x, int block_y, const std::int16_t*)>;

// Belongs to one thread; keeps tables and memory from image to image. It never guesses: if the scan
// is damaged anywhere from the first row that it reads to the last wanted one, each function throws
// an ImageError with the place and the fault, the same for one file and region. Each returns false
// if this kind of file is not supported; then someone else must decode it. No byte outside `scan`
// is read.
class BaselineDecoder {
 public:
  explicit BaselineDecoder(const Kernels& with = kernels()) : kernels_(with) {}

  // Fills `planes` (one for grey, three for Y, Cb and Cr) with whole MCUs that hold `wanted`.
  // They live until the next call. The frame must be planar. `starts` are those of the scan's first
  // rows, as far as they are known: the decoder goes from one to the next, and adds those of the
  // rows that it walks through. Neither planes nor errors depend on `starts`, but starts of another
  // scan give wrong planes, false or an error.
  bool decode(const BaselineFrame& frame, const Region& wanted, std::array<Plane, 3>& planes,
              std::vector<RowStart>& starts);
  bool decode(const BaselineFrame& frame, const Region& wanted, std::array<Plane, 3>& planes) {
    starts_.clear();
    return decode(frame, wanted, planes, starts_);
  }

  // Reads the codes from the first unknown row to the last wanted one and keeps nothing but
  // `starts`. Any frame will do, but `starts` must be empty if it has four components.
  bool check(const BaselineFrame& frame, const Region& wanted, std::vector<RowStart>& starts);

  // Calls `visit` for all blocks of the image, including padding.
  bool visit(const BaselineFrame& frame, const BlockVisitor& visit);

 private:
  // A rectangle of MCUs.
  struct Mcus {
    int left, top, right, bottom;

    // MCUs of the scan that are all inside or all outside of the rectangle.
    struct Run {
      int x, y;  // Of the first one.
      bool inside;
      std::int64_t end;  // One after the last, counted in the scan.
    };
    // The longest run from an MCU of the scan on; the image is `across` MCUs wide.
    Run run_from(std::int64_t mcu, std::int64_t across) const;
  };

  static Mcus mcus_of(const BaselineFrame& frame, const Region& wanted);
  bool prepare(const BaselineFrame& frame);
  template <typename Decode>
  bool walk(const BaselineFrame& frame, const Mcus& wanted, std::vector<RowStart>& starts,
            const Decode& decode);
  void unstuff_intervals(const BaselineFrame& frame, const Mcus& wanted);
  template <typename Decode>
  void walk_intervals(const BaselineFrame& frame, const Mcus& wanted, const Decode& decode);
  template <typename Decode>
  void walk_rows(const BaselineFrame& frame, const Mcus& wanted, std::vector<RowStart>& starts,
                 const Decode& decode);
  template <typename Read>
  void read(const BaselineFrame& frame, int y, int count, const Read& read);
  void skip(const BaselineFrame& frame, int y, int count);
  const char* find_fault(const ScanBits& begin, int count);
  void begin_row(int y, std::span<const std::uint8_t> scan, std::vector<RowStart>& starts);
  void lay_out_planes(const BaselineFrame& frame, const Mcus& mcus, std::array<Plane, 3>& planes);

  std::unique_ptr<Scan> scan_ = std::make_unique<Scan>();  // Its vectors want to be aligned.
  const Kernels& kernels_;
  ScanBytes bytes_;
  std::vector<RowStart> starts_;  // For callers that keep none.
  HuffmanCache dc_tables_{HuffmanTable::Use::kDc};
  HuffmanCache ac_tables_{HuffmanTable::Use::kAc};
  std::array<Scratch, 3> samples_;
};

}  // namespace bobbin::core
