// Keeps libjpeg's memory for one image from image to image.
#pragma once

#include <cstddef>
#include <cstdio>

// After <cstdio>, which it needs.
#include <jpeglib.h>

namespace bobbin::core {

// Normally libjpeg allocates memory for each image and frees all of it at the end. After `install`
// it uses this pool: one block that grows to the need of an image, including images that libjpeg
// buffers completely (progressive, or one scan for each colour).
//
// Tables also belong to one image: libjpeg would keep them, and decode a file without tables
// (Motion JPEG) with those of the previous image.
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

  static void* allocate(j_common_ptr info, int, std::size_t bytes);
  static JSAMPARRAY allocate_rows(j_common_ptr info, int, JDIMENSION width, JDIMENSION rows);
  static jvirt_barray_ptr request_coefficients(j_common_ptr info, int pool, boolean,
                                               JDIMENSION blocks, JDIMENSION rows, JDIMENSION);
  static void allocate_coefficients(j_common_ptr info);
  static JBLOCKARRAY coefficient_rows(j_common_ptr info, jvirt_barray_ptr of, JDIMENSION first,
                                      JDIMENSION count, boolean);
  static void free(j_common_ptr info, int pool);

  void* take(std::size_t bytes);
  bool add_block(std::size_t bytes);
  void free_first();
  void reset();

  jpeg_memory_mgr original_{};
  Block* blocks_ = nullptr;               // The newest first; more than one only within an image.
  Coefficients* coefficients_ = nullptr;  // Of the image at hand.
};

}  // namespace bobbin::core
