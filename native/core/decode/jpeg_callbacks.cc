// Errors leave libjpeg by longjmp, which runs no destructors, so these functions have no objects
// with one.
#include "core/decode/jpeg_callbacks.h"

#include <algorithm>
#include <csetjmp>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <span>

// clang-format off: jpeglib.h needs <cstdio> before it, and jerror.h needs jpeglib.h.
#include <jpeglib.h>
#include <jerror.h>
// clang-format on

#include "core/decode/exif.h"
#include "core/decode/jpeg_rows.h"

namespace bobbin::core {
namespace {

// Far more than encoders write. A file of thousands of empty scans would keep a thread for hours.
constexpr int kMaxScans = 500;
// Pixels of all scans together.
constexpr std::int64_t kMaxScanned = 32 * kMaxBufferedPixels;

JpegCallbacks& callbacks_of(j_common_ptr info) {
  return *reinterpret_cast<JpegCallbacks*>(info->err);
}

// Whether libjpeg-turbo 3 reads what this one refuses: 12 bits a sample, or lossless files.
bool is_outdated(const jpeg_error_mgr& error) {
  if (kReadsAllPrecisions) return false;
  return (error.msg_code == JERR_BAD_PRECISION && error.msg_parm.i[0] == 12) ||
         (error.msg_code == JERR_SOF_UNSUPPORTED && error.msg_parm.i[0] == 0xc3);
}

[[noreturn]] void fail(j_common_ptr info) {
  JpegCallbacks& callbacks = callbacks_of(info);
  info->err->format_message(info, callbacks.message);
  if (is_outdated(*info->err)) {
    const std::size_t length = std::strlen(callbacks.message);
    std::snprintf(callbacks.message + length, JMSG_LENGTH_MAX - length,
                  ", which libjpeg-turbo 3 reads");
  }
  longjmp(callbacks.jump, 1);
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
    std::snprintf(callbacks_of(info).message, JMSG_LENGTH_MAX, "more than %d scans", most);
    longjmp(callbacks_of(info).jump, 1);
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
      callbacks_of(reinterpret_cast<j_common_ptr>(info)).orientation = orientation;
  }
  source.skip_input_data(info, static_cast<long>(length));
  return TRUE;
}

}  // namespace

JpegCallbacks::JpegCallbacks(jpeg_decompress_struct& info) {
  info.err = jpeg_std_error(&error);
  error.error_exit = fail;
  error.emit_message = on_message;
  progress.progress_monitor = on_progress;
}

void JpegCallbacks::install(jpeg_decompress_struct& info) {
  info.progress = &progress;
  jpeg_set_marker_processor(&info, JPEG_APP0 + 1, read_app1);
}

}  // namespace bobbin::core
