// Read, decode what the recipes need, render; each stage timed.
#include "core/sample_renderer.h"

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

SampleRenderer::SampleRenderer(Sources& sources, const Preprocessing& preprocessing,
                               const Augmentation& augmentation, StageTotals& totals)
    : sources_(sources),
      preprocessing_(preprocessing),
      augmentation_(augmentation),
      totals_(totals) {}

bool SampleRenderer::render(const SampleKey& key, const DecodedImage* decoded, Output output) {
  const std::optional<ImageSize> size =
      decoded ? ImageSize{decoded->width, decoded->height, 1} : open(key.sample);
  if (!size) return false;
  draw_recipes(augmentation_, preprocessing_, key, size->upright_width(), size->upright_height(),
               recipes_);
  const ImageView image = decoded ? view_of(*decoded) : decode(*size, key.sample);
  const StageTimer timer(totals_.render_ns);
  for (const Recipe& recipe : recipes_) {
    renderer_.render(image, *size, recipe, preprocessing_, output);
    output = output.from(std::size_t{3} * recipe.size * recipe.size);
  }
  return true;
}

// Nothing when the sample is no JPEG.
std::optional<ImageSize> SampleRenderer::open(std::uint64_t sample) {
  {
    const StageTimer timer(totals_.read_ns);
    sources_.read(sample, file_);
  }
  totals_.read_bytes += file_.size();
  if (!is_jpeg(file_)) return std::nullopt;
  const StageTimer timer(totals_.decode_ns);
  return decoder_.open(file_);
}

ImageView SampleRenderer::decode(const ImageSize& size, std::uint64_t sample) {
  const StageTimer timer(totals_.decode_ns);
  const DecodePlan plan = plan_decode(recipes_, size);
  return decoder_.decode(plan.region, plan.scale, {&sources_.index(), sample});
}

}  // namespace bobbin::core
