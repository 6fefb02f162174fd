// Wraps libjpeg-turbo. Errors return by longjmp, which runs no destructors, so the functions that
// it leaves have no objects with one.
#include "core/decode/jpeg.h"

#include <algorithm>
#include <array>
#include <csetjmp>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <memory>
#include <new>
#include <optional>
#include <span>
#include <string>

// After <cstdio>, which it needs.
#include <jpeglib.h>

#include "core/base/image.h"
#include "core/decode/baseline.h"
#include "core/decode/baseline_frame.h"
#include "core/decode/jpeg_callbacks.h"
#include "core/decode/jpeg_pool.h"
#include "core/decode/jpeg_rows.h"
#include "core/decode/jpeg_traits.h"
#include "core/decode/scan_index.h"

namespace bobbin::core {
namespace {

// The largest image that is decoded, in pixels.
constexpr std::int64_t kMaxPixels = std::int64_t{1} << 29;
// Pixels that are in memory while a whole image is checked.
constexpr int kCheckedPixels = 1 << 24;

// Stored CMYK is inverted: 255 means no ink, so colour × black / 255 is the remaining light.
void multiply_out_black(const std::uint8_t* cmyk, std::uint8_t* rgb, int width) {
  for (int x = 0; x < width; ++x) {
    for (int c = 0; c < 3; ++c) {
      rgb[3 * x + c] = static_cast<std::uint8_t>((cmyk[4 * x + c] * cmyk[4 * x + 3] + 127) / 255);
    }
  }
}

// Pixels of one, three or four components as RGB.
void to_rgb(const std::uint8_t* from, int components, std::uint8_t* rgb, int width) {
  if (components == 4) {
    multiply_out_black(from, rgb, width);
  } else if (components == 3) {
    std::memcpy(rgb, from, static_cast<std::size_t>(width) * 3);
  } else {
    for (int x = 0; x < width; ++x) std::fill_n(rgb + 3 * x, 3, from[x]);
  }
}

}  // namespace

struct JpegDecoder::Jpeg {
  JpegPool pool;
  jpeg_decompress_struct info{};
  bool lossless = false;
  JpegCallbacks callbacks{info};

  [[noreturn]] void raise() {
    jpeg_abort_decompress(&info);
    throw ImageError(std::string("JPEG decoder: ") + callbacks.message);
  }
};

bool is_jpeg(std::span<const std::uint8_t> file) {
  return file.size() >= 2 && file[0] == 0xff && file[1] == 0xd8;
}

JpegDecoder::JpegDecoder() : jpeg_(std::make_unique<Jpeg>()) {
  if (setjmp(jpeg_->callbacks.jump)) throw std::bad_alloc();
  jpeg_create_decompress(&jpeg_->info);
  static constexpr std::uint8_t kNothing = 0;
  jpeg_mem_src(&jpeg_->info, &kNothing, 1);
  jpeg_->pool.install(jpeg_->info);
  jpeg_->callbacks.install(jpeg_->info);
}

JpegDecoder::~JpegDecoder() { jpeg_destroy_decompress(&jpeg_->info); }

ImageSize JpegDecoder::open(std::span<const std::uint8_t> file) {
  file_ = file;
  jpeg_decompress_struct& info = jpeg_->info;
  jpeg_abort_decompress(&info);
  if (setjmp(jpeg_->callbacks.jump)) jpeg_->raise();
  jpeg_mem_src(&info, file.data(), file.size());
  jpeg_->callbacks.orientation = 1;
  jpeg_read_header(&info, TRUE);
  jpeg_->lossless = is_lossless(info);
  return {static_cast<int>(info.image_width), static_cast<int>(info.image_height),
          jpeg_->callbacks.orientation};
}

JpegTraits JpegDecoder::traits() const { return read_traits(jpeg_->info, file_); }

std::optional<BaselineFrame> JpegDecoder::baseline_frame() const { return read_frame(jpeg_->info); }

ImageView JpegDecoder::decode(const Region& wanted, int scale, const IndexedSample& indexed) {
  check_size();
  const std::optional<BaselineFrame> frame = baseline_frame();
  if (frame) {
    const bool to_planes = scale == 1 && frame->planar;
    ImageView view{frame->components == 1 ? ColorSpace::kGrey : ColorSpace::kYcc,
                   {},
                   frame->width,
                   frame->height,
                   1};
    const int left = std::max(wanted.left - kUpsamplingMargin, 0);
    const int top = std::max(wanted.top - kUpsamplingMargin, 0);
    const int right = std::min(wanted.left + wanted.width + kUpsamplingMargin, view.width);
    const int bottom = std::min(wanted.top + wanted.height + kUpsamplingMargin, view.height);
    const Region reached{left, top, right - left, bottom - top};
    if (read_scan(*frame, reached, indexed, to_planes ? &view.planes : nullptr) && to_planes) {
      jpeg_abort_decompress(&jpeg_->info);
      return view;
    }
  }
  return read_rgb(wanted, scale);
}

ImageView JpegDecoder::decode_rgb(const Region& wanted, int scale) {
  check_size();
  return read_rgb(wanted, scale);
}

// Decodes to `planes`; only checks the codes if they are null. False if BaselineDecoder does not
// read such files.
bool JpegDecoder::read_scan(const BaselineFrame& frame, const Region& wanted,
                            const IndexedSample& indexed, std::array<Plane, 3>* planes) {
  const auto read = [&] {
    return planes ? baseline_.decode(frame, wanted, *planes, starts_)
                  : baseline_.check(frame, wanted, starts_);
  };
  const auto [index, sample] = indexed;
  starts_.clear();
  // Restart intervals already work as an index, which has no room for a fourth component.
  if (!index || frame.restart_interval > 0 || frame.components > 3) return read();
  const std::uint64_t print = fingerprint(file_);
  index->recall(sample, print, starts_);
  const std::size_t known = starts_.size();
  if (!read()) return false;
  if (starts_.size() > known) index->remember(sample, print, frame.mcus_down(), starts_);
  return true;
}

void JpegDecoder::check() {
  check_size();
  const std::optional<BaselineFrame> frame = baseline_frame();
  if (!frame || !check_scan(*frame)) check_rows();
  jpeg_abort_decompress(&jpeg_->info);
}

// A few rows at a time. False if libjpeg has to decode them.
bool JpegDecoder::check_scan(const BaselineFrame& frame) {
  const Region whole{0, 0, frame.width, frame.height};
  starts_.clear();
  if (!frame.planar) {
    baseline_.check(frame, whole, starts_);
    return false;
  }
  std::array<Plane, 3> planes;
  const int height =
      std::max(kCheckedPixels / frame.width / frame.mcu_height(), 1) * frame.mcu_height();
  for (int top = 0; top < frame.height; top += height) {
    const Region rows{0, top, frame.width, std::min(height, frame.height - top)};
    if (!baseline_.decode(frame, rows, planes, starts_)) return false;
  }
  return true;
}

void JpegDecoder::check_rows() {
  jpeg_decompress_struct& info = jpeg_->info;
  start(1);
  if (setjmp(jpeg_->callbacks.jump)) jpeg_->raise();
  while (info.output_scanline < info.output_height) read_row(info, row_.data(), wide_row_);
}

void JpegDecoder::check_size() const {
  const jpeg_decompress_struct& info = jpeg_->info;
  const std::int64_t size = std::int64_t{info.image_width} * info.image_height;
  const bool whole = jpeg_has_multiple_scans(&jpeg_->info) || jpeg_->lossless;
  const std::int64_t limit = whole ? kMaxBufferedPixels : kMaxPixels;
  if (size > limit) {
    throw ImageError("image of " + std::to_string(size / 1000000) + " megapixels exceeds the " +
                     std::to_string(limit / 1000000) + " megapixels allowed for its kind of JPEG");
  }
}

ImageView JpegDecoder::read_rgb(const Region& wanted, int scale) {
  jpeg_decompress_struct& info = jpeg_->info;
  if (jpeg_->lossless) scale = 1;
  start(scale);
  const Region region = crop_output(wanted, scale);
  const std::size_t stride = static_cast<std::size_t>(region.width) * 3;
  pixels_.reserve(stride * region.height);
  read_rows(region);
  ImageView view{ColorSpace::kRgb,
                 {},
                 (static_cast<int>(info.image_width) + scale - 1) / scale,
                 static_cast<int>(info.output_height),
                 scale};
  view.planes[0] = {pixels_.data(), stride, region, view.width, view.height, false, false};
  // The rest of the file is not needed; jpeg_finish_decompress would read it.
  jpeg_abort_decompress(&info);
  return view;
}

void JpegDecoder::start(int scale) {
  jpeg_decompress_struct& info = jpeg_->info;
  if (info.num_components == 2) throw ImageError("JPEG with two components has no known colours");
  if (setjmp(jpeg_->callbacks.jump)) jpeg_->raise();
  info.scale_num = 1;
  info.scale_denom = scale;
  const bool inks = info.jpeg_color_space == JCS_CMYK || info.jpeg_color_space == JCS_YCCK;
  const bool grey = info.jpeg_color_space == JCS_GRAYSCALE && jpeg_->lossless;
  info.out_color_space = inks ? JCS_CMYK : grey ? JCS_GRAYSCALE : JCS_RGB;
  jpeg_start_decompress(&info);
  row_.resize(std::size_t{4} * info.output_width);
  resize(wide_row_, info);
}

// Narrows decoding to the columns and rows of `wanted`; returns the region that is delivered.
// libjpeg delivers whole rows of a lossless file.
Region JpegDecoder::crop_output(const Region& wanted, int scale) {
  jpeg_decompress_struct& info = jpeg_->info;
  const int width = info.output_width, height = info.output_height;
  const int left = std::clamp(wanted.left / scale - kUpsamplingMargin, 0, width - 1);
  const int right = std::clamp((wanted.left + wanted.width + scale - 1) / scale + kUpsamplingMargin,
                               left + 1, width);
  const int top = std::clamp(wanted.top / scale, 0, height - 1);
  const int bottom = std::clamp((wanted.top + wanted.height + scale - 1) / scale, top + 1, height);
  JDIMENSION crop_left = left, crop_width = right - left;
  if (setjmp(jpeg_->callbacks.jump)) jpeg_->raise();
  if (jpeg_->lossless) {
    for (int y = 0; y < top; ++y) read_row(info, row_.data(), wide_row_);
    return {left, top, right - left, bottom - top};
  }
  crop_rows(info, &crop_left, &crop_width);
  if (top > 0) skip_rows(info, top);
  return {static_cast<int>(crop_left), top, static_cast<int>(crop_width), bottom - top};
}

void JpegDecoder::read_rows(const Region& region) {
  jpeg_decompress_struct& info = jpeg_->info;
  if (setjmp(jpeg_->callbacks.jump)) jpeg_->raise();
  const int components = info.out_color_components;
  const bool direct = components == 3 && !jpeg_->lossless;
  const int left = jpeg_->lossless ? region.left * components : 0;
  for (int y = 0; y < region.height; ++y) {
    std::uint8_t* rgb = pixels_.data() + static_cast<std::size_t>(y) * region.width * 3;
    read_row(info, direct ? rgb : row_.data(), wide_row_);
    if (!direct) to_rgb(row_.data() + left, components, rgb, region.width);
  }
}

}  // namespace bobbin::core
