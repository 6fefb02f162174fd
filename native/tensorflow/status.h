// Turns a TF_Status into an exception that names the operation.
#pragma once

#include <stdexcept>
#include <string>
#include <string_view>

#include "tensorflow/owned.h"

namespace bobbin::tensorflow {

// `what()` reads "<operation>: <TensorFlow's message>".
class Error : public std::runtime_error {
 public:
  Error(std::string_view operation, TF_Code code, std::string_view message);
  // TensorFlow's name for the code, e.g. "INVALID_ARGUMENT".
  const char* code() const { return code_; }

 private:
  const char* code_;
};

class Status {
 public:
  Status() : status_(TF_NewStatus()) {}
  TF_Status* get() const { return status_.get(); }
  bool ok() const { return TF_GetCode(get()) == TF_OK; }
  // Throws Error unless the last call succeeded.
  void check(std::string_view operation) const;

 private:
  StatusPtr status_;
};

}  // namespace bobbin::tensorflow
