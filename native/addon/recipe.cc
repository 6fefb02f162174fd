// Exports the drawing of recipes; converts values and nothing else.
#include "addon/recipe.h"

#include <array>
#include <string>
#include <vector>

#include "addon/addon.h"
#include "addon/values.h"
#include "core/render/effects.h"

namespace bobbin::addon {
namespace {

template <typename Rectangle>
Napi::Object from_rectangle(Napi::Env env, const Rectangle& rectangle) {
  Napi::Object result = Napi::Object::New(env);
  result["left"] = rectangle.left;
  result["top"] = rectangle.top;
  result["width"] = rectangle.width;
  result["height"] = rectangle.height;
  return result;
}

Napi::Array from_effects(Napi::Env env, const core::EffectList& effects) {
  Napi::Array result = Napi::Array::New(env);
  for (const auto& [kind, amount] : effects) {
    Napi::Object effect = Napi::Object::New(env);
    effect["kind"] = core::name_of(kind);
    effect["amount"] = amount;
    result[result.Length()] = effect;
  }
  return result;
}

Napi::Object from_recipe(Napi::Env env, const core::Recipe& recipe) {
  Napi::Array color = Napi::Array::New(env, recipe.color.size());
  for (std::uint32_t i = 0; i < recipe.color.size(); ++i) color[i] = recipe.color[i];
  Napi::Object result = Napi::Object::New(env);
  result["window"] = from_rectangle(env, recipe.window);
  result["size"] = recipe.size;
  result["flip"] = recipe.flip;
  result["color"] = color;
  result["noise"] = recipe.noise_sigma;
  result["effects"] = from_effects(env, recipe.effects);
  const core::Region& erased = recipe.erasure.region;
  if (erased.width > 0) result["erased"] = from_rectangle(env, erased);
  return result;
}

// drawRecipes(augmentation, preprocessing, {seed, epoch, sample, width, height}) → one per view.
Napi::Value draw_recipes(const Napi::CallbackInfo& info) {
  const Napi::Object of = info[2].ToObject();
  std::vector<core::Recipe> recipes;
  core::draw_recipes(
      to_augmentation(info[0].ToObject()), to_preprocessing(info[1].ToObject()),
      {counter(number(of, "seed")), counter(number(of, "epoch")), counter(number(of, "sample"))},
      of.Get("width").ToNumber().Int32Value(), of.Get("height").ToNumber().Int32Value(), recipes);
  Napi::Array result = Napi::Array::New(info.Env(), recipes.size());
  for (std::uint32_t i = 0; i < recipes.size(); ++i)
    result[i] = from_recipe(info.Env(), recipes[i]);
  return result;
}

}  // namespace

core::Preprocessing to_preprocessing(const Napi::Object& from) {
  core::Preprocessing to;
  to.resize = from.Get("resize").ToNumber().Int32Value();
  to.crop = from.Get("crop").ToNumber().Int32Value();
  to.bgr = text(from, "channels") == "bgr";
  const Napi::Object mean = from.Get("mean").ToObject(), std = from.Get("std").ToObject();
  for (std::uint32_t c = 0; c < 3; ++c) {
    to.mean[c] = mean.Get(c).ToNumber().FloatValue();
    to.std[c] = std.Get(c).ToNumber().FloatValue();
  }
  return to;
}

core::Augmentation to_augmentation(const Napi::Object& from) {
  core::Augmentation to;
  const std::string crop = text(from, "crop");
  to.crop = crop == "five"             ? core::Crop::kFive
            : crop == "ten"            ? core::Crop::kTen
            : crop == "random"         ? core::Crop::kRandom
            : crop == "random-resized" ? core::Crop::kRandomResized
                                       : core::Crop::kCenter;
  range(from, "area", to.area_min, to.area_max);
  range(from, "ratio", to.ratio_min, to.ratio_max);
  to.flip = number(from, "flip");
  to.brightness = number(from, "brightness");
  to.contrast = number(from, "contrast");
  to.saturation = number(from, "saturation");
  to.hue = number(from, "hue");
  to.noise = number(from, "noise");
  to.vertical_flip = number(from, "verticalFlip");
  to.grayscale = number(from, "grayscale");
  to.rotation = number(from, "rotation");
  to.blur = number(from, "blur");
  range(from, "blurSigma", to.blur_sigma_min, to.blur_sigma_max);
  to.erase = number(from, "erase");
  range(from, "eraseArea", to.erase_area_min, to.erase_area_max);
  range(from, "eraseRatio", to.erase_ratio_min, to.erase_ratio_max);
  to.erase_noise = text(from, "eraseFill") == "noise";
  to.rand_augment = static_cast<int>(number(from, "randAugment"));
  to.rand_augment_magnitude = static_cast<int>(number(from, "randAugmentMagnitude"));
  to.mixup = number(from, "mixup");
  to.cutmix = number(from, "cutmix");
  to.mix_probability = number(from, "mixProbability");
  return to;
}

void export_recipes(Napi::Env env, Napi::Object exports) {
  exports["drawRecipes"] = Napi::Function::New<draw_recipes>(env, "drawRecipes");
}

}  // namespace bobbin::addon
