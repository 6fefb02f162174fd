// The yardstick: libjpeg-turbo only decodes whole pictures from memory to RGB (ISLOW, fancy
// upsampling).
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <numeric>
#include <span>
#include <string>
#include <thread>
#include <vector>

// It needs size_t and FILE.
#include <jpeglib.h>

namespace {

using Bytes = std::vector<unsigned char>;
using Clock = std::chrono::steady_clock;

double SecondsSince(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

Bytes ReadFile(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) {
    std::fprintf(stderr, "Cannot read %s\n", path.c_str());
    std::exit(1);
  }
  return Bytes(std::istreambuf_iterator<char>(file), {});
}

// One thread's decoder; it reuses libjpeg's memory and the pixels.
class Decoder {
 public:
  Decoder() {
    info_.err = jpeg_std_error(&errors_);
    jpeg_create_decompress(&info_);
  }
  ~Decoder() { jpeg_destroy_decompress(&info_); }
  Decoder(const Decoder&) = delete;
  Decoder& operator=(const Decoder&) = delete;

  // Returns the picture's RGB bytes. A file that libjpeg-turbo refuses ends the program, because
  // the comparison uses only sound files.
  std::span<const unsigned char> Decode(const Bytes& jpeg) {
    jpeg_mem_src(&info_, jpeg.data(), jpeg.size());
    jpeg_read_header(&info_, TRUE);
    info_.out_color_space = JCS_RGB;
    info_.dct_method = JDCT_ISLOW;
    info_.do_fancy_upsampling = TRUE;
    jpeg_start_decompress(&info_);
    const size_t stride = size_t{3} * info_.output_width;
    const size_t size = stride * info_.output_height;
    if (pixels_.size() < size) pixels_.resize(size);
    while (info_.output_scanline < info_.output_height) {
      JSAMPROW row = pixels_.data() + stride * info_.output_scanline;
      jpeg_read_scanlines(&info_, &row, 1);
    }
    jpeg_finish_decompress(&info_);
    return {pixels_.data(), size};
  }

 private:
  jpeg_decompress_struct info_{};
  jpeg_error_mgr errors_{};
  Bytes pixels_;
};

// The mean level over all pictures, for the check; this also warms the caches.
double MeanLevel(const std::vector<Bytes>& files) {
  Decoder decoder;
  double sum = 0, count = 0;
  for (const Bytes& file : files) {
    const auto pixels = decoder.Decode(file);
    sum += static_cast<double>(std::accumulate(pixels.begin(), pixels.end(), size_t{0}));
    count += static_cast<double>(pixels.size());
  }
  return sum / count;
}

// Every thread decodes the next picture until time is up; returns the number of pictures.
long DecodeFor(const std::vector<Bytes>& files, int threads, double seconds) {
  std::atomic<size_t> next{0};
  std::atomic<long> images{0};
  const auto start = Clock::now();
  std::vector<std::thread> workers;
  for (int i = 0; i < threads; ++i) {
    workers.emplace_back([&] {
      Decoder decoder;
      while (SecondsSince(start) < seconds) {
        decoder.Decode(files[next++ % files.size()]);
        ++images;
      }
    });
  }
  for (auto& worker : workers) worker.join();
  return images;
}

}  // namespace

#define TEXT_OF(x) #x
#define TEXT(x) TEXT_OF(x)

// Arguments: a file with one path a line, threads, seconds.
int main(int count, char** arguments) {
  if (count != 4) {
    std::fprintf(stderr, "Expected: decode LIST THREADS SECONDS\n");
    return 1;
  }
  const int threads = std::atoi(arguments[2]);
  const double seconds = std::atof(arguments[3]);
  std::vector<Bytes> files;
  std::ifstream list(arguments[1]);
  for (std::string path; std::getline(list, path);) files.push_back(ReadFile(path));
  if (files.empty()) {
    std::fprintf(stderr, "Expected paths in %s\n", arguments[1]);
    return 1;
  }
  const double mean = MeanLevel(files);
  const auto start = Clock::now();
  const long images = DecodeFor(files, threads, seconds);
  std::printf(
      "{\"images\": %ld, \"seconds\": %.6f, \"shape\": [], \"mean\": %.6f, "
      "\"version\": \"libjpeg-turbo %s\"}\n",
      images, SecondsSince(start), mean, TEXT(LIBJPEG_TURBO_VERSION));
}
