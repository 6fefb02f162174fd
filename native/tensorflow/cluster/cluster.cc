// What the workers of a cluster tell each other beside tensors. Each call may wait for other
// workers.
#include "tensorflow/cluster/cluster.h"

#include <tensorflow/c/c_api_experimental.h>
#include <tensorflow/c/eager/c_api_experimental.h>

#include <chrono>
#include <string>

#include "tensorflow/status.h"

namespace bobbin::tensorflow {

void abort_collectives(const Context& context, const std::string& message) {
  const Status status;
  TF_SetStatus(status.get(), TF_CANCELLED, message.c_str());
  TFE_AbortCollectiveOps(context.get(), status.get());
}

void report_error(const Context& context, const std::string& message) {
  const Status status;
  TFE_ReportErrorToCluster(context.get(), TF_UNAVAILABLE, message.c_str(), status.get());
  status.check("cluster");
}

void check_worker(const Context& context, const std::string& task,
                  std::chrono::milliseconds timeout) {
  const Status status;
  TFE_CollectiveOpsCheckPeerHealth(context.get(), task.c_str(), timeout.count(), status.get());
  status.check(task);
}

void insert_value(const Context& context, const std::string& key, const std::string& value) {
  const Status status;
  TFE_InsertConfigKeyValue(context.get(), key.c_str(), value.c_str(), status.get());
  status.check(key);
}

std::string get_value(const Context& context, const std::string& key,
                      std::chrono::milliseconds timeout) {
  const Status status;
  const BufferPtr value(TF_NewBuffer());
  TFE_GetConfigKeyValue(context.get(), key.c_str(), timeout.count(), value.get(), status.get());
  status.check(key);
  return {static_cast<const char*>(value->data), value->length};
}

void delete_value(const Context& context, const std::string& key) {
  const Status status;
  TFE_DeleteConfigKeyValue(context.get(), key.c_str(), status.get());
  status.check(key);
}

void wait_at_barrier(const Context& context, const std::string& name,
                     std::chrono::milliseconds timeout) {
  const Status status;
  TFE_WaitAtBarrier(context.get(), name.c_str(), timeout.count(), status.get());
  status.check(name);
}

}  // namespace bobbin::tensorflow
