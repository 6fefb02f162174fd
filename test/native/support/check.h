// A small test framework: named cases, and checks that print the values.
#pragma once

#include <cmath>
#include <functional>
#include <sstream>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace bobbin::test {

struct Case {
  std::string name;
  // From the repository's root: test/native/load/ring_test.cc.
  std::string file;
  std::function<void()> run;
};

// Every TEST of every file.
inline std::vector<Case>& cases() {
  static std::vector<Case> all;
  return all;
}

struct Registration {
  Registration(const char* name, const std::string& file, std::function<void()> run) {
    cases().push_back({name, file.substr(file.rfind("/test/") + 1), std::move(run)});
  }
};

struct CheckFailed : std::runtime_error {
  using std::runtime_error::runtime_error;
};

template <typename... Parts>
[[noreturn]] void fail(const char* file, int line, const Parts&... parts) {
  std::ostringstream message;
  message << file << ":" << line << ": ";
  (message << ... << parts);
  throw CheckFailed(message.str());
}

}  // namespace bobbin::test

#define BOBBIN_JOIN_TOKENS(a, b) a##b
#define BOBBIN_JOIN(a, b) BOBBIN_JOIN_TOKENS(a, b)
#define TEST(name)                                                              \
  static void BOBBIN_JOIN(test_, __LINE__)();                                   \
  static const bobbin::test::Registration BOBBIN_JOIN(registration_, __LINE__)( \
      name, __FILE__, BOBBIN_JOIN(test_, __LINE__));                            \
  static void BOBBIN_JOIN(test_, __LINE__)()

#define CHECK(condition) \
  if (!(condition)) bobbin::test::fail(__FILE__, __LINE__, "expected ", #condition)
#define CHECK_EQUAL(actual, wanted)                                                            \
  if (!((actual) == (wanted)))                                                                 \
  bobbin::test::fail(__FILE__, __LINE__, "expected ", #actual, " to be ", wanted, " but was ", \
                     actual)
#define CHECK_NEAR(actual, wanted, tolerance)                                                 \
  if (!(std::abs((actual) - (wanted)) <= (tolerance)))                                        \
  bobbin::test::fail(__FILE__, __LINE__, "expected ", #actual, " within ", tolerance, " of ", \
                     wanted, " but was ", actual)
#define CHECK_THROWS(statement, Error)                                                         \
  {                                                                                            \
    bool thrown = false;                                                                       \
    try {                                                                                      \
      statement;                                                                               \
    } catch (const Error&) {                                                                   \
      thrown = true;                                                                           \
    }                                                                                          \
    if (!thrown) bobbin::test::fail(__FILE__, __LINE__, #statement, " did not throw " #Error); \
  }
