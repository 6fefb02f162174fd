// Reads JPEG files: first the size and orientation, then only the pixels that a crop needs.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "core/base/image.h"
#include "core/base/scratch.h"
#include "core/decode/baseline.h"
#include "core/decode/baseline_frame.h"
#include "core/decode/jpeg_rows.h"
#include "core/decode/jpeg_traits.h"
#include "core/decode/scan_index.h"

namespace bobbin::core {

// Fancy upsampling reads the neighbouring chroma sample, two pixels away at 4:2:0.
inline constexpr int kUpsamplingMargin = 2;

// Whether the bytes begin like a JPEG file.
bool is_jpeg(std::span<const std::uint8_t> file);

// Belongs to one thread, and keeps its memory from image to image: after the largest region,
// decoding baseline files asks the system for no memory.
class JpegDecoder {
 public:
  JpegDecoder();
  ~JpegDecoder();
  JpegDecoder(const JpegDecoder&) = delete;
  JpegDecoder& operator=(const JpegDecoder&) = delete;

  // Parses the header of `file`, which must outlive the decode. Throws ImageError.
  ImageSize open(std::span<const std::uint8_t> file);

  // Traits of the opened file, before it is decoded.
  JpegTraits traits() const;

  // Decodes the part of the opened image that covers `wanted` (in stored pixels), scaled down by 1,
  // 2, 4 or 8. At scale 1, planar baseline files come as planes from Bobbin's own decoder, whose
  // samples are libjpeg's before chroma is upsampled; all others as decode_rgb gives them, after
  // Bobbin's decoder has checked their codes if they are baseline files. `indexed` saves time and
  // changes no sample. Lossless files are never scaled down. The view lives until the next call.
  // Throws ImageError when the data ends early or is invalid within the part, as either decoder
  // sees it, always with the same reason.
  ImageView decode(const Region& wanted, int scale, const IndexedSample& indexed = {});

  // The same with libjpeg, as RGB: grey is repeated, CMYK and YCCK (in Adobe's inverted form) are
  // multiplied out, and samples of other precisions become bytes (jpeg_rows.h). The pixels equal
  // those of a full decode at the same scale.
  ImageView decode_rgb(const Region& wanted, int scale);

  // Decodes the whole opened image, in the memory of a part, and throws as `decode` does.
  void check();

  // The opened image's headers for BaselineDecoder; nothing if it cannot read this kind of file.
  std::optional<BaselineFrame> baseline_frame() const;

 private:
  struct Jpeg;
  void check_size() const;
  bool read_scan(const BaselineFrame& frame, const Region& wanted, const IndexedSample& indexed,
                 std::array<Plane, 3>* planes);
  ImageView read_rgb(const Region& wanted, int scale);
  void start(int scale);
  Region crop_output(const Region& wanted, int scale);
  void read_rows(const Region& region);
  bool check_scan(const BaselineFrame& frame);
  void check_rows();

  BaselineDecoder baseline_;
  std::span<const std::uint8_t> file_;
  std::vector<RowStart> starts_;
  std::unique_ptr<Jpeg> jpeg_;
  Scratch pixels_;
  std::vector<std::uint8_t> row_;
  WideRow wide_row_;
};

}  // namespace bobbin::core
