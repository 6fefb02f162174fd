// Read, draw recipes, decode what they need; each stage timed.
#include "core/read/sample_reader.h"

#include <cstddef>
#include <cstdint>
#include <optional>

#include "core/base/image.h"
#include "core/decode/jpeg.h"
#include "core/read/sources.h"
#include "core/recipe/augmentation.h"
#include "core/recipe/recipe.h"
#include "core/render/render.h"

namespace bobbin::core {
namespace {

ImageView view_of(const DecodedImage& image) {
  ImageView view{ColorSpace::kRgb, {}, image.width, image.height, 1};
  view.planes[0] = {image.pixels.data(),
                    static_cast<std::size_t>(image.width) * 3,
                    {0, 0, image.width, image.height},
                    image.width,
                    image.height,
                    false,
                    false};
  return view;
}

}  // namespace

SampleReader::SampleReader(Sources& sources, const Preprocessing& preprocessing,
                           const Augmentation& augmentation, StageTotals& totals)
    : sources_(sources),
      preprocessing_(preprocessing),
      augmentation_(augmentation),
      totals_(totals) {}

std::optional<OpenedSample> SampleReader::open(const SampleKey& key, const DecodedImage* decoded) {
  const std::optional<ImageSize> size =
      decoded ? ImageSize{decoded->width, decoded->height, 1} : read(key.sample);
  if (!size) return std::nullopt;
  const Photo photo{size->upright_width(), size->upright_height(), sources_.box(key.sample)};
  draw_recipes(augmentation_, preprocessing_, key, photo, recipes_);
  return OpenedSample{key, *size, recipes_, decoded};
}

// Nothing if the sample is not a JPEG.
std::optional<ImageSize> SampleReader::read(std::uint64_t sample) {
  {
    const StageTimer timer(totals_.read_ns);
    sources_.read(sample, file_);
  }
  totals_.read_bytes += file_.size();
  if (!is_jpeg(file_)) return std::nullopt;
  const StageTimer timer(totals_.decode_ns);
  return decoder_.open(file_);
}

ImageView SampleReader::decode(const OpenedSample& sample) {
  if (sample.decoded) return view_of(*sample.decoded);
  const StageTimer timer(totals_.decode_ns);
  const DecodePlan plan = plan_decode(sample.recipes, sample.size);
  return decoder_.decode(plan.region, plan.scale, {&sources_.index(), sample.key.sample});
}

void SampleReader::check() {
  const StageTimer timer(totals_.decode_ns);
  decoder_.check();
}

}  // namespace bobbin::core
