// Sets what TensorFlow's libraries read while the dynamic loader initialises them: environment
// variables, and which log messages they print.
#include <stdlib.h>

#include <algorithm>

// Exported by the pinned TensorFlow, whose wheel brings no headers of Abseil. They are weak because
// another build of TensorFlow may not have them, and the addon must load there, too.
// NOLINTBEGIN(readability-identifier-naming): the names are Abseil's.
namespace absl::lts_20250814 {
enum class LogSeverityAtLeast : int;
[[gnu::weak]] void SetStderrThreshold(LogSeverityAtLeast severity);
namespace log_internal {
[[gnu::weak]] void SetInitialized();
}
}  // namespace absl::lts_20250814
// NOLINTEND(readability-identifier-naming)

namespace bobbin::tensorflow {
namespace {

constexpr const char* kLogLevel = "TF_CPP_MIN_LOG_LEVEL";
constexpr const char* kErrors = "2";

// TensorFlow applies its variable only to some messages. Others go through Abseil, which prints
// all of them, after a warning, until it counts as initialised.
void apply_log_level() {
  using absl::lts_20250814::LogSeverityAtLeast;
  using absl::lts_20250814::SetStderrThreshold;
  using absl::lts_20250814::log_internal::SetInitialized;
  if (SetStderrThreshold == nullptr || SetInitialized == nullptr) {
    return;
  }
  constexpr long kFatal = 3;
  const char* const chosen = getenv(kLogLevel);
  constexpr int kDecimal = 10;
  const long level =
      std::clamp(strtol(chosen == nullptr ? kErrors : chosen, nullptr, kDecimal), 0L, kFatal);
  SetStderrThreshold(static_cast<LogSeverityAtLeast>(level));
  SetInitialized();
}

// Runs before the initialisers of TensorFlow's libraries, because the addon is linked with -z
// initfirst. JavaScript cannot do this everywhere: in a worker thread, in Jest and in Bun
// `process.env` is a copy of the environment.
[[gnu::constructor]] void set_up() {
  constexpr int kKeepOthers = 0;
  // By default TensorFlow's information messages would appear between Bobbin's own lines.
  setenv(kLogLevel, kErrors, kKeepOthers);
  // By default TensorFlow uses oneDNN only on CPUs with VNNI. Without oneDNN it computes neither
  // NCHW nor dilated depthwise convolutions on a CPU, nor bfloat16.
  setenv("TF_ENABLE_ONEDNN_OPTS", "1", kKeepOthers);
  apply_log_level();
}

}  // namespace
}  // namespace bobbin::tensorflow
