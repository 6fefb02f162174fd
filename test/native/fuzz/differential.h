// The properties of Bobbin's own decoder for arbitrary bytes.
#pragma once

#include <string>
#include <vector>

#include "core/base/random.h"
#include "core/decode/baseline.h"
#include "core/decode/baseline_frame.h"
#include "core/decode/jpeg.h"
#include "core/render/render.h"
#include "fuzz/mutator.h"
#include "fuzz/reference.h"

namespace bobbin::test {

// The result for a file: no header, or a kind that only libjpeg decodes; refused; decoded.
enum class Verdict { kOther, kRefused, kAccepted };

// Keeps one decoder for each machine's kernels from file to file, like the loader. For each
// file:
//  - All kernels and a new decoder give the same verdict, reason and samples.
//    The same holds for coefficients, which are decoded if samples are.
//  - A check of the codes accepts what is decoded. If it accepts the whole image, of any
//    sampling, libjpeg-turbo decodes it without an error or a warning.
//  - If the whole image is accepted, libjpeg-turbo decodes it without an error or a warning of
//    missing or invalid data, and every sample of every block equals its sample, to the bit.
//  - Any part of an accepted image is accepted, and equals that part of the whole. An accepted
//    part of another image equals libjpeg-turbo's, unless libjpeg-turbo stops with an error.
//  - A part is the same, or refused for the same reason, for any row starts found by earlier
//    parts; no row starts cause a read outside a buffer.
//  - JpegDecoder refuses every part that is refused, and the renderer renders a view of every
//    image that it returns.
// Bytes behind the last MCU are ignored. Sanitizers find memory errors.
class Differential {
 public:
  Differential();

  // Draws the parts and views from `random`. Throws a runtime_error that names the fault.
  Verdict check(const File& file, core::Random& random);

 private:
  bool check_whole(const core::BaselineFrame& frame);
  void check_codes(const core::BaselineFrame& frame);
  void check_coefficients(const core::BaselineFrame& frame, bool accepted);
  void check_part(const core::BaselineFrame& frame, bool accepted, const File& file,
                  core::Random& random);
  void check_starts(const core::BaselineFrame& frame, const core::Region& region,
                    const std::string& fault, const std::vector<RawPlane>& wanted,
                    core::Random& random);
  void check_view(const File& file, core::Random& random);

  core::JpegDecoder opened_;
  std::vector<core::BaselineDecoder> decoders_;
  core::Renderer renderer_;
  std::vector<core::Recipe> recipes_;
  std::vector<float> output_;
  std::vector<RawPlane> whole_;  // Of one decoder, to compare with the next.
  Reference reference_;
  std::vector<core::RowStart> starts_;  // Of the current file.
};

}  // namespace bobbin::test
