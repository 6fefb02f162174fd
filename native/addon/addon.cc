// The addon's entry point: collects the exports of each part.
#include "addon/addon.h"

#include <napi.h>

namespace {

Napi::Object initialize(Napi::Env env, Napi::Object exports) {
  bobbin::addon::export_loader(env, exports);
  bobbin::addon::export_devices(env, exports);
  bobbin::addon::export_recipes(env, exports);
  bobbin::addon::export_tensorflow(env, exports);
  return exports;
}

}  // namespace

NODE_API_MODULE(bobbin, initialize)
