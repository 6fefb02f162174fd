// The methods with which JavaScript joins a cluster. What waits for other workers runs on a thread
// of its own: Node ends its pool's threads before the process, and would wait for them.
#include "addon/cluster.h"

#include <napi.h>

#include <chrono>
#include <cstdint>
#include <exception>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <thread>
#include <utility>

#include "addon/functions.h"
#include "addon/tensorflow_values.h"
#include "tensorflow/cluster/cluster.h"
#include "tensorflow/context.h"
#include "tensorflow/runtime.h"
#include "tensorflow/status.h"

namespace bobbin::addon {
namespace {

using tensorflow::Context;
using tensorflow::Runtime;

// What a thread leaves for JavaScript: a value, or an error with TensorFlow's code.
struct Outcome {
  std::string value;
  std::string error;
  std::string code;
};

using Work = std::function<std::string()>;

Outcome attempt(const Work& work) {
  try {
    return {work(), "", ""};
  } catch (const tensorflow::Error& error) {
    return {"", error.what(), error.code()};
  } catch (const std::exception& error) {
    return {"", error.what(), ""};
  }
}

void settle(Napi::Env env, const Napi::Promise::Deferred& deferred, const Outcome& outcome) {
  if (outcome.error.empty()) {
    deferred.Resolve(Napi::String::New(env, outcome.value));
    return;
  }
  const auto error = Napi::Error::New(env, outcome.error);
  if (!outcome.code.empty()) error.Value().Set("code", outcome.code);
  deferred.Reject(error.Value());
}

// Whether the process may end while a call has no answer: where worker 0 answers, it may hang, and
// then not even a call with a limit of time comes to its end.
enum class End : std::uint8_t { kAfterAnswer, kAtAnyTime };

// Runs `work` on a new thread, then `done` on JavaScript's, and settles the promise. If the
// environment ends before, nobody waits for the thread.
Napi::Value run_apart(
    Napi::Env env, Work work, std::function<void()> done = [] {}, End end = End::kAfterAnswer) {
  const auto deferred = Napi::Promise::Deferred::New(env);
  const auto to_javascript = Napi::ThreadSafeFunction::New(env, Napi::Function(), "cluster", 0, 1);
  if (end == End::kAtAnyTime) to_javascript.Unref(env);
  std::thread([to_javascript, deferred, work = std::move(work), done = std::move(done)] {
    // `finish` owns it, if it is called.
    auto* outcome = std::make_unique<Outcome>(attempt(work)).release();
    const auto finish = [deferred, done](Napi::Env here, const Napi::Function&, Outcome* received) {
      const std::unique_ptr<Outcome> owned(received);
      done();
      settle(here, deferred, *owned);
    };
    const napi_status status = to_javascript.BlockingCall(outcome, finish);
    if (status != napi_ok) {
      const std::unique_ptr<Outcome> unheard(outcome);
    }
    // Once the environment ends, a thread must not touch the function again.
    if (status != napi_closing) to_javascript.Release();
  }).detach();
  return deferred.Promise();
}

// The same with the cluster's context, which it keeps alive.
Napi::Value run_in_cluster(const Napi::CallbackInfo& info, const Runtime& runtime,
                           std::function<std::string(const Context&)> work,
                           End end = End::kAfterAnswer) {
  return run_apart(
      info.Env(), [context = runtime.cluster(), work = std::move(work)] { return work(*context); },
      [] {}, end);
}

std::chrono::milliseconds to_milliseconds(const Napi::Value& value) {
  return std::chrono::milliseconds(to_int64(value));
}

Napi::Value start_cluster(const Napi::CallbackInfo& info, Runtime& runtime) {
  const auto started = std::make_shared<std::shared_ptr<const Context>>();
  return run_apart(
      info.Env(),
      [started, config = runtime.begin_cluster(), server = to_string(info[0])] {
        *started = std::make_shared<const Context>(config, server);
        return std::string();
      },
      [started, &runtime] { runtime.end_cluster(std::move(*started)); });
}

Napi::Value abort_collectives(const Napi::CallbackInfo& info, Runtime& runtime) {
  tensorflow::abort_collectives(*runtime.cluster(), to_string(info[0]));
  return info.Env().Undefined();
}

Napi::Value report_error(const Napi::CallbackInfo& info, Runtime& runtime) {
  return run_in_cluster(
      info, runtime,
      [message = to_string(info[0])](const Context& context) {
        tensorflow::abort_collectives(context, message);
        tensorflow::report_error(context, message);
        return std::string();
      },
      End::kAtAnyTime);
}

Napi::Value check_worker(const Napi::CallbackInfo& info, Runtime& runtime) {
  return run_in_cluster(
      info, runtime,
      [task = to_string(info[0]), timeout = to_milliseconds(info[1])](const Context& context) {
        tensorflow::check_worker(context, task, timeout);
        return std::string();
      });
}

Napi::Value insert_value(const Napi::CallbackInfo& info, Runtime& runtime) {
  return run_in_cluster(
      info, runtime,
      [key = to_string(info[0]), value = to_string(info[1])](const Context& context) {
        tensorflow::insert_value(context, key, value);
        return std::string();
      },
      End::kAtAnyTime);
}

Napi::Value get_value(const Napi::CallbackInfo& info, Runtime& runtime) {
  return run_in_cluster(
      info, runtime,
      [key = to_string(info[0]), timeout = to_milliseconds(info[1])](const Context& context) {
        return tensorflow::get_value(context, key, timeout);
      },
      End::kAtAnyTime);
}

Napi::Value delete_value(const Napi::CallbackInfo& info, Runtime& runtime) {
  return run_in_cluster(
      info, runtime,
      [key = to_string(info[0])](const Context& context) {
        tensorflow::delete_value(context, key);
        return std::string();
      },
      End::kAtAnyTime);
}

Napi::Value wait_at_barrier(const Napi::CallbackInfo& info, Runtime& runtime) {
  return run_in_cluster(
      info, runtime,
      [name = to_string(info[0]), timeout = to_milliseconds(info[1])](const Context& context) {
        tensorflow::wait_at_barrier(context, name, timeout);
        return std::string();
      },
      End::kAtAnyTime);
}

constexpr std::pair<const char*, Method> kMethods[] = {
    {"startCluster", start_cluster},      {"abortCollectives", abort_collectives},
    {"reportError", report_error},        {"checkWorker", check_worker},
    {"insertClusterValue", insert_value}, {"clusterValue", get_value},
    {"deleteClusterValue", delete_value}, {"waitAtBarrier", wait_at_barrier},
};

}  // namespace

std::span<const std::pair<const char*, Method>> cluster_methods() { return kMethods; }

}  // namespace bobbin::addon
