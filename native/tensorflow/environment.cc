// Sets the environment variables that TensorFlow's libraries read while the dynamic loader
// initialises them.
#include <stdlib.h>

namespace bobbin::tensorflow {
namespace {

// Runs before the initialisers of TensorFlow's libraries, because the addon is linked with -z
// initfirst. JavaScript cannot do this everywhere: in a worker thread, in Jest and in Bun
// `process.env` is a copy of the environment.
[[gnu::constructor]] void set_variables() {
  constexpr int kKeepOthers = 0;
  // By default TensorFlow's information messages would appear between Bobbin's own lines.
  setenv("TF_CPP_MIN_LOG_LEVEL", "2", kKeepOthers);
  // By default TensorFlow uses oneDNN only on CPUs with VNNI. Without oneDNN it computes neither
  // NCHW nor dilated depthwise convolutions on a CPU, nor bfloat16.
  setenv("TF_ENABLE_ONEDNN_OPTS", "1", kKeepOthers);
}

}  // namespace
}  // namespace bobbin::tensorflow
