// Each check names the kernels and the wrong sample.
#include "fuzz/differential.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>
#include <optional>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

#include "core/base/image.h"
#include "core/base/output.h"
#include "core/base/random.h"
#include "core/decode/baseline.h"
#include "core/decode/baseline_frame.h"
#include "core/decode/scan_index.h"
#include "core/kernels/kernels.h"
#include "core/recipe/recipe.h"
#include "core/render/render.h"
#include "fuzz/mutator.h"
#include "fuzz/reference.h"

namespace bobbin::test {
namespace {

using namespace core;

// Larger images only cost time.
constexpr std::int64_t kMaxFuzzPixels = 1 << 18;
constexpr int kOutput = 33;  // No multiple of eight.

template <typename... Parts>
[[noreturn]] void wrong(const Parts&... parts) {
  std::ostringstream message;
  (message << ... << parts);
  throw std::runtime_error(message.str());
}

std::vector<RawPlane> copy(const std::array<Plane, 3>& planes, int components) {
  std::vector<RawPlane> copies(components);
  for (int c = 0; c < components; ++c) {
    const Plane& plane = planes[c];
    const std::size_t bytes = plane.stride * plane.region.height;
    copies[c] = {
        plane.region.width, plane.region.height, plane.stride, {plane.data, plane.data + bytes}};
  }
  return copies;
}

// Compares the common blocks: libjpeg does not keep blocks that only fill an MCU.
void compare(const Plane& plane, const RawPlane& wanted, const char* what, int component) {
  const Region& region = plane.region;
  const int right = std::min(region.left + region.width, wanted.width);
  const int bottom = std::min(region.top + region.height, wanted.height);
  for (int y = region.top; y < bottom; ++y) {
    const std::uint8_t* ours = plane.row(y);
    const std::uint8_t* theirs = wanted.samples.data() + y * wanted.stride + region.left;
    const int count = right - region.left;
    if (std::memcmp(ours, theirs, count) == 0) continue;
    const int x = static_cast<int>(std::mismatch(ours, ours + count, theirs).first - ours);
    wrong("sample ", x + region.left, ", ", y, " of component ", component, " is ", int{ours[x]},
          " but ", int{theirs[x]}, " in ", what);
  }
}

// Why `read` refuses an image; empty if it does not.
template <typename Read>
std::string fault_of(const Read& read) {
  try {
    return read() ? "" : "not supported";
  } catch (const ImageError& error) {
    return error.what();
  }
}

// A hash of an image's coefficients; none if they are refused.
std::optional<std::uint64_t> sum_coefficients(BaselineDecoder& decoder,
                                              const BaselineFrame& frame) {
  std::uint64_t sum = 0;
  const std::string fault = fault_of([&] {
    return decoder.visit(frame, [&](int, int, int, const std::int16_t* block) {
      for (int i = 0; i < 64; ++i) sum = mix64(sum ^ static_cast<std::uint16_t>(block[i]));
    });
  });
  return fault.empty() ? std::optional(sum) : std::nullopt;
}

Region whole_of(const BaselineFrame& frame) { return {0, 0, frame.width, frame.height}; }

Region draw_region(const BaselineFrame& frame, Random& random) {
  Region region;
  region.left = random.below(frame.width), region.top = random.below(frame.height);
  region.width = 1 + random.below(frame.width - region.left);
  region.height = 1 + random.below(frame.height - region.top);
  return region;
}

}  // namespace

Differential::Differential() : output_(std::size_t{kOutput} * kOutput * 3) {
  for (const Kernels* kernels : all_kernels()) decoders_.emplace_back(*kernels);
}

Verdict Differential::check(const File& file, Random& random) {
  std::optional<BaselineFrame> frame;
  try {
    opened_.open(file);
    frame = opened_.baseline_frame();
  } catch (const ImageError&) {
    return Verdict::kOther;
  }
  if (!frame || std::int64_t{frame->width} * frame->height > kMaxFuzzPixels) return Verdict::kOther;
  reference_ = decode_raw(file);
  check_codes(*frame);
  if (!frame->planar) return Verdict::kOther;
  const bool accepted = check_whole(*frame);
  check_coefficients(*frame, accepted);
  starts_.clear();
  for (int i = 0; i < 3; ++i) check_part(*frame, accepted, file, random);
  check_view(file, random);
  return accepted ? Verdict::kAccepted : Verdict::kRefused;
}

void Differential::check_codes(const BaselineFrame& frame) {
  std::vector<RowStart> starts;
  if (!fault_of([&] { return decoders_[0].check(frame, whole_of(frame), starts); }).empty()) return;
  if (!reference_.error.empty()) wrong("accepted against libjpeg's error: ", reference_.error);
  if (!reference_.damage.empty()) wrong("accepted against libjpeg's warning: ", reference_.damage);
}

// Whether the kernels accept the whole image; then `whole_` holds it.
bool Differential::check_whole(const BaselineFrame& frame) {
  std::array<Plane, 3> planes;
  BaselineDecoder blank;
  const std::string fault = fault_of([&] { return blank.decode(frame, whole_of(frame), planes); });
  const bool accepted = fault.empty();
  whole_ = accepted ? copy(planes, frame.components) : std::vector<RawPlane>();
  for (std::size_t i = 0; i < decoders_.size(); ++i) {
    const char* name = all_kernels()[i]->name;
    const std::string other =
        fault_of([&] { return decoders_[i].decode(frame, whole_of(frame), planes); });
    if (other != fault) wrong(name, " finds “", other, "”, another finds “", fault, "”");
    for (int c = 0; accepted && c < frame.components; ++c) compare(planes[c], whole_[c], name, c);
  }
  if (!accepted) return false;
  std::vector<RowStart> starts;
  if (!decoders_[0].check(frame, whole_of(frame), starts)) wrong("decoded, but not checked");
  for (int c = 0; c < frame.components; ++c) compare(planes[c], reference_.planes[c], "libjpeg", c);
  return true;
}

void Differential::check_coefficients(const BaselineFrame& frame, bool accepted) {
  const auto wanted = sum_coefficients(decoders_[0], frame);
  if (accepted && !wanted) wrong("samples are accepted, coefficients are not");
  for (std::size_t i = 1; i < decoders_.size(); ++i) {
    if (sum_coefficients(decoders_[i], frame) != wanted) {
      wrong(all_kernels()[i]->name, " does not read the coefficients that others do");
    }
  }
}

void Differential::check_part(const BaselineFrame& frame, bool accepted, const File& file,
                              Random& random) {
  const Region region = draw_region(frame, random);
  std::array<Plane, 3> planes;
  BaselineDecoder& decoder = decoders_[random.below(static_cast<int>(decoders_.size()))];
  const std::string fault = fault_of([&] { return decoder.decode(frame, region, planes); });
  const bool part = fault.empty();
  check_starts(frame, region, fault,
               part ? copy(planes, frame.components) : std::vector<RawPlane>(), random);
  if (part) decoder.decode(frame, region, planes);
  if (accepted && !part) wrong("a part is refused of an accepted image: ", fault);
  opened_.open(file);
  if (!part && fault != "not supported" &&
      fault_of([&] { return opened_.decode(region, 1).width > 0; }).empty()) {
    wrong("a part is decoded that is refused: ", fault);
  }
  const bool known = accepted || reference_.error.empty();
  for (int c = 0; part && known && c < frame.components; ++c) {
    compare(planes[c], accepted ? whole_[c] : reference_.planes[c],
            accepted ? "the whole" : "libjpeg, of a damaged image", c);
  }
}

// `wanted` is the part, decoded without known row starts; empty if it is refused for `fault`.
void Differential::check_starts(const BaselineFrame& frame, const Region& region,
                                const std::string& fault, const std::vector<RawPlane>& wanted,
                                Random& random) {
  std::array<Plane, 3> planes;
  BaselineDecoder& decoder = decoders_[random.below(static_cast<int>(decoders_.size()))];
  const std::string now = fault_of([&] { return decoder.decode(frame, region, planes, starts_); });
  if (now != fault) wrong("what is known of rows makes “", fault, "” “", now, "”");
  if (fault.empty() && copy(planes, frame.components) != wanted) {
    wrong("what is known of rows changes a part");
  }
  std::vector<RowStart> senseless = starts_;
  for (RowStart& start : senseless) {
    if (random.below(4) > 0) continue;
    start.byte = random.below(4) > 0 ? random.below(static_cast<int>(frame.scan.size()) + 2)
                                     : static_cast<std::uint32_t>(random.below(1 << 30)) * 4;
    start.bit = static_cast<std::uint16_t>(random.below(1 << 16));
  }
  fault_of([&] { return decoder.decode(frame, region, planes, senseless); });
}

void Differential::check_view(const File& file, Random& random) {
  Augmentation augmentation;
  augmentation.crop = random.below(2) == 0 ? Crop::kRandomResized : Crop::kCenter;
  augmentation.hue = 0.1;
  const Preprocessing preprocessing{.resize = kOutput, .crop = kOutput};
  try {
    const ImageSize size = opened_.open(file);
    const SampleKey key{1, 0, static_cast<std::uint64_t>(random.below(1 << 30))};
    draw_recipes(augmentation, preprocessing, key, {size.upright_width(), size.upright_height()},
                 recipes_);
    const DecodePlan plan = plan_decode(recipes_, size);
    const ImageView view = opened_.decode(plan.region, plan.scale);
    renderer_.render(view, size, recipes_[0], preprocessing, {output_.data(), PixelType::kFloat32});
  } catch (const ImageError&) {
    // A kind that Bobbin does not decode, or a damaged part.
    return;
  }
}

}  // namespace bobbin::test
