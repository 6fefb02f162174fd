// Makes damaged and odd JPEG files from sound ones: the inputs of decode_fuzz.
#pragma once

#include <cstdint>
#include <vector>

#include "core/base/random.h"

namespace bobbin::test {

using File = std::vector<std::uint8_t>;
using Corpus = std::vector<File>;

// Small baseline files of each sampling, with and without restarts, and a progressive one.
Corpus draw_corpus();

// One of the corpus with one to six changes to its headers, tables, scan or restarts. The same
// draws give the same file.
File mutate(const Corpus& corpus, core::Random& random);

}  // namespace bobbin::test
