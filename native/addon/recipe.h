// Preprocessing, augmentation and recipes between JavaScript and core.
#pragma once

#include <napi.h>

#include "core/recipe/recipe.h"

namespace bobbin::addon {

core::Preprocessing to_preprocessing(const Napi::Object& from);
core::Augmentation to_augmentation(const Napi::Object& from);

}  // namespace bobbin::addon
