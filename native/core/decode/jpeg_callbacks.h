// The functions that libjpeg calls for errors, warnings, its progress and Exif data.
#pragma once

#include <csetjmp>
#include <cstdint>
#include <cstdio>

// After <cstdio>, which it needs.
#include <jpeglib.h>

namespace bobbin::core {

// The largest image that libjpeg must buffer completely (progressive, or one scan for each colour),
// at six bytes a pixel, and the largest lossless one, which it cannot scale down.
inline constexpr std::int64_t kMaxBufferedPixels = std::int64_t{1} << 26;

// What those functions share. They end decoding by a jump to `jump`, with the reason in `message`:
// at an error, at a warning that means damage, and at too many scans.
struct JpegCallbacks {
  // Of a decompressor before jpeg_create_decompress, whose errors come here, too.
  explicit JpegCallbacks(jpeg_decompress_struct& info);
  JpegCallbacks(const JpegCallbacks&) = delete;
  JpegCallbacks& operator=(const JpegCallbacks&) = delete;

  // After jpeg_create_decompress, which clears the rest.
  void install(jpeg_decompress_struct& info);

  jpeg_error_mgr error{};  // The first member: libjpeg passes it to every function that it calls.
  jpeg_progress_mgr progress{};
  jmp_buf jump{};
  char message[JMSG_LENGTH_MAX] = {};
  int orientation = 1;  // From the Exif data of the current file's header.
};

}  // namespace bobbin::core
