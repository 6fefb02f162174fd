// Mixed rows of the loader: same bytes for any number of threads, and damaged partners.
#include <algorithm>
#include <cstring>
#include <string>
#include <vector>

#include "core/batch/batch_writer.h"
#include "core/load/loader_options.h"
#include "support/check.h"
#include "support/consumer.h"
#include "support/epochs.h"
#include "support/images.h"

using namespace bobbin::core;
using bobbin::test::Consumer;
using bobbin::test::Epoch;
using bobbin::test::mixing_options_for;
using bobbin::test::run;
using bobbin::test::TemporaryFolder;
using bobbin::test::whole_files;
using bobbin::test::write_files;

TEST("when rows are mixed by 1, 2 or 8 threads, then bytes, partners and weights are the same") {
  const TemporaryFolder folder;
  Consumer one(mixing_options_for(folder, 1)), eight(mixing_options_for(folder, 8));
  LoaderOptions other_batches = mixing_options_for(folder, 2);
  other_batches.batch_size = 7;
  Consumer two(other_batches);
  for (int epoch = 0; epoch < 6; ++epoch) {
    const Epoch wanted = run(one, epoch);
    CHECK(run(two, epoch) == wanted);
    CHECK(run(eight, epoch) == wanted);
    for (int row = 0; row < 21; ++row) {
      CHECK_EQUAL(wanted.partners[row] != wanted.indices[row], wanted.weights[row] < 1);
      CHECK(wanted.partners[row] >= 0 && wanted.partners[row] != 5 && wanted.partners[row] != 17);
    }
  }
  CHECK_EQUAL(one.loader().failures().size(), 2u);
}

TEST("when a mixed row replaces a damaged one, then it is mixed like in its own row") {
  const TemporaryFolder folder;
  Consumer consumer(mixing_options_for(folder, 2));
  int repeated = 0;
  for (int epoch = 0; epoch < 10; ++epoch) {
    const Epoch all = run(consumer, epoch);
    const std::size_t row_bytes = all.bytes.size() / 21;
    for (int row = 0; row < 21; ++row) {
      for (int other = 0; other < row; ++other) {
        if (all.indices[row] != all.indices[other]) continue;
        repeated += all.weights[row] < 1;
        CHECK_EQUAL(all.partners[row], all.partners[other]);
        CHECK(std::memcmp(&all.bytes[row * row_bytes], &all.bytes[other * row_bytes], row_bytes) ==
              0);
      }
    }
  }
  CHECK(repeated > 5);
}

TEST("when epochs of mixed rows are abandoned in the middle, then every slot is returned") {
  const TemporaryFolder folder;
  Consumer consumer(mixing_options_for(folder, 4));
  for (int epoch = 0; epoch < 30; ++epoch) {
    consumer.loader().begin_epoch(epoch, 0);
    for (int i = 0; i < epoch % 3; ++i) consumer.next();
  }
  Consumer other(mixing_options_for(folder, 1));
  CHECK(run(consumer, 3) == run(other, 3));
}

TEST("when a damaged partner ends the run, then the error names it") {
  const TemporaryFolder folder;
  LoaderOptions options = mixing_options_for(folder, 2);
  options.damaged = Damaged::kFail;
  const std::vector<std::string> paths = write_files(folder);
  options.sources = whole_files({paths[0], paths[17]});
  options.shuffle = false;
  options.augmentation.mix_probability = 1;
  options.batch_size = 1;
  Consumer consumer(options);
  consumer.loader().begin_epoch(0, 0);
  CHECK_THROWS(consumer.next(), LoaderError);
}

TEST("when no partner is readable, then the run ends instead of searching forever") {
  const TemporaryFolder folder;
  LoaderOptions options = mixing_options_for(folder, 2);
  options.damaged = Damaged::kMark;
  const std::vector<std::string> paths = write_files(folder);
  options.sources = whole_files({paths[0], paths[17]});
  options.augmentation.mix_probability = 1;
  Consumer consumer(options);
  CHECK_THROWS(run(consumer, 0), LoaderError);
}

TEST("when damaged files are marked, then a damaged partner is replaced, not mixed in as zeros") {
  const TemporaryFolder folder;
  LoaderOptions options = mixing_options_for(folder, 2);
  options.damaged = Damaged::kMark;
  Consumer consumer(options);
  for (int epoch = 0; epoch < 4; ++epoch) {
    const Epoch marked = run(consumer, epoch);
    for (int row = 0; row < 21; ++row) {
      CHECK_EQUAL(marked.partners[row] < 0, marked.indices[row] < 0);
      CHECK(marked.indices[row] >= 0 || marked.weights[row] == 1);
    }
    CHECK_EQUAL(std::count(marked.indices.begin(), marked.indices.end(), -1), 2);
  }
}
