// Encodes with libjpeg; the tests decode.
#include "support/images.h"

#include <stdlib.h>

#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <ios>
#include <stdexcept>
#include <string>
#include <system_error>
#include <vector>

// clang-format off: jpeglib.h needs <cstdio> before it.
#include <jpeglib.h>
// clang-format on

namespace bobbin::test {

Picture draw_picture(int width, int height, int variant) {
  Picture picture{width, height, {}};
  picture.rgb.reserve(static_cast<std::size_t>(width) * height * 3);
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width; ++x) {
      const double wave = std::sin(0.11 * x + variant) * std::cos(0.07 * y - variant);
      const bool inside = (x / 13 + y / 17 + variant) % 3 == 0;
      picture.rgb.push_back(static_cast<std::uint8_t>(128 + 90 * wave));
      picture.rgb.push_back(static_cast<std::uint8_t>(inside ? 200 : 60));
      picture.rgb.push_back(static_cast<std::uint8_t>((3 * x + 5 * y + 40 * variant) % 256));
    }
  }
  return picture;
}

std::vector<Encoding> baseline_encodings() {
  std::vector<Encoding> encodings(9);
  encodings[1].horizontal_sampling = encodings[1].vertical_sampling = 1;
  encodings[2].vertical_sampling = 1;
  encodings[3].horizontal_sampling = 1;
  encodings[4].grey = true;
  encodings[5].restart_interval = 1;
  encodings[6].restart_interval = 3;
  encodings[7].quality = 100;
  encodings[8].quality = 5;
  return encodings;
}

std::vector<std::uint8_t> encode_jpeg(const Picture& picture, const Encoding& encoding) {
  jpeg_compress_struct info{};
  jpeg_error_mgr errors{};
  info.err = jpeg_std_error(&errors);
  jpeg_create_compress(&info);
  unsigned char* memory = nullptr;
  unsigned long size = 0;
  jpeg_mem_dest(&info, &memory, &size);
  info.image_width = picture.width;
  info.image_height = picture.height;
  info.input_components = 3;
  info.in_color_space = JCS_RGB;
  jpeg_set_defaults(&info);
  jpeg_set_quality(&info, encoding.quality, TRUE);
  if (encoding.grey) {
    jpeg_set_colorspace(&info, JCS_GRAYSCALE);
  } else if (encoding.rgb) {
    jpeg_set_colorspace(&info, JCS_RGB);
  } else {
    info.comp_info[0].h_samp_factor = encoding.horizontal_sampling;
    info.comp_info[0].v_samp_factor = encoding.vertical_sampling;
  }
  if (encoding.progressive) jpeg_simple_progression(&info);
  static constexpr jpeg_scan_info kScans[] = {
      {1, {0}, 0, 63, 0, 0}, {1, {1}, 0, 63, 0, 0}, {1, {2}, 0, 63, 0, 0}};
  if (encoding.separate_scans) {
    info.scan_info = kScans;
    info.num_scans = 3;
  }
  info.restart_interval = encoding.restart_interval;
  jpeg_start_compress(&info, TRUE);
  while (info.next_scanline < info.image_height) {
    JSAMPROW row = const_cast<JSAMPROW>(picture.rgb.data()) +
                   static_cast<std::size_t>(info.next_scanline) * picture.width * 3;
    jpeg_write_scanlines(&info, &row, 1);
  }
  jpeg_finish_compress(&info);
  std::vector<std::uint8_t> bytes(memory, memory + size);
  jpeg_destroy_compress(&info);
  std::free(memory);
  return bytes;
}

TemporaryFolder::TemporaryFolder() {
  std::string pattern = (std::filesystem::temp_directory_path() / "bobbin-XXXXXX").string();
  if (!::mkdtemp(pattern.data())) throw std::runtime_error("cannot make a temporary folder");
  path_ = pattern;
}

TemporaryFolder::~TemporaryFolder() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

std::string TemporaryFolder::write(const std::string& name,
                                   const std::vector<std::uint8_t>& bytes) const {
  const std::filesystem::path path = path_ / name;
  std::ofstream(path, std::ios::binary)
      .write(reinterpret_cast<const char*>(bytes.data()),
             static_cast<std::streamsize>(bytes.size()));
  return path.string();
}

}  // namespace bobbin::test
