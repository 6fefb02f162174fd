// Exports the drawing of recipes, and what TypeScript repeats of it; converts values and nothing
// else.
#include "addon/recipe.h"

#include <napi.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "addon/addon.h"
#include "addon/values.h"
#include "core/base/filter.h"
#include "core/base/image.h"
#include "core/effects/effects.h"
#include "core/effects/operations.h"
#include "core/recipe/augmentation.h"
#include "core/recipe/recipe.h"

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

Napi::Array from_amounts(Napi::Env env, const core::Effect& effect) {
  Napi::Array result = Napi::Array::New(env);
  for (int i = 0; i < effect.operation->amounts; ++i) result[result.Length()] = effect.amounts[i];
  return result;
}

Napi::Array from_effects(Napi::Env env, const core::EffectList& effects) {
  Napi::Array result = Napi::Array::New(env);
  for (const core::Effect& effect : effects) {
    Napi::Object to = Napi::Object::New(env);
    to["kind"] = effect.operation->name;
    to["amount"] = effect.amounts[0];
    if (effect.operation->amounts > 1) to["amounts"] = from_amounts(env, effect);
    result[result.Length()] = to;
  }
  return result;
}

Napi::Object from_recipe(Napi::Env env, const core::Recipe& recipe) {
  Napi::Array color = Napi::Array::New(env, recipe.color.size());
  for (std::uint32_t i = 0; i < recipe.color.size(); ++i) color[i] = recipe.color[i];
  Napi::Object result = Napi::Object::New(env);
  result["window"] = from_rectangle(env, recipe.window);
  result["size"] = recipe.size;
  if (recipe.photo) result["photo"] = from_rectangle(env, *recipe.photo);
  result["flip"] = recipe.flip;
  result["color"] = color;
  result["noise"] = recipe.noise_sigma;
  result["effects"] = from_effects(env, recipe.effects);
  const core::Region& erased = recipe.erasure.region;
  if (erased.width > 0) result["erased"] = from_rectangle(env, erased);
  return result;
}

core::Photo to_photo(const Napi::Object& from) {
  core::Photo to{from.Get("width").ToNumber().Int32Value(),
                 from.Get("height").ToNumber().Int32Value()};
  if (!from.Has("box")) return to;
  const Napi::Object box = from.Get("box").ToObject();
  const auto side = [&](std::uint32_t i) { return box.Get(i).ToNumber().Int32Value(); };
  to.box = core::Region{side(0), side(1), side(2) - side(0), side(3) - side(1)};
  return to;
}

// drawRecipes(augmentation, preprocessing, {seed, epoch, sample, width, height, box}) → one per
// view.
Napi::Value draw_recipes(const Napi::CallbackInfo& info) {
  const Napi::Object of = info[2].ToObject();
  std::vector<core::Recipe> recipes;
  core::draw_recipes(
      to_augmentation(info[0].ToObject()), to_preprocessing(info[1].ToObject()),
      {counter(number(of, "seed")), counter(number(of, "epoch")), counter(number(of, "sample"))},
      to_photo(of), recipes);
  Napi::Array result = Napi::Array::New(info.Env(), recipes.size());
  for (std::uint32_t i = 0; i < recipes.size(); ++i)
    result[i] = from_recipe(info.Env(), recipes[i]);
  return result;
}

// The choice that a property names.
template <typename Choice, typename Names>
Choice to_choice(const Napi::Object& from, const char* name, const Names& names) {
  const auto found = std::find(names.begin(), names.end(), text(from, name));
  return static_cast<Choice>(found == names.end() ? 0 : found - names.begin());
}

// Reads each option of an augmentation.
struct FromObject {
  const Napi::Object& object;

  template <typename Number>
  void operator()(const char* name, Number& member) const {
    member = static_cast<Number>(number(object, name));
  }
  void operator()(const char* name, core::Range& member) const {
    range(object, name, member.min, member.max);
  }
  template <typename Choice, typename Names>
  void operator()(const char* name, Choice& member, const Names& names) const {
    member = to_choice<Choice>(object, name, names);
  }
};

std::vector<core::Variant> to_variants(const Napi::Array& from) {
  std::vector<core::Variant> variants(from.Length());
  for (std::uint32_t i = 0; i < from.Length(); ++i) {
    const Napi::Object variant = from.Get(i).ToObject();
    variants[i] = {number(variant, "scale"), variant.Get("mirror").ToBoolean(),
                   number(variant, "turn")};
  }
  return variants;
}

// Writes each option of an augmentation.
struct ToObject {
  Napi::Object& object;

  template <typename Number>
  void operator()(const char* name, const Number& member) const {
    object[name] = member;
  }
  void operator()(const char* name, const core::Range& member) const {
    Napi::Array pair = Napi::Array::New(object.Env(), 2);
    pair[0u] = member.min;
    pair[1u] = member.max;
    object[name] = pair;
  }
  template <typename Choice, typename Names>
  void operator()(const char* name, const Choice& member, const Names& names) const {
    object[name] = names[static_cast<std::size_t>(member)];
  }
};

Napi::Object from_augmentation(Napi::Env env, const core::Augmentation& augmentation) {
  Napi::Object result = Napi::Object::New(env);
  core::for_each_option(augmentation, ToObject{result});
  return result;
}

// The list of operations, by which a test checks TypeScript's.
Napi::Array from_operations(Napi::Env env) {
  Napi::Array result = Napi::Array::New(env);
  for (const core::Operation* operation : core::kOperations) {
    Napi::Object to = Napi::Object::New(env);
    to["kind"] = operation->name;
    to["needsWholeView"] = operation->needs_whole_view;
    result[result.Length()] = to;
  }
  return result;
}

}  // namespace

core::Preprocessing to_preprocessing(const Napi::Object& from) {
  core::Preprocessing to;
  to.resize = from.Get("resize").ToNumber().Int32Value();
  to.crop = from.Get("crop").ToNumber().Int32Value();
  to.box_margin = number(from, "boxMargin");
  to.bgr = text(from, "channels") == "bgr";
  to.filter = to_choice<core::FilterKind>(from, "filter", core::kFilterNames);
  to.fit = to_choice<core::Fit>(from, "fit", core::kFitNames);
  const Napi::Object mean = from.Get("mean").ToObject(), std = from.Get("std").ToObject();
  for (std::uint32_t c = 0; c < 3; ++c) {
    to.mean[c] = mean.Get(c).ToNumber().FloatValue();
    to.std[c] = std.Get(c).ToNumber().FloatValue();
  }
  return to;
}

core::Augmentation to_augmentation(const Napi::Object& from) {
  core::Augmentation to;
  core::for_each_option(to, FromObject{from});
  if (const Napi::Value variants = from.Get("variants"); variants.IsArray()) {
    to.variants = to_variants(variants.As<Napi::Array>());
  }
  return to;
}

void export_recipes(Napi::Env env, Napi::Object exports) {
  exports["drawRecipes"] = Napi::Function::New<draw_recipes>(env, "drawRecipes");
  exports["effects"] = from_operations(env);
  exports["defaultAugmentation"] = from_augmentation(env, {});
}

}  // namespace bobbin::addon
