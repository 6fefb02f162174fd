// Exports core::Loader; converts values and nothing else.
#include "core/load/loader.h"

#include <napi.h>

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <exception>
#include <memory>
#include <new>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "addon/addon.h"
#include "addon/devices.h"
#include "addon/lease.h"
#include "addon/recipe.h"
#include "addon/values.h"
#include "core/base/image.h"
#include "core/base/output.h"
#include "core/batch/slot.h"
#include "core/load/failures.h"
#include "core/load/loader_options.h"
#include "core/load/schedule.h"
#include "core/load/tickets.h"
#include "core/read/sample_reader.h"
#include "core/read/sources.h"

namespace bobbin::addon {
namespace {

core::PixelType to_pixel_type(const std::string& name) {
  if (name == "uint8") return core::PixelType::kUint8;
  if (name == "bfloat16") return core::PixelType::kBfloat16;
  return name == "float16" ? core::PixelType::kFloat16 : core::PixelType::kFloat32;
}

core::ImageList to_image_list(const Napi::Object& from) {
  const auto paths = from.Get("paths").As<Napi::Uint8Array>();
  const auto ends = from.Get("ends").As<Napi::Float64Array>();
  const auto files = from.Get("files").As<Napi::Uint32Array>();
  const auto extents = from.Get("extents").As<Napi::Float64Array>();
  const auto boxes = from.Get("boxes").As<Napi::Int32Array>();
  return {text(from, "root"),
          {reinterpret_cast<const char*>(paths.Data()), paths.ElementLength()},
          {ends.Data(), ends.ElementLength()},
          {files.Data(), files.ElementLength()},
          {extents.Data(), extents.ElementLength()},
          {boxes.Data(), boxes.ElementLength()}};
}

core::LoaderOptions to_loader_options(const Napi::Object& from) {
  core::LoaderOptions to;
  to.sources = std::make_shared<core::Sources>(to_image_list(from.Get("images").ToObject()));
  to.preprocessing = to_preprocessing(from.Get("preprocessing").ToObject());
  to.augmentation = to_augmentation(from.Get("augmentation").ToObject());
  to.dtype = to_pixel_type(text(from, "dtype"));
  to.batch_size = from.Get("batchSize").ToNumber().Int32Value();
  to.threads = from.Get("threads").ToNumber().Int32Value();
  to.slots = from.Get("slots").ToNumber().Int32Value();
  to.seed = counter(number(from, "seed"));
  to.shuffle = from.Get("shuffle").ToBoolean();
  const auto class_ends = from.Get("classEnds").As<Napi::Uint32Array>();
  to.class_ends.assign(class_ends.Data(), class_ends.Data() + class_ends.ElementLength());
  to.balanced_length = counter(number(from, "balancedLength"));
  to.worker_index = counter(number(from, "workerIndex"));
  to.worker_count = counter(number(from, "workerCount"));
  const std::string damaged = text(from, "damaged");
  to.damaged = damaged == "refill" ? core::Damaged::kRefill
               : damaged == "mark" ? core::Damaged::kMark
                                   : core::Damaged::kFail;
  to.failure_budget = counter(number(from, "failureBudget"));
  return to;
}

template <typename Array, typename Values>
Array typed_array(Napi::Env env, const Values& values) {
  Array array = Array::New(env, values.size());
  std::copy(values.begin(), values.end(), array.Data());
  return array;
}

// copyLease(lease) → ArrayBuffer: a copy of the bytes; the lease stays.
Napi::Value copy_lease(const Napi::CallbackInfo& info) {
  const core::SlotLease& lease = peek_lease(info[0]);
  Napi::ArrayBuffer copy = Napi::ArrayBuffer::New(info.Env(), lease.bytes());
  try {
    lease.memory().copy_out(copy.Data(), lease.data(), lease.bytes());
  } catch (const core::LoaderError& error) {
    throw Napi::Error::New(info.Env(), error.what());
  }
  return copy;
}

void release_lease(const Napi::CallbackInfo& info) { take_lease(info[0]).reset(); }

// Wakes the JavaScript thread from a worker thread. Calls that come faster than JavaScript answers
// become one call.
class Waker : public std::enable_shared_from_this<Waker> {
 public:
  Waker(Napi::Env env, const Napi::Function& callback)
      : function_(Napi::ThreadSafeFunction::New(env, callback, "bobbin loader", 0, 1)) {
    function_.Unref(env);
  }
  ~Waker() { function_.Release(); }
  Waker(const Waker&) = delete;
  Waker& operator=(const Waker&) = delete;

  void wake() {
    if (called_.exchange(true)) return;
    function_.NonBlockingCall(
        [waker = weak_from_this()](Napi::Env, const Napi::Function& callback) {
          // A call may still be queued when the loader was closed.
          const std::shared_ptr<Waker> alive = waker.lock();
          if (!alive) return;
          alive->called_ = false;
          callback.Call({});
        });
  }
  // While held, the event loop stays alive for the next call.
  void hold(Napi::Env env, bool held) { held ? function_.Ref(env) : function_.Unref(env); }

 private:
  Napi::ThreadSafeFunction function_;
  std::atomic<bool> called_{false};
};

// The native half of src/pipeline/loader.ts; src/pipeline/native-loader.ts documents its methods.
class Loader : public Napi::ObjectWrap<Loader> {
 public:
  static void define(Napi::Env env, Napi::Object exports) {
    exports["Loader"] = DefineClass(
        env, "Loader",
        {InstanceMethod<&Loader::begin_epoch>("beginEpoch"), InstanceMethod<&Loader::take>("take"),
         InstanceMethod<&Loader::take_requests>("takeRequests"),
         InstanceMethod<&Loader::supply>("supply"),
         InstanceMethod<&Loader::supply_failure>("supplyFailure"),
         InstanceMethod<&Loader::failures>("failures"),
         InstanceMethod<&Loader::statistics>("statistics"), InstanceMethod<&Loader::hold>("hold"),
         InstanceMethod<&Loader::close>("close")});
  }

  explicit Loader(const Napi::CallbackInfo& info)
      : Napi::ObjectWrap<Loader>(info),
        waker_(std::make_shared<Waker>(info.Env(), info[1].As<Napi::Function>())) {
    try {
      const Napi::Object options = info[0].ToObject();
      images_ = Napi::Persistent(options.Get("images").ToObject());
      loader_ = std::make_unique<core::Loader>(
          to_loader_options(options), [waker = waker_] { waker->wake(); },
          to_batch_writer(options));
    } catch (const std::bad_alloc&) {
      throw Napi::Error::New(info.Env(),
                             "Expected memory for `slots` batches of `batchSize` images but the "
                             "system has none left");
    } catch (const std::runtime_error& error) {
      throw Napi::Error::New(info.Env(), error.what());
    }
    // Threads must end before the environment.
    napi_add_env_cleanup_hook(Env(), stop_before_exit, this);
  }

  ~Loader() override { stop(); }

 private:
  core::Loader& loader(Napi::Env env) {
    if (!loader_) throw Napi::Error::New(env, "Expected an open loader but received a closed one");
    return *loader_;
  }

  static void stop_before_exit(void* self) { static_cast<Loader*>(self)->stop(); }

  void stop() {
    if (!loader_) return;
    napi_remove_env_cleanup_hook(Env(), stop_before_exit, this);
    loader_.reset();
    waker_.reset();
  }

  void begin_epoch(const Napi::CallbackInfo& info) {
    loader(info.Env())
        .begin_epoch(counter(info[0].ToNumber().DoubleValue()),
                     counter(info[1].ToNumber().DoubleValue()));
  }

  Napi::Value take(const Napi::CallbackInfo& info) {
    const Napi::Env env = info.Env();
    std::optional<core::Batch> batch;
    try {
      batch = loader(env).take();
    } catch (const std::exception& error) {
      throw Napi::Error::New(env, error.what());
    }
    if (!batch) return env.Null();
    Napi::Object result = Napi::Object::New(env);
    result["lease"] = wrap_lease(env, std::move(batch->lease));
    result["indices"] = typed_array<Napi::Int32Array>(env, batch->indices);
    result["partners"] = typed_array<Napi::Int32Array>(env, batch->partners);
    result["weights"] = typed_array<Napi::Float32Array>(env, batch->weights);
    return result;
  }

  Napi::Value take_requests(const Napi::CallbackInfo& info) {
    const std::vector<core::DecodeRequest> requests = loader(info.Env()).take_requests();
    Napi::Array result = Napi::Array::New(info.Env(), requests.size());
    for (std::uint32_t i = 0; i < requests.size(); ++i) {
      Napi::Object request = Napi::Object::New(info.Env());
      request["ticket"] = static_cast<double>(requests[i].ticket);
      request["sample"] = static_cast<double>(requests[i].sample);
      result[i] = request;
    }
    return result;
  }

  void supply(const Napi::CallbackInfo& info) {
    const auto pixels = info[1].As<Napi::Uint8Array>();
    const std::uint64_t ticket = counter(info[0].ToNumber().DoubleValue());
    core::DecodedImage image{{}, info[2].ToNumber().Int32Value(), info[3].ToNumber().Int32Value()};
    try {
      image.pixels.assign(pixels.Data(), pixels.Data() + pixels.ElementLength());
    } catch (const std::bad_alloc&) {
      loader(info.Env()).supply_failure(ticket, "the image does not fit into memory");
      return;
    }
    // Frees their memory now, not at some garbage collection.
    Napi::ArrayBuffer memory = pixels.ArrayBuffer();
    if (memory.ByteLength() == pixels.ByteLength()) napi_detach_arraybuffer(info.Env(), memory);
    loader(info.Env()).supply(ticket, std::move(image));
  }

  void supply_failure(const Napi::CallbackInfo& info) {
    loader(info.Env())
        .supply_failure(counter(info[0].ToNumber().DoubleValue()), info[1].ToString().Utf8Value());
  }

  Napi::Value failures(const Napi::CallbackInfo& info) {
    const std::vector<core::Failure> failures = loader(info.Env()).failures();
    Napi::Array result = Napi::Array::New(info.Env(), failures.size());
    for (std::uint32_t i = 0; i < failures.size(); ++i) {
      Napi::Object failure = Napi::Object::New(info.Env());
      failure["index"] = static_cast<double>(failures[i].index);
      failure["reason"] = failures[i].reason;
      result[i] = failure;
    }
    return result;
  }

  Napi::Value statistics(const Napi::CallbackInfo& info) {
    const core::Loader& from = loader(info.Env());
    const core::LoaderStatistics totals = from.statistics();
    Napi::Object result = Napi::Object::New(info.Env());
    result["images"] = static_cast<double>(totals.images);
    result["readBytes"] = static_cast<double>(totals.read_bytes);
    result["readMicroseconds"] = static_cast<double>(totals.read_ns) / 1e3;
    result["decodeMicroseconds"] = static_cast<double>(totals.decode_ns) / 1e3;
    result["renderMicroseconds"] = static_cast<double>(totals.render_ns) / 1e3;
    result["deviceDecoded"] = static_cast<double>(totals.device_decoded);
    result["deviceRendered"] = static_cast<double>(totals.device_rendered);
    result["deviceMicroseconds"] = static_cast<double>(totals.device_ns) / 1e3;
    result["leased"] = from.leased();
    result["ringBytes"] = static_cast<double>(from.ring_bytes());
    return result;
  }

  void hold(const Napi::CallbackInfo& info) {
    if (waker_) waker_->hold(info.Env(), info[0].ToBoolean());
  }

  void close(const Napi::CallbackInfo&) { stop(); }

  std::shared_ptr<Waker> waker_;
  Napi::ObjectReference images_;  // Keeps the arrays that the loader reads.
  std::unique_ptr<core::Loader> loader_;
};

}  // namespace

void export_loader(Napi::Env env, Napi::Object exports) {
  Loader::define(env, exports);
  exports["copyLease"] = Napi::Function::New<copy_lease>(env, "copyLease");
  exports["releaseLease"] = Napi::Function::New<release_lease>(env, "releaseLease");
}

}  // namespace bobbin::addon
