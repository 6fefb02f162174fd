// libjpeg's raw output; an error leaves by longjmp, through functions without objects with a
// destructor.
#include "fuzz/reference.h"

#include <array>
#include <csetjmp>
#include <cstdint>
#include <cstdio>
#include <span>
#include <vector>

// clang-format off: jerror.h needs jpeglib.h, and that <cstdio>, before it.
#include <jpeglib.h>
#include <jerror.h>
// clang-format on

namespace bobbin::test {
namespace {

struct Messages {
  jpeg_error_mgr base{};  // First, so that libjpeg's pointer also points to this struct.
  jmp_buf jump{};
  char error[JMSG_LENGTH_MAX] = {}, damage[JMSG_LENGTH_MAX] = {};
};

Messages& messages_of(j_common_ptr info) { return *reinterpret_cast<Messages*>(info->err); }

[[noreturn]] void on_error(j_common_ptr info) {
  info->err->format_message(info, messages_of(info).error);
  longjmp(messages_of(info).jump, 1);
}

void on_message(j_common_ptr info, int level) {
  const int code = info->err->msg_code;
  const bool damage =
      code == JWRN_HIT_MARKER || code == JWRN_HUFF_BAD_CODE || code == JWRN_MUST_RESYNC;
  Messages& messages = messages_of(info);
  if (level < 0 && damage && messages.damage[0] == 0) {
    info->err->format_message(info, messages.damage);
  }
}

void read_rows(jpeg_decompress_struct& info, std::vector<RawPlane>& planes) {
  for (unsigned row = 0; row < info.total_iMCU_rows; ++row) {
    std::array<std::array<JSAMPROW, 32>, 4> rows{};
    std::array<JSAMPARRAY, 4> arrays{};
    for (int c = 0; c < info.num_components; ++c) {
      const int lines = info.comp_info[c].v_samp_factor * DCTSIZE;
      for (int i = 0; i < lines; ++i) {
        rows[c][i] = planes[c].samples.data() + (std::size_t{row} * lines + i) * planes[c].stride;
      }
      arrays[c] = rows[c].data();
    }
    jpeg_read_raw_data(&info, arrays.data(), info.max_v_samp_factor * DCTSIZE);
  }
}

void start(jpeg_decompress_struct& info, std::span<const std::uint8_t> file,
           std::vector<RawPlane>& planes) {
  jpeg_mem_src(&info, file.data(), file.size());
  jpeg_read_header(&info, TRUE);
  info.raw_data_out = TRUE;
  info.dct_method = JDCT_ISLOW;
  jpeg_start_decompress(&info);
  planes.resize(info.num_components);
  for (int c = 0; c < info.num_components; ++c) {
    const jpeg_component_info& component = info.comp_info[c];
    RawPlane& plane = planes[c];
    plane.width = static_cast<int>(component.width_in_blocks) * DCTSIZE;
    plane.height = static_cast<int>(component.height_in_blocks) * DCTSIZE;
    // libjpeg may write whole MCUs.
    plane.stride = plane.width + std::size_t{MAX_SAMP_FACTOR} * DCTSIZE;
    plane.samples.resize(plane.stride * info.total_iMCU_rows * component.v_samp_factor * DCTSIZE);
  }
}

}  // namespace

Reference decode_raw(std::span<const std::uint8_t> file) {
  Reference reference;
  jpeg_decompress_struct info{};
  Messages messages;
  info.err = jpeg_std_error(&messages.base);
  messages.base.error_exit = on_error;
  messages.base.emit_message = on_message;
  if (setjmp(messages.jump) == 0) {
    jpeg_create_decompress(&info);
    start(info, file, reference.planes);
    read_rows(info, reference.planes);
  }
  jpeg_destroy_decompress(&info);
  reference.error = messages.error;
  reference.damage = messages.damage;
  return reference;
}

}  // namespace bobbin::test
