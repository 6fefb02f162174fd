// A short run of what test/native/fuzz does at length.
#include <array>
#include <cstdint>
#include <stdexcept>

#include "core/base/random.h"
#include "fuzz/differential.h"
#include "fuzz/mutator.h"
#include "support/check.h"

using namespace bobbin;
using bobbin::test::Verdict;

namespace {

// `decode_fuzz --seed 1 --only N` makes the same inputs.
constexpr std::uint64_t kSeed = 1;
constexpr int kInputs = 8000;

}  // namespace

TEST("when files are damaged at random, then our decoder refuses or its samples equal libjpeg's") {
  const test::Corpus corpus = test::draw_corpus();
  test::Differential differential;
  std::array<int, 3> verdicts{};
  for (int n = 0; n < kInputs; ++n) {
    core::Random random(core::random_key(kSeed, 0, n, core::Stream::kAugment));
    try {
      ++verdicts[static_cast<int>(differential.check(test::mutate(corpus, random), random))];
    } catch (const std::runtime_error& error) {
      test::fail(__FILE__, __LINE__, "input ", n, ": ", error.what());
    }
  }
  // Both verdicts must stay common; otherwise the comparison would prove little.
  for (const int count : verdicts) CHECK(count > kInputs / 10);
}

TEST("when files are sound, then our decoder decodes all except the progressive ones") {
  test::Differential differential;
  core::Random random(1);
  int accepted = 0, others = 0;
  for (const test::File& file : test::draw_corpus()) {
    const Verdict verdict = differential.check(file, random);
    accepted += verdict == Verdict::kAccepted, others += verdict == Verdict::kOther;
  }
  CHECK_EQUAL(accepted, 36);
  CHECK_EQUAL(others, 4);
}
