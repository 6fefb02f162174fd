// The worker threads: same bytes for any number of them, and every way a run can go wrong.

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <deque>
#include <memory>
#include <string>
#include <vector>

#include "core/batch/batch_writer.h"
#include "core/load/failures.h"
#include "core/load/loader_options.h"
#include "core/load/schedule.h"
#include "support/check.h"
#include "support/consumer.h"
#include "support/epochs.h"
#include "support/images.h"

using namespace bobbin::core;
using bobbin::test::Consumer;
using bobbin::test::draw_picture;
using bobbin::test::encode_jpeg;
using bobbin::test::Encoding;
using bobbin::test::Epoch;
using bobbin::test::mixing_options_for;
using bobbin::test::options_for;
using bobbin::test::run;
using bobbin::test::TemporaryFolder;
using bobbin::test::whole_files;

TEST("when 1, 2 or 8 threads render, then bytes and indices are the same") {
  const TemporaryFolder folder;
  Consumer one(options_for(folder, 1)), two(options_for(folder, 2)), eight(options_for(folder, 8));
  for (int epoch = 0; epoch < 3; ++epoch) {
    const Epoch wanted = run(one, epoch);
    CHECK_EQUAL(wanted.indices.size(), 21u);
    CHECK(run(two, epoch) == wanted);
    CHECK(run(eight, epoch) == wanted);
  }
  CHECK(!(run(one, 0) == run(one, 1)));
}

TEST("when loaders share an epoch, then together they render the rows of a single loader") {
  const TemporaryFolder folder;
  Consumer alone(mixing_options_for(folder, 2));
  const Epoch whole = run(alone, 5);
  const std::size_t row = whole.bytes.size() / 21;
  for (int index = 0; index < 4; ++index) {
    LoaderOptions options = mixing_options_for(folder, 2);
    options.worker_index = index;
    options.worker_count = 4;
    Consumer consumer(options);
    Epoch wanted;
    for (int position = index; position < 21; position += 4) {
      wanted.indices.push_back(whole.indices[position]);
      wanted.partners.push_back(whole.partners[position]);
      wanted.weights.push_back(whole.weights[position]);
      wanted.bytes.insert(wanted.bytes.end(), whole.bytes.begin() + position * row,
                          whole.bytes.begin() + (position + 1) * row);
    }
    CHECK_EQUAL(consumer.loader().batches_per_epoch(), 2u);
    CHECK(run(consumer, 5) == wanted);
  }
}

// Motion JPEG omits the standard Huffman tables.
std::vector<std::uint8_t> without_huffman_tables(const std::vector<std::uint8_t>& file) {
  std::vector<std::uint8_t> stripped(file.begin(), file.begin() + 2);
  std::size_t at = 2;
  while (file[at + 1] != 0xda) {
    const std::size_t end = at + 2 + file[at + 2] * 256 + file[at + 3];
    if (file[at + 1] != 0xc4) {
      stripped.insert(stripped.end(), file.begin() + at, file.begin() + end);
    }
    at = end;
  }
  stripped.insert(stripped.end(), file.begin() + at, file.end());
  return stripped;
}

TEST("when a file lacks Huffman tables, then those of the previous image are not used") {
  const TemporaryFolder folder;
  const auto before = encode_jpeg(draw_picture(70, 60, 1), {.quality = 40, .progressive = true});
  // Grey, because only for grey files Bobbin's own decoder and libjpeg give the same bytes.
  const auto file = encode_jpeg(draw_picture(70, 60, 2), {.grey = true});
  const auto stripped = without_huffman_tables(file);
  CHECK(stripped.size() < file.size());
  const std::string first = folder.write("first.jpg", before);
  const auto load = [&](const std::string& second) {
    LoaderOptions options = options_for(folder, 1);
    options.sources = whole_files({first, second});
    options.shuffle = false;
    options.damaged = Damaged::kFail;
    Consumer consumer(options);
    return run(consumer, 0);
  };
  CHECK(load(folder.write("stripped.jpg", stripped)) == load(folder.write("whole.jpg", file)));
}

TEST("when an epoch is resumed at a batch, then the rest is the same") {
  const TemporaryFolder folder;
  Consumer consumer(options_for(folder, 2));
  const Epoch whole = run(consumer, 7), rest = run(consumer, 7, 2);
  CHECK(std::equal(rest.indices.begin(), rest.indices.end(), whole.indices.begin() + 8));
  CHECK(std::memcmp(rest.bytes.data(), whole.bytes.data() + whole.bytes.size() - rest.bytes.size(),
                    rest.bytes.size()) == 0);
}

TEST("when a file is replaced between epochs, then only its new content is rendered") {
  const TemporaryFolder folder;
  const Encoding fine{.quality = 95, .vertical_sampling = 1};
  auto before = encode_jpeg(draw_picture(90, 120, 1)),
       after = encode_jpeg(draw_picture(90, 120, 2), fine);
  // Files of the same length, with bytes behind the image's end.
  before.resize(std::max(before.size(), after.size()));
  after.resize(before.size());
  LoaderOptions options = options_for(folder, 1);
  options.sources = whole_files({folder.write("a.jpg", before)});
  options.damaged = Damaged::kFail;
  Consumer consumer(options);
  for (int epoch = 0; epoch < 5; ++epoch) run(consumer, epoch);
  folder.write("a.jpg", after);
  for (int epoch = 5; epoch < 9; ++epoch) {
    options.sources = whole_files({folder.write("a.jpg", after)});
    Consumer fresh(options);
    CHECK(run(consumer, epoch) == run(fresh, epoch));
  }
}

TEST("when damaged files are refilled, then no row has them and each is named once") {
  const TemporaryFolder folder;
  Consumer consumer(options_for(folder, 2));
  for (int epoch = 0; epoch < 2; ++epoch) {
    for (const int index : run(consumer, epoch).indices) {
      CHECK(index >= 0 && index != 5 && index != 17);
    }
  }
  const std::vector<Failure> failures = consumer.loader().failures();
  CHECK_EQUAL(failures.size(), 2u);
  CHECK_EQUAL(failures[0].index, 5u);
  CHECK_EQUAL(failures[1].reason, "no image");
}

TEST("when damaged files are marked, then their rows are zeros without an index") {
  const TemporaryFolder folder;
  LoaderOptions options = options_for(folder, 2);
  options.damaged = Damaged::kMark;
  options.shuffle = false;
  Consumer consumer(options);
  const Epoch epoch = run(consumer, 0);
  const std::size_t row = epoch.bytes.size() / 21;
  for (int i = 0; i < 21; ++i) {
    const bool damaged = i == 5 || i == 17;
    CHECK_EQUAL(epoch.indices[i], damaged ? -1 : i);
    const bool empty =
        std::all_of(epoch.bytes.begin() + i * row, epoch.bytes.begin() + (i + 1) * row,
                    [](std::uint8_t byte) { return byte == 0; });
    CHECK_EQUAL(empty, damaged);
  }
}

TEST("when a damaged file ends the run, then the error names it") {
  const TemporaryFolder folder;
  LoaderOptions options = options_for(folder, 2);
  options.damaged = Damaged::kFail;
  Consumer consumer(options);
  try {
    run(consumer, 0);
    CHECK(false);
  } catch (const LoaderError& error) {
    const std::string message = error.what();
    CHECK(message.find("5.jpg: ") != std::string::npos ||
          message.find("17.text: no") != std::string::npos);
  }
}

TEST("when more files are damaged than the budget allows, then the run ends") {
  const TemporaryFolder folder;
  LoaderOptions options = options_for(folder, 2);
  options.failure_budget = 1;
  Consumer consumer(options);
  CHECK_THROWS(run(consumer, 0), LoaderError);
}

TEST("when no file is readable, then the run ends instead of searching forever") {
  const TemporaryFolder folder;
  LoaderOptions options = options_for(folder, 2);
  options.sources = whole_files({folder.write("empty.jpg", {})});
  Consumer consumer(options);
  CHECK_THROWS(run(consumer, 0), LoaderError);
}

TEST("when epochs are abandoned in the middle, then every slot is returned") {
  const TemporaryFolder folder;
  Consumer consumer(options_for(folder, 4));
  for (int epoch = 0; epoch < 30; ++epoch) {
    consumer.loader().begin_epoch(epoch, 0);
    for (int i = 0; i < epoch % 3; ++i) consumer.next();
  }
  Consumer other(options_for(folder, 1));
  CHECK(run(consumer, 3) == run(other, 3));
}

TEST("when the loader is destroyed, then batches that were taken are still valid") {
  const TemporaryFolder folder;
  auto consumer = std::make_unique<Consumer>(options_for(folder, 2));
  consumer->loader().begin_epoch(0, 0);
  Batch batch = consumer->next();
  const std::vector<std::uint8_t> before(batch.lease->data(),
                                         batch.lease->data() + batch.lease->bytes());
  consumer.reset();
  CHECK(std::equal(before.begin(), before.end(), batch.lease->data()));
}

TEST("when every slot is held, then rendering waits and continues with the first lease that ends") {
  const TemporaryFolder folder;
  Consumer consumer(options_for(folder, 2));
  consumer.loader().begin_epoch(0, 0);
  std::deque<Batch> held;
  for (int i = 0; i < 3; ++i) held.push_back(consumer.next());
  CHECK_EQUAL(consumer.loader().leased(), 3);
  CHECK(!consumer.loader().take().has_value());
  held.pop_front();
  held.push_back(consumer.next());
  CHECK_EQUAL(held.back().indices.size(), 4u);
}
