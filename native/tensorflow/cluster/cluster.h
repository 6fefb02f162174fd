// What the workers of a cluster tell each other beside tensors. Each call may wait for other
// workers.
#pragma once

#include <chrono>
#include <string>

#include "tensorflow/context.h"

namespace bobbin::tensorflow {

// Lets the collectives that run in the context, and all later ones, fail with this message.
void abort_collectives(const Context& context, const std::string& message);

// Tells all workers that the run cannot go on: their collectives fail with this message.
void report_error(const Context& context, const std::string& message);

// Returns if the worker answers; `task` is TensorFlow's name of it. Throws Error if it does not.
void check_worker(const Context& context, const std::string& task,
                  std::chrono::milliseconds timeout);

// Worker 0 stores values by their keys. A key takes one value.
void insert_value(const Context& context, const std::string& key, const std::string& value);
// Waits until the key has a value. Throws Error after `timeout`.
std::string get_value(const Context& context, const std::string& key,
                      std::chrono::milliseconds timeout);
void delete_value(const Context& context, const std::string& key);

// Returns when all workers have called it with this name, which is used once. Throws Error after
// `timeout`, and when a worker is lost.
void wait_at_barrier(const Context& context, const std::string& name,
                     std::chrono::milliseconds timeout);

}  // namespace bobbin::tensorflow
