// Wraps libjpeg-turbo. Errors return by longjmp, which runs no destructors, so the functions that
// it leaves have no objects with one.
#include "core/decode/jpeg.h"

#include <algorithm>
#include <array>
#include <csetjmp>
#include <cstdint>
#include <cstdio>
#include <memory>
#include <optional>
#include <span>
#include <string>

#include "core/base/image.h"
#include "core/decode/baseline.h"
#include "core/decode/exif.h"
#include "core/decode/jpeg_pool.h"
#include "core/decode/jpeg_traits.h"
#include "core/decode/scan_index.h"
#include "core/kernels/huffman.h"

// clang-format off: jpeglib.h needs <cstdio> before it, and jerror.h needs jpeglib.h.
#include <jpeglib.h>
#include <jerror.h>
// clang-format on

namespace bobbin::core {
namespace {

// Far more than encoders write. A file of thousands of empty scans would keep a thread for hours.
constexpr int kMaxScans = 500;
// Pixels that are in memory while a whole image is checked.
constexpr int kCheckedPixels = 1 << 24;
// Pixels of all scans together: 32 scans of the largest image.
constexpr std::int64_t kMaxScanned = 32 * kMaxBufferedPixels;

// libjpeg passes this to every function that it calls.
struct ErrorManager {
  jpeg_error_mgr base;
  jmp_buf jump;
  char message[JMSG_LENGTH_MAX];
  int orientation;  // From the current file's header.
};

ErrorManager& manager_of(j_common_ptr info) { return *reinterpret_cast<ErrorManager*>(info->err); }

[[noreturn]] void fail(j_common_ptr info) {
  ErrorManager& manager = manager_of(info);
  info->err->format_message(info, manager.message);
  longjmp(manager.jump, 1);
}

// Which of libjpeg's warnings mean that pixels are missing or wrong. A missing EOI marker is not
// damage in a file of a single Huffman-coded scan: the decoder itself notices missing data. Bytes
// left over between Huffman-coded scans show that codes were wrong; behind the last scan many sound
// files have some.
bool means_damage(const jpeg_decompress_struct& info, int code) {
  const bool several_scans = info.progressive_mode || info.comps_in_scan < info.num_components;
  switch (code) {
    case JWRN_JPEG_EOF:
      return info.arith_code || several_scans;
    case JWRN_EXTRANEOUS_DATA:
      return !info.arith_code && several_scans && info.input_scan_number > 0 &&
             info.err->msg_parm.i[1] != JPEG_EOI;
    case JWRN_ARITH_BAD_CODE:
    case JWRN_HIT_MARKER:
    case JWRN_HUFF_BAD_CODE:
    case JWRN_MUST_RESYNC:
      return true;
    default:
      return false;
  }
}

void on_message(j_common_ptr info, int level) {
  const auto& decoder = *reinterpret_cast<j_decompress_ptr>(info);
  if (level < 0 && means_damage(decoder, info->err->msg_code)) fail(info);
}

void on_progress(j_common_ptr info) {
  const auto& decoder = *reinterpret_cast<j_decompress_ptr>(info);
  const std::int64_t pixels = std::int64_t{decoder.image_width} * decoder.image_height;
  const int most = static_cast<int>(std::min<std::int64_t>(kMaxScans, kMaxScanned / pixels));
  if (decoder.input_scan_number > most) {
    std::snprintf(manager_of(info).message, JMSG_LENGTH_MAX, "more than %d scans", most);
    longjmp(manager_of(info).jump, 1);
  }
}

// Replaces jpeg_save_markers, which keeps all such segments and walks through the earlier ones for
// each. The whole file is in libjpeg's buffer.
boolean read_app1(j_decompress_ptr info) {
  const jpeg_source_mgr& source = *info->src;
  const std::span<const std::uint8_t> rest{source.next_input_byte, source.bytes_in_buffer};
  const std::size_t length = rest.size() < 2 ? 2 : std::size_t{rest[0]} << 8 | rest[1];
  if (length < 2) ERREXIT(info, JERR_BAD_LENGTH);
  if (length < rest.size()) {
    const int orientation = exif_orientation(rest.subspan(2, length - 2));
    if (orientation != 1)
      manager_of(reinterpret_cast<j_common_ptr>(info)).orientation = orientation;
  }
  source.skip_input_data(info, static_cast<long>(length));
  return TRUE;
}

// Stored CMYK is inverted: 255 means no ink, so colour × black / 255 is the remaining light.
void multiply_out_black(const std::uint8_t* cmyk, std::uint8_t* rgb, int width) {
  for (int x = 0; x < width; ++x) {
    for (int c = 0; c < 3; ++c) {
      rgb[3 * x + c] = static_cast<std::uint8_t>((cmyk[4 * x + c] * cmyk[4 * x + 3] + 127) / 255);
    }
  }
}

// Whether the components are grey, or Y, Cb and Cr, in this order, and chroma is at most halved.
bool has_plain_sampling(const jpeg_decompress_struct& info) {
  for (int c = 0; c < info.num_components; ++c) {
    if (info.cur_comp_info[c] != &info.comp_info[c]) return false;
  }
  if (info.num_components == 1) return info.jpeg_color_space == JCS_GRAYSCALE;
  if (info.num_components != 3 || info.jpeg_color_space != JCS_YCbCr) return false;
  const jpeg_component_info* component = info.comp_info;
  for (int c = 1; c < 3; ++c) {
    if (component[c].h_samp_factor != 1 || component[c].v_samp_factor != 1) return false;
  }
  // libjpeg repeats the columns of very narrow chroma instead of filtering them.
  if (component->h_samp_factor == 2 && info.image_width < 5) return false;
  return component->h_samp_factor <= 2 && component->v_samp_factor <= 2;
}

bool copy_codes(const JHUFF_TBL* table, HuffmanCodes& codes) {
  if (!table) return false;
  std::copy_n(table->bits, codes.counts.size(), codes.counts.begin());
  codes.counts[0] = 0;
  std::copy_n(table->huffval, codes.symbols.size(), codes.symbols.begin());
  return true;
}

// The scan's c-th component.
bool copy_component(const jpeg_decompress_struct& info, int c, BaselineFrame::Component& to) {
  const jpeg_component_info& from = *info.cur_comp_info[c];
  // Alone in its scan, a component has one block in an MCU regardless of its factors.
  to.across = info.num_components > 1 ? from.h_samp_factor : 1;
  to.down = info.num_components > 1 ? from.v_samp_factor : 1;
  // libjpeg checks table numbers only when decompression starts.
  const auto exists = [](int table) { return table >= 0 && table < NUM_HUFF_TBLS; };
  if (!exists(from.quant_tbl_no) || !exists(from.dc_tbl_no) || !exists(from.ac_tbl_no))
    return false;
  const JQUANT_TBL* quantization = info.quant_tbl_ptrs[from.quant_tbl_no];
  if (!quantization) return false;
  std::copy_n(quantization->quantval, 64, to.quantization.begin());
  return copy_codes(info.dc_huff_tbl_ptrs[from.dc_tbl_no], to.dc_codes) &&
         copy_codes(info.ac_huff_tbl_ptrs[from.ac_tbl_no], to.ac_codes);
}

}  // namespace

struct JpegDecoder::Jpeg {
  JpegPool pool;
  jpeg_decompress_struct info{};
  ErrorManager error{};
  jpeg_progress_mgr progress{};

  Jpeg() {
    info.err = jpeg_std_error(&error.base);
    error.base.error_exit = fail;
    error.base.emit_message = on_message;
    progress.progress_monitor = on_progress;
  }

  [[noreturn]] void raise() {
    jpeg_abort_decompress(&info);
    throw ImageError(std::string("JPEG decoder: ") + error.message);
  }
};

// The frame, after jpeg_read_header, if BaselineDecoder reads such files.
std::optional<BaselineFrame> JpegDecoder::baseline_frame() const {
  const jpeg_decompress_struct& info = jpeg_->info;
  if (info.progressive_mode || info.arith_code || info.data_precision != 8) return std::nullopt;
  if (info.comps_in_scan != info.num_components) return std::nullopt;
  BaselineFrame frame;
  frame.width = static_cast<int>(info.image_width);
  frame.height = static_cast<int>(info.image_height);
  frame.components = info.num_components;
  frame.restart_interval = static_cast<int>(info.restart_interval);
  frame.scan = {info.src->next_input_byte, info.src->bytes_in_buffer};
  frame.planar = has_plain_sampling(info);
  int blocks = 0;
  for (int c = 0; c < frame.components; ++c) {
    BaselineFrame::Component& component = frame.component[c];
    if (!copy_component(info, c, component)) return std::nullopt;
    // libjpeg checks their number only when decompression starts.
    blocks += component.across * component.down;
    if (blocks > BaselineFrame::kMaxBlocks) return std::nullopt;
    frame.planar = frame.planar && std::ranges::max(component.quantization) <= 255;
  }
  return frame;
}

bool is_jpeg(std::span<const std::uint8_t> file) {
  return file.size() >= 2 && file[0] == 0xff && file[1] == 0xd8;
}

JpegDecoder::JpegDecoder() : jpeg_(std::make_unique<Jpeg>()) {
  if (setjmp(jpeg_->error.jump)) throw std::bad_alloc();
  jpeg_create_decompress(&jpeg_->info);
  static constexpr std::uint8_t kNothing = 0;
  jpeg_mem_src(&jpeg_->info, &kNothing, 1);
  jpeg_->pool.install(jpeg_->info);
  jpeg_->info.progress = &jpeg_->progress;
  jpeg_set_marker_processor(&jpeg_->info, JPEG_APP0 + 1, read_app1);
}

JpegDecoder::~JpegDecoder() { jpeg_destroy_decompress(&jpeg_->info); }

ImageSize JpegDecoder::open(std::span<const std::uint8_t> file) {
  file_ = file;
  jpeg_decompress_struct& info = jpeg_->info;
  jpeg_abort_decompress(&info);
  if (setjmp(jpeg_->error.jump)) jpeg_->raise();
  jpeg_mem_src(&info, file.data(), file.size());
  jpeg_->error.orientation = 1;
  jpeg_read_header(&info, TRUE);
  return {static_cast<int>(info.image_width), static_cast<int>(info.image_height),
          jpeg_->error.orientation};
}

JpegTraits JpegDecoder::traits() const { return read_traits(jpeg_->info, file_); }

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
  cmyk_row_.resize(std::size_t{4} * info.output_width);
  if (setjmp(jpeg_->error.jump)) jpeg_->raise();
  JSAMPROW row = cmyk_row_.data();
  while (info.output_scanline < info.output_height) jpeg_read_scanlines(&info, &row, 1);
}

void JpegDecoder::check_size() const {
  const jpeg_decompress_struct& info = jpeg_->info;
  const std::int64_t size = std::int64_t{info.image_width} * info.image_height;
  const std::int64_t limit =
      jpeg_has_multiple_scans(&jpeg_->info) ? kMaxBufferedPixels : kMaxPixels;
  if (size > limit) {
    throw ImageError("image of " + std::to_string(size / 1000000) + " megapixels exceeds the " +
                     std::to_string(limit / 1000000) + " megapixels allowed for its kind of JPEG");
  }
}

ImageView JpegDecoder::read_rgb(const Region& wanted, int scale) {
  jpeg_decompress_struct& info = jpeg_->info;
  start(scale);
  const Region region = crop_output(wanted, scale);
  const std::size_t stride = static_cast<std::size_t>(region.width) * 3;
  pixels_.reserve(stride * region.height);
  cmyk_row_.resize(static_cast<std::size_t>(region.width) * 4);
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
  if (setjmp(jpeg_->error.jump)) jpeg_->raise();
  info.scale_num = 1;
  info.scale_denom = scale;
  const bool inks = info.jpeg_color_space == JCS_CMYK || info.jpeg_color_space == JCS_YCCK;
  info.out_color_space = inks ? JCS_CMYK : JCS_RGB;
  jpeg_start_decompress(&info);
}

// Narrows decoding to the columns and rows of `wanted`; returns the region that libjpeg delivers.
Region JpegDecoder::crop_output(const Region& wanted, int scale) {
  jpeg_decompress_struct& info = jpeg_->info;
  const int width = info.output_width, height = info.output_height;
  const int left = std::clamp(wanted.left / scale - kUpsamplingMargin, 0, width - 1);
  const int right = std::clamp((wanted.left + wanted.width + scale - 1) / scale + kUpsamplingMargin,
                               left + 1, width);
  const int top = std::clamp(wanted.top / scale, 0, height - 1);
  const int bottom = std::clamp((wanted.top + wanted.height + scale - 1) / scale, top + 1, height);
  JDIMENSION crop_left = left, crop_width = right - left;
  if (setjmp(jpeg_->error.jump)) jpeg_->raise();
  jpeg_crop_scanline(&info, &crop_left, &crop_width);
  if (top > 0) jpeg_skip_scanlines(&info, top);
  return {static_cast<int>(crop_left), top, static_cast<int>(crop_width), bottom - top};
}

void JpegDecoder::read_rows(const Region& region) {
  jpeg_decompress_struct& info = jpeg_->info;
  if (setjmp(jpeg_->error.jump)) jpeg_->raise();
  const bool inks = info.out_color_space == JCS_CMYK;
  for (int y = 0; y < region.height; ++y) {
    std::uint8_t* row = pixels_.data() + static_cast<std::size_t>(y) * region.width * 3;
    JSAMPROW target = inks ? cmyk_row_.data() : row;
    jpeg_read_scanlines(&info, &target, 1);
    if (inks) multiply_out_black(cmyk_row_.data(), row, region.width);
  }
}

}  // namespace bobbin::core
