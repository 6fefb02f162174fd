// The device's decoder with an engine on the CPU, whose refusals and failures a test sets.
#include "device/decode/engine_decoder.h"

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <map>
#include <memory>
#include <set>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "core/base/image.h"
#include "core/decode/jpeg_traits.h"
#include "device/base/device.h"
#include "device/decode/jpeg_engine.h"
#include "device/decode/jpeg_plan.h"
#include "support/check.h"
#include "support/device_fixtures.h"
#include "support/images.h"

using namespace bobbin::device;
using bobbin::core::Plane;
using bobbin::core::Region;
using bobbin::test::check_planes;
using bobbin::test::draw_picture;
using bobbin::test::encode_jpeg;
using bobbin::test::EncodedBatch;
using bobbin::test::Encoding;

namespace {

// Main memory, counted.
class Memory final : public Device {
 public:
  std::map<void*, std::size_t> held;
  int allocations = 0;

  std::string name() const override { return "memory"; }
  std::string tensorflow_name() const override { return "CPU:0"; }
  void* allocate(std::size_t bytes) override {
    void* memory = std::aligned_alloc(256, (bytes + 255) / 256 * 256);
    held[memory] = bytes;
    ++allocations;
    return memory;
  }
  void release(void* memory) noexcept override {
    held.erase(memory);
    std::free(memory);
  }
  void* allocate_pinned(std::size_t bytes) override { return allocate(bytes); }
  void release_pinned(void* memory) noexcept override { release(memory); }
  std::unique_ptr<Queue> make_queue() override { return nullptr; }
  std::unique_ptr<Decoder> make_decoder() override { return nullptr; }
  bool takes(const bobbin::core::JpegTraits&) const override { return true; }
  void drain() override {}
};

// Only waits are counted.
class WaitingQueue final : public Queue {
 public:
  int waits = 0;

  void copy_in(void*, const void*, std::size_t) override {}
  void copy_out(void*, const void*, std::size_t) override {}
  void render(const RenderTask&) override {}
  void normalize(const std::uint8_t*, int, const Normalization&, const BatchOutput&) override {}
  void wait() override { ++waits; }
};

// The behaviour of an engine, and its calls.
struct Script {
  JpegBackends backends{true, true, true};
  bool hardware_takes_regions = true, others_take_regions = true;
  bool batches_fail = false;
  std::set<const void*> hardware_refuses, all_fail_at;  // Files.
  std::vector<std::size_t> batches, whole_in_batches;   // Images.
  std::vector<JpegBackend> singles;
  std::vector<Region> regions;
};

class CpuEngine final : public JpegEngine {
 public:
  explicit CpuEngine(Script& script) : script_(script) {}

  JpegBackends backends() const override { return script_.backends; }

  bool hardware_takes(const JpegTask& task) override {
    return (task.whole || script_.hardware_takes_regions) &&
           !script_.hardware_refuses.contains(task.file.data());
  }

  bool decode_batch(std::span<const JpegTask> tasks, Queue&) override {
    script_.batches.push_back(tasks.size());
    script_.whole_in_batches.push_back(std::ranges::count(tasks, true, &JpegTask::whole));
    if (script_.batches_fail) return false;
    for (const JpegTask& task : tasks) write_planes(task);
    return true;
  }

  JpegOutcome decode(const JpegTask& task, JpegBackend backend, Queue&) override {
    script_.singles.push_back(backend);
    if (!task.whole && !script_.others_take_regions) return JpegOutcome::kRegionRefused;
    if (script_.all_fail_at.contains(task.file.data())) return JpegOutcome::kFailed;
    write_planes(task);
    return JpegOutcome::kDecoded;
  }

 private:
  void write_planes(const JpegTask& task) {
    script_.regions.push_back(task.region);
    bobbin::test::decode_part(task.file, task.region, task.planes);
  }

  Script& script_;
};

}  // namespace

TEST(
    "when the hardware accepts all files, then one call decodes them, and each image has its "
    "planes") {
  Script script;
  Memory memory;
  WaitingQueue queue;
  EncodedBatch batch(20);
  {
    EngineDecoder decoder(std::make_unique<CpuEngine>(script), memory);
    decoder.decode(batch.images, queue);
    for (const EncodedImage& image : batch.images) check_planes(image);
    CHECK(script.batches == std::vector<std::size_t>{20});
    CHECK(script.singles.empty());
    CHECK_EQUAL(queue.waits, 1);
  }
  CHECK(memory.held.empty());
}

TEST("when planes of a batch are placed, then none overlaps another or leaves the memory") {
  Script script;
  Memory memory;
  WaitingQueue queue;
  EncodedBatch batch(30);
  EngineDecoder decoder(std::make_unique<CpuEngine>(script), memory);
  decoder.decode(batch.images, queue);
  std::vector<std::pair<const std::uint8_t*, const std::uint8_t*>> ranges;
  for (const EncodedImage& image : batch.images) {
    for (const Plane& plane : image.view.planes) {
      if (plane.data)
        ranges.emplace_back(plane.data, plane.data + plane.stride * plane.region.height);
    }
  }
  std::sort(ranges.begin(), ranges.end());
  for (std::size_t i = 1; i < ranges.size(); ++i) CHECK(ranges[i - 1].second <= ranges[i].first);
  CHECK_EQUAL(memory.held.size(), 1U);
  const auto& [begin, bytes] = *memory.held.begin();
  CHECK(ranges.front().first == begin);
  CHECK(ranges.back().second <= static_cast<std::uint8_t*>(begin) + bytes);
}

TEST("when the hardware refuses a file, then another backend decodes it") {
  Script script;
  Memory memory;
  WaitingQueue queue;
  EncodedBatch batch(12);
  for (const int i : {2, 7}) script.hardware_refuses.insert(batch.files[i].data());
  EngineDecoder decoder(std::make_unique<CpuEngine>(script), memory);
  decoder.decode(batch.images, queue);
  for (const EncodedImage& image : batch.images) check_planes(image);
  CHECK(script.batches == std::vector<std::size_t>{10});
  CHECK(script.singles == std::vector<JpegBackend>(2, JpegBackend::kHybrid));
  // The files were refused, not regions.
  for (const Region& region : script.regions) CHECK(region.width < 60 || region.height < 60);
}

TEST(
    "when the hardware fails to decode a batch, then another backend decodes its files one by "
    "one") {
  Script script;
  script.batches_fail = true;
  Memory memory;
  WaitingQueue queue;
  EncodedBatch batch(9);
  script.all_fail_at.insert(batch.files[4].data());
  EngineDecoder decoder(std::make_unique<CpuEngine>(script), memory);
  decoder.decode(batch.images, queue);
  CHECK_EQUAL(script.singles.size(), 9U);
  for (int i = 0; i < 9; ++i) {
    if (i != 4) check_planes(batch.images[i]);
  }
  CHECK(!batch.images[4].decoded);
}

TEST(
    "when batches fail, then the hardware gets only whole images, and after two more failures "
    "nothing") {
  Script script;
  script.batches_fail = true;
  Memory memory;
  WaitingQueue queue;
  EncodedBatch batch(6);
  EngineDecoder decoder(std::make_unique<CpuEngine>(script), memory);
  for (int i = 0; i < 5; ++i) {
    decoder.decode(batch.images, queue);
    for (const EncodedImage& image : batch.images) check_planes(image);
  }
  // With regions, whole, whole, nothing.
  CHECK(script.batches == std::vector<std::size_t>(3, 6));
  CHECK(script.whole_in_batches == (std::vector<std::size_t>{0, 6, 6}));
  CHECK_EQUAL(script.singles.size(), 30U);
}

TEST("when a batch of whole images succeeds, then failures before it do not count") {
  Script script;
  script.hardware_takes_regions = false;
  Memory memory;
  WaitingQueue queue;
  EncodedBatch batch(3);
  EngineDecoder decoder(std::make_unique<CpuEngine>(script), memory);
  for (const bool fails : {true, false, true, false}) {
    script.batches_fail = fails;
    decoder.decode(batch.images, queue);
  }
  CHECK_EQUAL(script.batches.size(), 4U);
}

TEST(
    "when there is no other backend, then files that the hardware fails to decode stay undecoded") {
  Script script;
  script.backends = {false, false, true};
  script.batches_fail = true;
  Memory memory;
  WaitingQueue queue;
  EncodedBatch batch(5);
  EngineDecoder decoder(std::make_unique<CpuEngine>(script), memory);
  for (EncodedImage& image : batch.images) image.decoded = true;
  decoder.decode(batch.images, queue);
  for (const EncodedImage& image : batch.images) CHECK(!image.decoded);
  CHECK(script.singles.empty());
}

TEST("when the hardware refuses regions, then it decodes whole images") {
  Script script;
  script.hardware_takes_regions = false;
  Memory memory;
  WaitingQueue queue;
  EncodedBatch batch(6);
  EngineDecoder decoder(std::make_unique<CpuEngine>(script), memory);
  decoder.decode(batch.images, queue);
  for (const EncodedImage& image : batch.images) check_planes(image);
  CHECK(script.batches == std::vector<std::size_t>{6});
  for (const Region& region : script.regions) CHECK(region.width >= 60 && region.height >= 60);
}

TEST("when another backend refuses a region, then it gets whole images from the next batch on") {
  Script script;
  script.backends = {true, false, false};
  script.others_take_regions = false;
  Memory memory;
  WaitingQueue queue;
  EncodedBatch batch(6);
  EngineDecoder decoder(std::make_unique<CpuEngine>(script), memory);
  decoder.decode(batch.images, queue);
  for (const EncodedImage& image : batch.images) CHECK(!image.decoded);
  CHECK_EQUAL(script.singles.size(), 1U);
  decoder.decode(batch.images, queue);
  for (const EncodedImage& image : batch.images) check_planes(image);
}

TEST("when a device cannot decode files, then its engine does not get them") {
  Script script;
  Memory memory;
  WaitingQueue queue;
  EncodedBatch batch(3);
  batch.images[1].traits.ends = false;
  Encoding progressive;
  progressive.progressive = true;
  batch.files.push_back(encode_jpeg(draw_picture(90, 90), progressive));
  batch.add({10, 10, 20, 20});
  EngineDecoder decoder(std::make_unique<CpuEngine>(script), memory);
  script.all_fail_at.insert(batch.files[3].data());
  decoder.decode(batch.images, queue);
  CHECK(batch.images[0].decoded && !batch.images[1].decoded && batch.images[2].decoded);
  CHECK(!batch.images[3].decoded);
  CHECK(script.batches == std::vector<std::size_t>{2});
  CHECK(script.singles == std::vector<JpegBackend>{JpegBackend::kHybrid});
}

TEST("when batches follow one another, then memory is kept, and grows in steps up to its limit") {
  Script script;
  Memory memory;
  WaitingQueue queue;
  EncodedBatch few(8), more(10), many(40, 4);
  EngineDecoder decoder(std::make_unique<CpuEngine>(script), memory, 100'000);
  decoder.decode(few.images, queue);
  decoder.decode(few.images, queue);
  decoder.decode(more.images, queue);
  CHECK_EQUAL(memory.allocations, 1);
  decoder.decode(many.images, queue);
  decoder.decode(many.images, queue);
  CHECK(memory.allocations <= 2);
  CHECK_EQUAL(memory.held.size(), 1U);
  CHECK(memory.held.begin()->second <= 100'000);
  int decoded = 0;
  for (const EncodedImage& image : many.images) {
    decoded += image.decoded;
    if (image.decoded) check_planes(image);
  }
  CHECK(decoded > 10 && decoded < 40);
}
