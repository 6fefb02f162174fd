// bobbin_cuda_bench LIST: measures copies, the fused kernel and JPEG decoding on GPU 0, and
// decoding the same JPEG files on the CPU. LIST is a file with one path a line. Prints a line of
// JSON; ../gpu/results.ts explains its fields. CUDA's events measure the times on the GPU: the
// median of some sweeps after a warm-up sweep. Exits 77 if there is no GPU.
#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <fstream>
#include <functional>
#include <iterator>
#include <string>
#include <thread>
#include <vector>

#include "../../test/cuda/gpu/agreement.h"
#include "core/decode/jpeg.h"
#include "cuda/device.h"
#include "cuda/nvjpeg.h"
#include "cuda/queue.h"
#include "device/entries.h"
#include "device/host_device.h"
#include "views.h"

namespace bobbin::bench {

namespace {

constexpr int kNothingMeasured = 77;
constexpr int kSweeps = 7;
// Larger than any cache, so that every sweep reads from memory.
constexpr std::size_t kCopyBytes = std::size_t{1} << 29;
constexpr int kViews = 1024;
constexpr int kSide = 224;
constexpr std::size_t kViewValues = std::size_t{3} * kSide * kSide;

struct Type {
  const char* name;
  core::PixelType type;
};
constexpr Type kTypes[] = {{"float32", core::PixelType::kFloat32},
                           {"float16", core::PixelType::kFloat16},
                           {"uint8", core::PixelType::kUint8}};

void check(cudaError_t error) {
  if (error != cudaSuccess) throw device::DeviceError(cuda::describe(error));
}

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

// The seconds between two events on the queue's stream, before and after `sweep`.
double seconds_of(device::Queue& queue, const std::function<void()>& sweep) {
  cudaEvent_t handles[2];
  for (cudaEvent_t& handle : handles) check(cudaEventCreate(&handle));
  const cuda::Event begin(handles[0]), end(handles[1]);
  sweep();
  std::vector<double> seconds;
  for (int i = 0; i < kSweeps; ++i) {
    check(cudaEventRecord(begin.get(), cuda::stream_of(queue)));
    sweep();
    check(cudaEventRecord(end.get(), cuda::stream_of(queue)));
    queue.wait();
    float milliseconds = 0;
    check(cudaEventElapsedTime(&milliseconds, begin.get(), end.get()));
    seconds.push_back(milliseconds / 1e3);
  }
  return median(seconds);
}

// The same with the wall clock, for work that also uses the CPU.
double wall_seconds_of(const std::function<void()>& sweep) {
  sweep();
  std::vector<double> seconds;
  for (int i = 0; i < kSweeps; ++i) {
    const auto start = std::chrono::steady_clock::now();
    sweep();
    seconds.push_back(
        std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count());
  }
  return median(seconds);
}

// Collects trials as JSON.
class Report {
 public:
  void copy(const char* what, double seconds, std::size_t bytes) {
    add(what, 0, 0, seconds, bytes, "null");
  }
  void images(const std::string& what, int batch, std::size_t images, double seconds) {
    add(what, batch, images, seconds, 0, "null");
  }
  void kernel(const std::string& what, int batch, double seconds, std::size_t sample_bytes,
              core::PixelType type) {
    char work[200];
    std::snprintf(work, sizeof work,
                  "{\"sampleBytes\": %zu, \"jobBytes\": %zu, \"size\": %d, \"valueBytes\": %zu}",
                  sample_bytes, sizeof(device::Job), kSide, core::bytes_of(type));
    add(what, batch, kViews, seconds, 0, work);
  }
  void print(const std::string& card) const {
    std::printf("{\"card\": \"%s\", \"trials\": [%s]}\n", card.c_str(), trials_.c_str());
  }

 private:
  void add(const std::string& what, int batch, std::size_t images, double seconds,
           std::size_t bytes, const std::string& kernel) {
    char trial[600];
    std::snprintf(trial, sizeof trial,
                  "{\"what\": \"%s\", \"batch\": %d, \"images\": %zu, \"seconds\": %.9f, "
                  "\"bytes\": %zu, \"kernel\": %s}",
                  what.c_str(), batch, images, seconds, bytes, kernel.c_str());
    trials_ += (trials_.empty() ? "" : ", ") + std::string(trial);
  }

  std::string trials_;
};

void time_copies(cuda::CudaDevice& device, Report& report) {
  const auto queue = device.make_queue();
  const auto from = test::on_device(device, kCopyBytes), to = test::on_device(device, kCopyBytes);
  const auto host = test::pinned(device, kCopyBytes);
  const double within = seconds_of(*queue, [&] {
    check(cudaMemcpyAsync(to.get(), from.get(), kCopyBytes, cudaMemcpyDeviceToDevice,
                          cuda::stream_of(*queue)));
  });
  // Each byte is read and written.
  report.copy("copy on the device", within, 2 * kCopyBytes);
  const double in = seconds_of(*queue, [&] { queue->copy_in(to.get(), host.get(), kCopyBytes); });
  report.copy("copy from pinned memory", in, kCopyBytes);
}

device::RenderTask task_of(const Views& views, device::BatchOutput output) {
  const core::Preprocessing preprocessing = preprocessing_for_bench();
  device::RenderTask task;
  task.needs_means = views.needs_means();
  for (int c = 0; c < 3; ++c) {
    task.normalization.mean[c] = preprocessing.mean[c];
    task.normalization.scale[c] = 1 / preprocessing.std[c];
  }
  task.output = output;
  return task;
}

// The first views as float32.
std::vector<float> first_views(device::Device& device, const std::vector<File>& files, int count) {
  Views views(device, files, count, true);
  const auto queue = device.make_queue();
  std::vector<float> values(count * kViewValues);
  const auto output = test::on_device(device, values.size() * sizeof(float));
  const auto jobs = views.jobs(count);
  device::RenderTask task = task_of(
      views, {output.get(), core::PixelType::kFloat32, device::Layout::kChannelsLast, kSide});
  task.jobs = reinterpret_cast<const device::Job*>(jobs.get());
  task.count = count;
  queue->render(task);
  queue->copy_out(values.data(), output.get(), values.size() * sizeof(float));
  queue->wait();
  for (float& value : values) value = value * 128 + 127;
  return values;
}

// The speed of a wrong kernel is meaningless.
void check_kernel(cuda::CudaDevice& device, const std::vector<File>& files) {
  constexpr int kChecked = 16;
  device::HostDevice host;
  test::Agreement agreement;
  agreement.add(first_views(device, files, kChecked), first_views(host, files, kChecked));
  if (agreement.share() >= 0.999) return;
  throw device::DeviceError("the kernel's values differ from HostDevice's: " +
                            std::to_string(100 * agreement.share()) + "% within 1/255");
}

void time_kernel(cuda::CudaDevice& device, const std::vector<File>& files, Report& report) {
  for (const bool everything : {false, true}) {
    Views views(device, files, kViews, everything);
    const auto output = test::on_device(device, kViews * kViewValues * sizeof(float));
    for (const int batch : {8, 32, 128, 256}) {
      const auto jobs = views.jobs(batch);
      for (const Type& type : kTypes) {
        const auto queue = device.make_queue();
        const double seconds = seconds_of(*queue, [&] {
          for (int view = 0; view < kViews; view += batch) {
            const std::size_t at = view * kViewValues * core::bytes_of(type.type);
            device::RenderTask task = task_of(
                views, {output.get() + at, type.type, device::Layout::kChannelsLast, kSide});
            task.jobs = reinterpret_cast<const device::Job*>(jobs.get()) + view;
            task.count = batch;
            queue->render(task);
          }
        });
        const char* load = everything ? "everything on" : "crop only";
        report.kernel(std::string("fused kernel, ") + load + ", " + type.name, batch, seconds,
                      views.sample_bytes(), type.type);
      }
    }
  }
}

void time_decoder(device::Device& device, device::Decoder* decoder, const std::string& what,
                  std::vector<device::EncodedImage> images, Report& report) {
  constexpr std::size_t kBatch = 64;
  if (!decoder) return;
  const auto queue = device.make_queue();
  std::size_t decoded = 0;
  const double seconds = wall_seconds_of([&] {
    decoded = 0;
    for (std::size_t at = 0; at < images.size(); at += kBatch) {
      const std::span batch(images.data() + at, std::min(kBatch, images.size() - at));
      decoder->decode(batch, *queue);
      decoded += std::count_if(batch.begin(), batch.end(),
                               [](const device::EncodedImage& image) { return image.decoded; });
    }
  });
  if (decoded > 0) report.images(what, kBatch, decoded, seconds);
}

void time_cpu(const std::string& what, const std::vector<device::EncodedImage>& images,
              Report& report) {
  const unsigned threads = std::max(1u, std::thread::hardware_concurrency());
  const double seconds = wall_seconds_of([&] {
    std::atomic<std::size_t> next{0};
    std::vector<std::thread> workers;
    for (unsigned i = 0; i < threads; ++i) {
      workers.emplace_back([&] {
        core::JpegDecoder decoder;
        for (std::size_t at = next++; at < images.size(); at = next++) {
          decoder.open(images[at].file);
          decoder.decode(images[at].wanted, 1);
        }
      });
    }
    for (std::thread& worker : workers) worker.join();
  });
  report.images(what + std::to_string(threads) + " threads", 0, images.size(), seconds);
}

void time_decoding(cuda::CudaDevice& device, const std::vector<File>& files, Report& report) {
  const auto nvjpeg = std::make_shared<const cuda::Nvjpeg>(std::make_shared<cuda::Context>(0));
  struct Backend {
    const char* name;
    device::JpegBackends only;
  };
  const Backend backends[] = {{"all of nvJPEG", {true, true, true}},
                              {"nvJPEG hybrid", {.hybrid = true}},
                              {"nvJPEG GPU hybrid", {.gpu_hybrid = true}},
                              {"nvJPEG hardware", {.hardware = true}}};
  for (const bool whole : {false, true}) {
    std::vector<device::EncodedImage> images = windows_of(files);
    if (whole) {
      for (device::EncodedImage& image : images) {
        image.wanted = {0, 0, image.traits.width, image.traits.height};
      }
    }
    const std::string part = whole ? "whole images" : "windows";
    for (const Backend& backend : backends) {
      const auto decoder = cuda::make_nvjpeg_decoder(nvjpeg, device, backend.only);
      time_decoder(device, decoder.get(), "decode, " + part + ", " + backend.name, images, report);
    }
    time_cpu("decode, " + part + ", Bobbin's CPU decoder, ", images, report);
  }
}

std::vector<File> read_files(const char* list) {
  std::vector<File> files;
  std::ifstream paths(list);
  for (std::string path; std::getline(paths, path) && files.size() < kViews;) {
    std::ifstream stream(path, std::ios::binary);
    File file(std::istreambuf_iterator<char>(stream), {});
    if (core::is_jpeg(file)) files.push_back(std::move(file));
  }
  return files;
}

int run(const char* list) {
  device::CudaStatus status;
  bobbin_cuda_status(&status);
  if (!status.available) {
    std::fprintf(stderr, "No GPU was measured: %s\n", status.reason.c_str());
    return kNothingMeasured;
  }
  const std::vector<File> files = read_files(list);
  if (files.empty()) {
    std::fprintf(stderr, "Expected paths of JPEG files in %s\n", list);
    return 1;
  }
  cuda::CudaDevice device(0);
  Report report;
  check_kernel(device, files);
  time_copies(device, report);
  time_kernel(device, files, report);
  time_decoding(device, files, report);
  report.print(device.name() + ", " + device.nvjpeg().state());
  return 0;
}

}  // namespace

}  // namespace bobbin::bench

int main(int count, char** arguments) {
  if (count != 2) {
    std::fprintf(stderr, "Expected: bobbin_cuda_bench LIST\n");
    return 1;
  }
  try {
    return bobbin::bench::run(arguments[1]);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return 1;
  }
}
