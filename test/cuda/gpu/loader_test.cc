// Compares loaders with batches on the device with a loader in main memory: both ways to render,
// several epochs, abandoned epochs, mixed and damaged images.
#include <memory>
#include <sstream>

#include "../../native/support/check.h"
#include "../../native/support/device_views.h"
#include "../../native/support/epochs.h"
#include "agreement.h"
#include "core/base/output.h"
#include "core/batch/batch_writer.h"
#include "core/load/loader_options.h"
#include "device/base/device.h"
#include "device/load/device_writers.h"
#include "support/consumer.h"
#include "support/images.h"
#include "tested.h"

using namespace bobbin;
using bobbin::test::Agreement;
using bobbin::test::Consumer;
using bobbin::test::Epoch;
using bobbin::test::TemporaryFolder;

namespace {

// For samples of another decoder, and levels rounded before mixing.
constexpr double kLeastShare = 0.99, kMostMean = 0.5;

struct Way {
  const char* name;
  std::unique_ptr<core::BatchWriter> (*make)(std::shared_ptr<device::Device>,
                                             const device::WriterOptions&);
};
constexpr Way kWays[] = {{"rendered by the device", device::make_render_writer},
                         {"uploaded", device::make_upload_writer}};

constexpr core::PixelType kTypes[] = {core::PixelType::kFloat32, core::PixelType::kBfloat16,
                                      core::PixelType::kFloat16, core::PixelType::kUint8};

// The same samples in the same order, and values that agree; options_for's mean and std leave
// levels as they are.
void compare(const Epoch& actual, const Epoch& wanted, core::PixelType type, Agreement& agreement) {
  CHECK(actual.indices == wanted.indices);
  CHECK(actual.partners == wanted.partners);
  CHECK(actual.weights == wanted.weights);
  agreement.add(test::to_floats(actual.bytes, type), test::to_floats(wanted.bytes, type));
}

}  // namespace

TEST("when a loader's batches lie on the device, then they equal those in main memory") {
  const TemporaryFolder folder;
  for (const Way& way : kWays) {
    Agreement agreement;
    for (const core::PixelType type : kTypes) {
      core::LoaderOptions options = test::mixing_options_for(folder, 2);
      options.seed = test::fresh_seed();
      options.dtype = type;
      Consumer host(options), device(options, way.make(test::tested_device(), {}));
      for (int epoch = 0; epoch < 3; ++epoch) {
        compare(run(device, epoch), run(host, epoch), type, agreement);
      }
    }
    std::ostringstream line;
    line << "loader, " << way.name << ": " << agreement << ", in the mean " << agreement.mean()
         << "/255";
    test::report(line.str());
    CHECK(agreement.share() >= kLeastShare);
    CHECK(agreement.mean() <= kMostMean);
  }
}

TEST("when an epoch is abandoned after a batch, then the next one on the device is correct") {
  const TemporaryFolder folder;
  for (const Way& way : kWays) {
    const core::LoaderOptions options = test::mixing_options_for(folder, 2);
    Consumer host(options), device(options, way.make(test::tested_device(), {}));
    Agreement agreement;
    for (int epoch = 0; epoch < 20; ++epoch) {
      device.loader().begin_epoch(100 + epoch, 0);
      if (epoch % 2 == 0) device.next();
      if (epoch % 5 > 0) continue;
      compare(run(device, epoch), run(host, epoch), options.dtype, agreement);
    }
    CHECK(agreement.share() >= kLeastShare);
  }
}
