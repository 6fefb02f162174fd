// Each part of the addon adds its functions to the exports.
#pragma once

#include <napi.h>

namespace bobbin::addon {

// The input pipeline: `Loader` and its leases (native/addon/loader.cc).
void export_loader(Napi::Env env, Napi::Object exports);

// The status of CUDA (native/addon/devices.cc).
void export_devices(Napi::Env env, Napi::Object exports);

// The drawing of recipes (native/addon/recipe.cc).
void export_recipes(Napi::Env env, Napi::Object exports);

// tfjs's binding of ten methods and Bobbin's additions (native/addon/tensorflow.cc).
void export_tensorflow(Napi::Env env, Napi::Object exports);

}  // namespace bobbin::addon
