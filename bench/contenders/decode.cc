// The yardstick: libjpeg-turbo decodes whole pictures to RGB (ISLOW, fancy upsampling) from memory,
// and nothing else.
#include <algorithm>
#include <atomic>
#include <chrono>
#include <cmath>
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <limits>
#include <string>
#include <thread>
#include <vector>

// It expects size_t and FILE to be there.
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

// Decodes into `pixels`, which only ever grows, and returns how many bytes of it are the picture.
// A file that libjpeg-turbo refuses ends the program: the comparison is over sound files.
size_t Decode(const Bytes& jpeg, Bytes& pixels) {
  jpeg_decompress_struct info;
  jpeg_error_mgr errors;
  info.err = jpeg_std_error(&errors);
  jpeg_create_decompress(&info);
  jpeg_mem_src(&info, jpeg.data(), jpeg.size());
  jpeg_read_header(&info, TRUE);
  info.out_color_space = JCS_RGB;
  info.dct_method = JDCT_ISLOW;
  info.do_fancy_upsampling = TRUE;
  jpeg_start_decompress(&info);
  const size_t stride = size_t{3} * info.output_width;
  const size_t size = stride * info.output_height;
  if (pixels.size() < size) pixels.resize(size);
  while (info.output_scanline < info.output_height) {
    JSAMPROW row = pixels.data() + stride * info.output_scanline;
    jpeg_read_scanlines(&info, &row, 1);
  }
  jpeg_finish_decompress(&info);
  jpeg_destroy_decompress(&info);
  return size;
}

// Over normalised values, (pixel - 127) / 128.
struct Statistics {
  double count = 0, sum = 0, squares = 0;
  double minimum = std::numeric_limits<double>::infinity(), maximum = -minimum;

  void Add(const unsigned char* pixels, size_t size) {
    for (size_t i = 0; i < size; ++i) {
      const double value = (pixels[i] - 127.0) / 128.0;
      count += 1;
      sum += value;
      squares += value * value;
      minimum = std::min(minimum, value);
      maximum = std::max(maximum, value);
    }
  }
  double Mean() const { return sum / count; }
  double Deviation() const { return std::sqrt(squares / count - Mean() * Mean()); }
};

// Every thread takes the next picture until time is up; returns pictures decoded.
long DecodeFor(const std::vector<Bytes>& files, int threads, double seconds) {
  std::atomic<size_t> next{0};
  std::atomic<long> images{0};
  const auto start = Clock::now();
  std::vector<std::thread> workers;
  for (int i = 0; i < threads; ++i) {
    workers.emplace_back([&] {
      Bytes pixels;
      while (SecondsSince(start) < seconds) {
        Decode(files[next++ % files.size()], pixels);
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

// Arguments: a file with one path a line, threads, seconds, images to sum up for the check.
int main(int count, char** arguments) {
  if (count != 5) {
    std::fprintf(stderr, "Expected: decode LIST THREADS SECONDS CHECK_IMAGES\n");
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
  Statistics statistics;
  Bytes pixels;
  const size_t step = std::max<size_t>(1, files.size() / std::max(1, std::atoi(arguments[4])));
  for (size_t i = 0; i < files.size(); i += step) {
    const size_t size = Decode(files[i], pixels);
    statistics.Add(pixels.data(), size);
  }
  const auto start = Clock::now();
  const long images = DecodeFor(files, threads, seconds);
  std::printf(
      "{\"images\": %ld, \"seconds\": %.6f, \"shape\": [], \"minimum\": %.6f, \"maximum\": %.6f, "
      "\"mean\": %.6f, \"deviation\": %.6f, \"version\": \"libjpeg-turbo %s\"}\n",
      images, SecondsSince(start), statistics.minimum, statistics.maximum, statistics.Mean(),
      statistics.Deviation(), TEXT(LIBJPEG_TURBO_VERSION));
}
