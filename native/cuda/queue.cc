// Only `wait` waits, and it sleeps.
#include "cuda/queue.h"

#include <utility>

#include "cuda/launch.h"
#include "device/render/body.h"

namespace bobbin::cuda {

CudaQueue::CudaQueue(std::shared_ptr<Context> context) : context_(std::move(context)) {
  context_->use();
  cudaStream_t stream = nullptr;
  // Not the default stream: it and TensorFlow's streams would wait for each other.
  context_->check(cudaStreamCreateWithFlags(&stream, cudaStreamNonBlocking),
                  "cudaStreamCreateWithFlags");
  stream_.reset(stream);
  cudaEvent_t done = nullptr;
  // An event, because waiting for the stream would keep a core busy that could decode images.
  context_->check(cudaEventCreateWithFlags(&done, cudaEventBlockingSync | cudaEventDisableTiming),
                  "cudaEventCreateWithFlags");
  done_.reset(done);
}

CudaQueue::~CudaQueue() {
  context_->use_at_end();
  // `wait` has already reported an error, or the results are no longer needed.
  static_cast<void>(cudaStreamSynchronize(stream_.get()));
}

void CudaQueue::copy_in(void* to, const void* from, std::size_t bytes) {
  context_->use();
  context_->check(cudaMemcpyAsync(to, from, bytes, cudaMemcpyHostToDevice, stream_.get()),
                  "cudaMemcpyAsync to the device");
}

void CudaQueue::copy_out(void* to, const void* from, std::size_t bytes) {
  context_->use();
  context_->check(cudaMemcpyAsync(to, from, bytes, cudaMemcpyDeviceToHost, stream_.get()),
                  "cudaMemcpyAsync from the device");
}

void CudaQueue::render(const device::RenderTask& task) {
  if (task.count == 0) return;
  context_->use();
  if (task.needs_means) {
    reserve_means(task.count);
    context_->check(launch_sum_greys(task, means_.get(), stream_.get()),
                    "Launching sum_greys_kernel");
  }
  context_->check(launch_render(task, means_.get(), stream_.get()), "Launching render_kernel");
}

void CudaQueue::normalize(const std::uint8_t* levels, int views, const device::Normalization& by,
                          const device::BatchOutput& output) {
  if (views == 0) return;
  context_->use();
  context_->check(launch_normalize({levels, views, by, output}, stream_.get()),
                  "Launching normalize_kernel");
}

void CudaQueue::wait() {
  context_->use();
  context_->check(cudaEventRecord(done_.get(), stream_.get()), "cudaEventRecord");
  context_->check(cudaEventSynchronize(done_.get()), "cudaEventSynchronize after the batch's work");
}

void CudaQueue::reserve_means(int views) {
  if (views <= means_for_) return;
  wait();  // A kernel may still read the old sums.
  means_for_ = 0;
  means_.reset();
  void* memory = nullptr;
  context_->check(cudaMalloc(&memory, sizeof(float) * device::kMeanParts * views),
                  "cudaMalloc of the mean greys");
  means_.reset(static_cast<float*>(memory));
  means_for_ = views;
}

}  // namespace bobbin::cuda
