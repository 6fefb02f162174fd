// What each part of the addon adds to its exports.
#pragma once

#include <napi.h>

namespace bobbin::addon {

// The input pipeline: `Loader` and its leases (native/addon/loader.cc).
void export_loader(Napi::Env env, Napi::Object exports);

// What is known of CUDA (native/addon/devices.cc).
void export_devices(Napi::Env env, Napi::Object exports);

// The drawing of recipes (native/addon/recipe.cc).
void export_recipes(Napi::Env env, Napi::Object exports);

// tfjs's ten-method binding and what Bobbin adds to it (native/addon/tensorflow.cc).
void export_tensorflow(Napi::Env env, Napi::Object exports);

}  // namespace bobbin::addon
