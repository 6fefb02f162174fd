// Pictures for the tests, drawn and encoded here, so that no test depends on a file it did not
// make.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace bobbin::test {

struct Picture {
  int width = 0;
  int height = 0;
  std::vector<std::uint8_t> rgb;
};

// Smooth colours with edges and a little texture; each `variant` is different.
Picture draw_picture(int width, int height, int variant = 0);

struct Encoding {
  int quality = 90;
  int horizontal_sampling = 2;  // Of luma against chroma.
  int vertical_sampling = 2;
  bool grey = false;
  bool rgb = false;  // Stored as RGB, not as Y, Cb and Cr.
  bool progressive = false;
  bool separate_scans = false;  // One for each colour.
  int restart_interval = 0;     // In MCUs.
};
// 4:2:0, 4:4:4, 4:2:2, 4:4:0, grey, with restarts and at the finest and coarsest quality.
std::vector<Encoding> baseline_encodings();
std::vector<std::uint8_t> encode_jpeg(const Picture& picture, const Encoding& encoding = {});

// A temporary folder, removed with its content.
class TemporaryFolder {
 public:
  TemporaryFolder();
  ~TemporaryFolder();
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;

  // Writes a file and returns its path.
  std::string write(const std::string& name, const std::vector<std::uint8_t>& bytes) const;

 private:
  std::filesystem::path path_;
};

}  // namespace bobbin::test
