// Keeps libjpeg's memory for one image from image to image.
#pragma once

#include <cstddef>
#include <cstdio>

// After <cstdio>, which it needs.
#include <jpeglib.h>

namespace bobbin::core {

// libjpeg asks the system for the memory of each image and returns it all at the image's end. From
// `install` on it takes that memory from here: one block, which grows to the size that an image
// needs, even if libjpeg buffers the image whole (progressive, or one scan a colour).
//
// Tables end with the image, too: libjpeg would keep them, and would decode a file without tables
// (Motion JPEG) by those of the image before.
class JpegPool {
 public:
  JpegPool() = default;
  ~JpegPool();
  JpegPool(const JpegPool&) = delete;
  JpegPool& operator=(const JpegPool&) = delete;

  // The decompressor has its source and has not read an image; it must not outlive the pool. Uses
  // its client_data.
  void install(jpeg_decompress_struct& info);

 private:
  struct Block;
  struct Coefficients;
  struct Samples;

  static void* allocate(j_common_ptr info, int, std::size_t bytes);
  static JSAMPARRAY allocate_rows(j_common_ptr info, int, JDIMENSION width, JDIMENSION rows);
  static jvirt_barray_ptr request_coefficients(j_common_ptr info, int pool, boolean,
                                               JDIMENSION blocks, JDIMENSION rows, JDIMENSION);
  static jvirt_sarray_ptr request_samples(j_common_ptr info, int pool, boolean, JDIMENSION width,
                                          JDIMENSION rows, JDIMENSION);
  static void allocate_arrays(j_common_ptr info);
  static JBLOCKARRAY coefficient_rows(j_common_ptr info, jvirt_barray_ptr of, JDIMENSION first,
                                      JDIMENSION count, boolean);
  static JSAMPARRAY sample_rows(j_common_ptr info, jvirt_sarray_ptr of, JDIMENSION first,
                                JDIMENSION count, boolean);
  static void free(j_common_ptr info, int pool);

  void* take(std::size_t bytes);
  bool add_block(std::size_t bytes);
  void free_first();
  void reset();

  jpeg_memory_mgr original_{};
  Block* blocks_ = nullptr;               // The newest first; more than one only within an image.
  Coefficients* coefficients_ = nullptr;  // Of the current image.
  Samples* samples_ = nullptr;            // The same; only lossless files have them.
};

}  // namespace bobbin::core
