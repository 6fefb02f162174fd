// What must hold of Bobbin's own decoder for any bytes at all.
#pragma once

#include <vector>

#include "core/base/random.h"
#include "core/decode/jpeg.h"
#include "core/render/render.h"
#include "fuzz/mutator.h"
#include "fuzz/reference.h"

namespace bobbin::test {

// What became of a file: no header, or a kind that is left to libjpeg; given up; decoded.
enum class Verdict { kOther, kRefused, kAccepted };

// Holds one decoder for each machine's kernels, from file to file as the loader does. For each
// file:
//  - All kernels and a decoder without a past give the same verdict and the same samples.
//    So it is with coefficients, which are never given up where samples are not.
//  - If the whole image is accepted, libjpeg-turbo decodes it without an error and without a
//  warning
//    of missing or senseless data, and every sample of every block is its own, to the bit.
//  - Any part of an accepted image is accepted, and is that part of the whole. A part that is
//    accepted of another image is libjpeg-turbo's, unless that stops with an error.
//  - A part is the same, or refused, whatever was found out about rows by the parts before it; any
//    other starts of rows lead outside no buffer.
//  - The renderer makes a view of whatever JpegDecoder returns.
// Bytes behind the last MCU are nobody's business. Memory errors are for the sanitizers to find.
class Differential {
 public:
  Differential();

  // Draws the parts and views from `random`. Throws what is wrong as a runtime_error.
  Verdict check(const File& file, core::Random& random);

 private:
  bool check_whole(const core::BaselineFrame& frame, const File& file);
  void check_coefficients(const core::BaselineFrame& frame, bool accepted);
  void check_part(const core::BaselineFrame& frame, bool accepted, core::Random& random);
  void check_starts(const core::BaselineFrame& frame, const core::Region& region,
                    const std::vector<RawPlane>& wanted, core::Random& random);
  void check_view(const File& file, core::Random& random);

  core::JpegDecoder opened_;
  std::vector<core::BaselineDecoder> decoders_;
  core::Renderer renderer_;
  std::vector<core::Recipe> recipes_;
  std::vector<float> output_;
  std::vector<RawPlane> whole_;  // Of one decoder, to compare the next with.
  Reference reference_;
  std::vector<core::RowStart> starts_;  // Of the file at hand.
};

}  // namespace bobbin::test
