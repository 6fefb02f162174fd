// The bounds of equality for tests on a GPU.
#include "../../cuda/gpu/agreement.h"

#include <cmath>
#include <limits>
#include <sstream>
#include <stdexcept>
#include <vector>

#include "support/check.h"

using bobbin::test::Agreement;

TEST(
    "when values differ, then those within a level are counted and the largest difference is "
    "kept") {
  Agreement agreement;
  agreement.add(std::vector<float>{0, 10, 100, 255}, std::vector<float>{0.5f, 11, 98.5f, 0});
  CHECK_EQUAL(agreement.values, 4u);
  CHECK_EQUAL(agreement.within, 2u);
  CHECK_EQUAL(agreement.share(), 0.5);
  CHECK_EQUAL(agreement.largest, 255.0);
  CHECK_EQUAL(agreement.mean(), (0.5 + 1 + 1.5 + 255) / 4);
  std::ostringstream words;
  words << agreement;
  CHECK_EQUAL(words.str(), "50% of 4 values within 1/255, the largest 255/255 off");
}

TEST("when a value is NaN, then it does not agree with any value") {
  const float nan = std::numeric_limits<float>::quiet_NaN();
  Agreement agreement;
  agreement.add(std::vector<float>{nan, 3}, std::vector<float>{nan, 3});
  CHECK_EQUAL(agreement.within, 1u);
  CHECK(std::isinf(agreement.largest));
  agreement.add(3, 3);
  CHECK(std::isinf(agreement.largest));
}

TEST("when no values were compared or counts differ, then there is no agreement") {
  CHECK_EQUAL(Agreement().share(), 0.0);
  Agreement agreement;
  CHECK_THROWS(agreement.add(std::vector<float>{1}, std::vector<float>{}), std::invalid_argument);
}
