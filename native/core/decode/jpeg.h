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
#include "core/decode/jpeg_traits.h"
#include "core/decode/scan_index.h"

namespace bobbin::core {

// The largest image that is decoded, in pixels.
inline constexpr std::int64_t kMaxPixels = std::int64_t{1} << 29;
// The largest image that libjpeg must buffer completely (progressive, or one scan for each colour):
// six bytes a pixel.
inline constexpr std::int64_t kMaxBufferedPixels = std::int64_t{1} << 26;
// Fancy upsampling reads the neighbouring chroma sample, two pixels away at 4:2:0.
inline constexpr int kUpsamplingMargin = 2;

// Whether the bytes begin like a JPEG file.
bool is_jpeg(std::span<const std::uint8_t> file);

// One thread's decoder. It keeps its memory from image to image: after the largest region, decoding
// baseline files allocates only from its own pool.
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
  // 2, 4 or 8. At scale 1, Bobbin's own decoder decodes sound baseline files to planes; its samples
  // equal libjpeg's before chroma upsampling. All other files are decoded by decode_rgb. The rows
  // in `indexed` only save time. The view is valid until the next call. Throws ImageError if the
  // data of the part ends early or is invalid.
  ImageView decode(const Region& wanted, int scale, const IndexedSample& indexed = {});

  // The same with libjpeg, as RGB: grey is repeated, CMYK and YCCK (in Adobe's inverted form) are
  // multiplied out. The pixels equal those of a full decode at the same scale.
  ImageView decode_rgb(const Region& wanted, int scale);

  // The input of Bobbin's own decoder for the opened image, if it can decode this kind.
  std::optional<BaselineFrame> baseline_frame() const;

 private:
  struct Jpeg;
  void check_size() const;
  bool decode_planes(const BaselineFrame& frame, const Region& wanted, const IndexedSample& indexed,
                     std::array<Plane, 3>& planes);
  ImageView read_rgb(const Region& wanted, int scale);
  void start(int scale);
  Region place(const Region& wanted, int scale);
  void read_rows(const Region& region);

  BaselineDecoder baseline_;
  std::span<const std::uint8_t> file_;
  std::vector<RowStart> starts_;
  std::unique_ptr<Jpeg> jpeg_;
  Scratch pixels_;
  std::vector<std::uint8_t> cmyk_row_;
};

}  // namespace bobbin::core
