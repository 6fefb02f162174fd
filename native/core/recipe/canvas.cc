// Resizes on paper: lengths and scales alone.
#include "core/recipe/canvas.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <string>

#include "core/base/image.h"
#include "core/recipe/recipe.h"

namespace bobbin::core {
namespace {

CanvasSide resized(int source, int length) {
  return {length, 0, length, static_cast<double>(source) / length};
}

// torchvision's Resize(int) makes the short side `resize` and truncates the other one, so the two
// scales may differ slightly.
CanvasSide cropped(int source, int shorter, const Preprocessing& preprocessing) {
  const std::int64_t length = std::int64_t{preprocessing.resize} * source / shorter;
  if (length > std::numeric_limits<int>::max()) throw ImageError("image is too long and narrow");
  return resized(source, static_cast<int>(length));
}

// timm's ResizeKeepRatio makes the long side `resize` and rounds the other one. A border then makes
// the canvas a square, so that its central window shows the photo where CenterCropOrPad puts it:
// that rounds half a pixel down before a border, and to even before a cut.
CanvasSide padded(int source, int longer, const Preprocessing& preprocessing) {
  const int resize = preprocessing.resize, crop = preprocessing.crop;
  const double ratio = static_cast<double>(longer) / resize;
  const int photo = std::clamp(static_cast<int>(std::nearbyint(source / ratio)), 1, resize);
  const int inside = photo < crop ? (crop - photo) / 2 : -centered(photo - crop);
  return {resize, centered(resize - crop) + inside, photo, static_cast<double>(source) / photo};
}

// Where a part of an axis begins and ends.
struct Span {
  std::int64_t begin, end;
};

Span widened(int start, int length, double margin, int photo) {
  const std::int64_t around = std::llround(margin * length);
  return {std::max<std::int64_t>(start - around, 0),
          std::min<std::int64_t>(std::int64_t{start} + length + around, photo)};
}

// One axis of a view: `count` of its pixels, from `first` on, show `length` source pixels from
// `start` on.
struct Shown {
  double start, length;
  int first, count;
};

Shown shown_of(double start, double length, int size, const CanvasSide& side) {
  const double begin = start - side.begin, end = side.photo - begin, step = length / size;
  const auto pixels_before = [&](double position) {
    return static_cast<int>(std::ceil(std::clamp(position / step - 0.5, -1.0, size + 1.0)));
  };
  const int first = std::clamp(pixels_before(-begin), 0, size - 1);
  const int count = std::clamp(pixels_before(end), first + 1, size) - first;
  if (count == size) return {begin * side.scale, length * side.scale, 0, size};
  const double inside = std::clamp(begin + first * step, -step / 2, side.photo - step / 2);
  return {inside * side.scale, count * step * side.scale, first, count};
}

}  // namespace

int centered(int last) { return static_cast<int>(std::nearbyint(last / 2.0)); }

Region part_of(const Photo& photo, double margin) {
  if (!photo.box) return {0, 0, photo.width, photo.height};
  const Region& box = *photo.box;
  const Span x = widened(box.left, box.width, margin, photo.width);
  const Span y = widened(box.top, box.height, margin, photo.height);
  if (x.begin >= x.end || y.begin >= y.end) {
    throw ImageError("its box shows nothing of its " + std::to_string(photo.width) + " x " +
                     std::to_string(photo.height) + " pixels");
  }
  return {static_cast<int>(x.begin), static_cast<int>(y.begin), static_cast<int>(x.end - x.begin),
          static_cast<int>(y.end - y.begin)};
}

Canvas canvas_of(const Preprocessing& preprocessing, int width, int height) {
  const int shorter = std::min(width, height), longer = std::max(width, height);
  switch (preprocessing.fit) {
    case Fit::kCrop:
      return {cropped(width, shorter, preprocessing), cropped(height, shorter, preprocessing)};
    case Fit::kPad:
      return {padded(width, longer, preprocessing), padded(height, longer, preprocessing)};
    case Fit::kSquash:
      return {resized(width, preprocessing.resize), resized(height, preprocessing.resize)};
  }
  return {};
}

Canvas whole_canvas(int width, int height) {
  return {resized(width, width), resized(height, height)};
}

void show(const Window& window, const Canvas& canvas, Recipe& recipe) {
  const int size = recipe.size;
  const Shown x = shown_of(window.left, window.width, size, canvas.x);
  const Shown y = shown_of(window.top, window.height, size, canvas.y);
  recipe.window = {x.start, y.start, x.length, y.length};
  if (x.count == size && y.count == size) return;
  recipe.photo =
      Region{recipe.flip ? size - x.first - x.count : x.first, y.first, x.count, y.count};
}

}  // namespace bobbin::core
