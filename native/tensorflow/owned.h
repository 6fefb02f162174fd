// Owners of TensorFlow's C objects.
#pragma once

#include <tensorflow/c/c_api.h>
#include <tensorflow/c/eager/c_api.h>

#include <memory>

namespace bobbin::tensorflow {

template <auto kDelete>
struct Deleter {
  template <typename T>
  void operator()(T* object) const {
    kDelete(object);
  }
};

template <typename T, auto kDelete>
using Owned = std::unique_ptr<T, Deleter<kDelete>>;

using StatusPtr = Owned<TF_Status, TF_DeleteStatus>;
using TensorPtr = Owned<TF_Tensor, TF_DeleteTensor>;
using HandlePtr = Owned<TFE_TensorHandle, TFE_DeleteTensorHandle>;
using ContextOptionsPtr = Owned<TFE_ContextOptions, TFE_DeleteContextOptions>;
using ContextPtr = Owned<TFE_Context, TFE_DeleteContext>;
using DeviceListPtr = Owned<TF_DeviceList, TF_DeleteDeviceList>;
using OpPtr = Owned<TFE_Op, TFE_DeleteOp>;
using BufferPtr = Owned<TF_Buffer, TF_DeleteBuffer>;
using FunctionPtr = Owned<TF_Function, TF_DeleteFunction>;
using GraphPtr = Owned<TF_Graph, TF_DeleteGraph>;
using SessionOptionsPtr = Owned<TF_SessionOptions, TF_DeleteSessionOptions>;

}  // namespace bobbin::tensorflow
