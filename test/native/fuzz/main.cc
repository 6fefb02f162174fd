// Differential fuzzing of Bobbin's own JPEG decoder against libjpeg-turbo.
//   cmake -S . -B build-fuzz -DBOBBIN_TESTS=ON -DBOBBIN_SANITIZE=address,undefined
//   cmake --build build-fuzz --target decode_fuzz
//   build-fuzz/decode_fuzz --seed 7 --seconds 600 [FILE|FOLDER]…
// It stops at the first finding and prints its number N; --seed and --only N with the same files
// make that input again, and --save PATH keeps it.
// Coverage: configure with -DCMAKE_BUILD_TYPE=Debug -DCMAKE_CXX_FLAGS=--coverage instead of
// sanitizers, run, and ask `gcov -n` about the objects' folders.
#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <stdexcept>
#include <string>
#include <vector>

#include "core/base/random.h"
#include "core/decode/jpeg.h"
#include "fuzz/differential.h"
#include "fuzz/mutator.h"

#if defined(__SANITIZE_ADDRESS__)
#include <sanitizer/common_interface_defs.h>
#endif

using namespace bobbin;
using bobbin::test::Corpus;
using bobbin::test::Differential;
using bobbin::test::File;

namespace {

// Larger files only cost time.
constexpr std::size_t kMaxBytes = 64 << 10;
constexpr std::int64_t kReportEvery = 20000;

struct Options {
  std::uint64_t seed = 1;
  std::int64_t only = -1;
  double seconds = 60;
  std::string save;
  Corpus given;
};

std::uint64_t current_seed = 0;
std::int64_t current = 0;

// The sanitizers end the process without naming the input.
void name_input() {
  std::fprintf(stderr, "finding: --seed %llu --only %lld\n",
               static_cast<unsigned long long>(current_seed), static_cast<long long>(current));
}

void read(const std::filesystem::path& path, Corpus& corpus) {
  if (std::filesystem::is_directory(path)) {
    std::vector<std::filesystem::path> paths;
    for (const auto& entry : std::filesystem::directory_iterator(path)) {
      paths.push_back(entry.path());
    }
    std::sort(paths.begin(), paths.end());
    for (const auto& inside : paths) read(inside, corpus);
    return;
  }
  std::ifstream stream(path, std::ios::binary);
  const File file(std::istreambuf_iterator<char>(stream), {});
  if (core::is_jpeg(file) && file.size() <= kMaxBytes) corpus.push_back(file);
}

Options parse(int count, char** arguments) {
  Options options;
  for (int i = 1; i < count; ++i) {
    const std::string name = arguments[i];
    const char* value = i + 1 < count ? arguments[i + 1] : "0";
    if (name == "--seed") {
      options.seed = std::stoull(value), ++i;
    } else if (name == "--only") {
      options.only = std::stoll(value), ++i;
    } else if (name == "--seconds") {
      options.seconds = std::stod(value), ++i;
    } else if (name == "--save") {
      options.save = value, ++i;
    } else {
      read(name, options.given);
    }
  }
  return options;
}

class Campaign {
 public:
  explicit Campaign(const Options& options) : options_(options), drawn_(test::draw_corpus()) {}

  // The input and verdict of one number.
  void run(std::int64_t number) {
    core::Random random(core::random_key(options_.seed, 0, number, core::Stream::kAugment));
    // Given files are larger than drawn ones, and so slower.
    const bool given = !options_.given.empty() && random.below(8) == 0;
    const File made = test::mutate(given ? options_.given : drawn_, random);
    // Exactly the size of the file, so that a sanitizer sees a read past the end.
    const File file(made.begin(), made.end());
    if (!options_.save.empty()) {
      std::ofstream(options_.save, std::ios::binary)
          .write(reinterpret_cast<const char*>(file.data()),
                 static_cast<std::streamsize>(file.size()));
    }
    ++verdicts_[static_cast<int>(differential_.check(file, random))];
  }

  void report(double seconds) const {
    const double total = static_cast<double>(verdicts_[0] + verdicts_[1] + verdicts_[2]);
    std::printf(
        "%.0f inputs in %.0f s (%.0f/s): %.1f %% accepted, %.1f %% refused, %.1f %% other\n", total,
        seconds, total / seconds, 100 * verdicts_[2] / total, 100 * verdicts_[1] / total,
        100 * verdicts_[0] / total);
    std::fflush(stdout);
  }

 private:
  const Options& options_;
  const Corpus drawn_;
  Differential differential_;
  std::array<std::int64_t, 3> verdicts_{};
};

}  // namespace

int main(int count, char** arguments) {
  const Options options = parse(count, arguments);
  current_seed = options.seed;
#if defined(__SANITIZE_ADDRESS__)
  __sanitizer_set_death_callback(name_input);
#endif
  Campaign campaign(options);
  std::printf("seed %llu, %zu files given\n", static_cast<unsigned long long>(options.seed),
              options.given.size());
  const auto start = std::chrono::steady_clock::now();
  const auto elapsed = [&] {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  };
  try {
    if (options.only >= 0) {
      campaign.run(current = options.only);
    } else {
      for (; elapsed() < options.seconds; ++current) {
        if (current > 0 && current % kReportEvery == 0) campaign.report(elapsed());
        campaign.run(current);
      }
    }
  } catch (const std::runtime_error& error) {
    std::cerr << error.what() << "\n";
    name_input();
    return 1;
  }
  campaign.report(elapsed());
  return 0;
}
