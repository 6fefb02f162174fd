// A loader whose writer finishes batches late, on another thread, and finds damage only then.
#include "core/batch/batch_writer.h"

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <set>
#include <span>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "core/batch/host_writer.h"
#include "core/batch/memory.h"
#include "core/load/loader_options.h"
#include "core/read/sample_reader.h"
#include "core/recipe/draw_mix.h"
#include "core/recipe/recipe.h"
#include "support/check.h"
#include "support/consumer.h"
#include "support/epochs.h"
#include "support/images.h"

using namespace bobbin::core;
using bobbin::test::Consumer;
using bobbin::test::draw_picture;
using bobbin::test::encode_jpeg;
using bobbin::test::Epoch;
using bobbin::test::mixing_options_for;
using bobbin::test::options_for;
using bobbin::test::run;
using bobbin::test::TemporaryFolder;
using bobbin::test::whole_files;
using bobbin::test::write_files;

namespace {

constexpr const char* kReason = "unreadable at last";
constexpr std::uint64_t kNothing = ~std::uint64_t{0};

// Renders like the writer of main memory. Its thread finishes batches, and then reports that some
// samples were unreadable.
class LateWriter final : public BatchWriter {
 public:
  explicit LateWriter(std::set<std::uint64_t> unreadable) : unreadable_(std::move(unreadable)) {}
  ~LateWriter() override {
    {
      const std::lock_guard lock(mutex_);
      stopping_ = true;
    }
    changed_.notify_one();
    thread_.join();
  }

  std::shared_ptr<Memory> memory() const override { return host_->memory(); }
  void start(const BatchContext& context) override {
    host_->start(context);
    done_ = context.done;
    written_.resize(context.ring.size(), std::vector<std::uint64_t>(context.batch_size, kNothing));
    thread_ = std::thread([this] { run(); });
  }
  std::unique_ptr<RowWriter> make_row_writer() override { return std::make_unique<Rows>(*this); }
  void finish(int slot, int rows) override {
    {
      const std::lock_guard lock(mutex_);
      batches_.emplace_back(slot, rows);
    }
    changed_.notify_one();
  }
  void abandon(int slot) override { host_->abandon(slot); }

 private:
  class Rows final : public RowWriter {
   public:
    explicit Rows(LateWriter& writer) : writer_(writer), rows_(writer.host_->make_row_writer()) {}
    bool write(const SampleKey& key, const DecodedImage* decoded, const SlotRow& to) override {
      writer_.written_[to.slot][to.row] = key.sample;
      return rows_->write(key, decoded, to);
    }
    bool mix(const SampleKey& key, const DecodedImage* decoded, const Mix& mix,
             const SlotRow& to) override {
      return rows_->mix(key, decoded, mix, to);
    }
    void clear(const SlotRow& to) override {
      writer_.written_[to.slot][to.row] = kNothing;
      rows_->clear(to);
    }

   private:
    LateWriter& writer_;
    std::unique_ptr<RowWriter> rows_;
  };

  void run() {
    std::unique_lock lock(mutex_);
    while (true) {
      changed_.wait(lock, [this] { return stopping_ || !batches_.empty(); });
      if (stopping_) return;
      const auto [slot, rows] = batches_.front();
      batches_.pop_front();
      lock.unlock();
      std::this_thread::sleep_for(std::chrono::microseconds(300));
      std::vector<FailedImage> failed;
      for (int row = 0; row < rows; ++row) {
        if (unreadable_.contains(written_[slot][row])) failed.push_back({row, false, kReason});
      }
      done_(slot, failed);
      lock.lock();
    }
  }

  const std::set<std::uint64_t> unreadable_;
  const std::unique_ptr<BatchWriter> host_ = make_host_writer();
  std::function<void(int, std::span<const FailedImage>)> done_;
  std::vector<std::vector<std::uint64_t>> written_;  // Samples by slot and row.
  std::mutex mutex_;                                 // Guards what follows.
  std::condition_variable changed_;
  std::deque<std::pair<int, int>> batches_;
  bool stopping_ = false;
  std::thread thread_;
};

// A file that is damaged for one loader is sound for the other, whose writer reports the damage
// later.
struct Pair {
  LoaderOptions early, late;
};
Pair options_pair(const TemporaryFolder& folder, LoaderOptions early) {
  std::vector<std::string> paths = write_files(folder);
  early.sources = whole_files(paths);
  LoaderOptions late = early;
  paths[5] = folder.write("whole.jpg", encode_jpeg(draw_picture(65, 75, 5)));
  late.sources = whole_files(paths);
  return {early, late};
}

}  // namespace

TEST("when a writer finishes late, then batches are the same in the same order") {
  const TemporaryFolder folder;
  Consumer host(mixing_options_for(folder, 2));
  Consumer late(mixing_options_for(folder, 3),
                std::make_unique<LateWriter>(std::set<std::uint64_t>{}));
  for (int epoch = 0; epoch < 3; ++epoch) CHECK(run(late, epoch) == run(host, epoch));
}

TEST(
    "when damage is found only when a batch is finished, then its rows are the same as if found "
    "earlier") {
  const TemporaryFolder folder;
  for (const Damaged damaged : {Damaged::kRefill, Damaged::kMark}) {
    auto [early, late] = options_pair(folder, options_for(folder, 3));
    early.damaged = late.damaged = damaged;
    Consumer host(early), other(late, std::make_unique<LateWriter>(std::set<std::uint64_t>{5}));
    for (int epoch = 0; epoch < 6; ++epoch) CHECK(run(other, epoch) == run(host, epoch));
    const auto failures = other.loader().failures();
    CHECK_EQUAL(failures.size(), 2u);
    CHECK_EQUAL(failures[0].index, 5u);
    CHECK_EQUAL(failures[0].reason, kReason);
    CHECK_EQUAL(other.loader().statistics().images, host.loader().statistics().images);
  }
}

TEST("when damage that is found late ends the run, then the error names the file") {
  const TemporaryFolder folder;
  LoaderOptions options = options_pair(folder, options_for(folder, 2)).late;
  options.sources = whole_files({folder.write("fine.jpg", encode_jpeg(draw_picture(65, 75, 5)))});
  options.damaged = Damaged::kFail;
  Consumer consumer(options, std::make_unique<LateWriter>(std::set<std::uint64_t>{0}));
  try {
    run(consumer, 0);
    CHECK(false);
  } catch (const LoaderError& error) {
    const std::string message = error.what();
    CHECK(message.find("fine.jpg: ") != std::string::npos);
    CHECK(message.find(kReason) != std::string::npos);
  }
}

TEST(
    "when epochs are abandoned while a writer finishes their batches, then every slot is "
    "returned") {
  const TemporaryFolder folder;
  const Epoch wanted = [&] {
    Consumer host(mixing_options_for(folder, 1));
    return run(host, 3);
  }();
  Consumer late(mixing_options_for(folder, 4),
                std::make_unique<LateWriter>(std::set<std::uint64_t>{}));
  for (int epoch = 0; epoch < 30; ++epoch) {
    late.loader().begin_epoch(epoch, 0);
    for (int i = 0; i < epoch % 3; ++i) late.next();
  }
  CHECK(run(late, 3) == wanted);
}

TEST("when a loader is destroyed while its writer finishes a batch, then both end") {
  const TemporaryFolder folder;
  for (int round = 0; round < 20; ++round) {
    Consumer late(options_for(folder, 2), std::make_unique<LateWriter>(std::set<std::uint64_t>{5}));
    late.loader().begin_epoch(round, 0);
    if (round % 2) late.next();
  }
}
