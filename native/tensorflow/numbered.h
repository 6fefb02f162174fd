// Objects that JavaScript knows by number.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <stdexcept>
#include <string>
#include <utility>

namespace bobbin::tensorflow {

// Numbers are given in order and never again. `at` and `erase` throw std::invalid_argument for a
// number that is not, or no longer, an object's.
template <typename T>
class Numbered {
 public:
  // `kind` names the objects in messages, with its article.
  explicit Numbered(const char* kind) : kind_(kind) {}

  template <typename... Arguments>
  std::int64_t add(Arguments&&... arguments) {
    objects_.try_emplace(next_, std::forward<Arguments>(arguments)...);
    return next_++;
  }
  const T& at(std::int64_t id) const {
    const auto found = objects_.find(id);
    if (found == objects_.end()) refuse(id);
    return found->second;
  }
  void erase(std::int64_t id) {
    if (objects_.erase(id) == 0) refuse(id);
  }
  void clear() { objects_.clear(); }
  std::size_t size() const { return objects_.size(); }

 private:
  [[noreturn]] void refuse(std::int64_t id) const {
    throw std::invalid_argument(std::string("Expected ") + kind_ + "'s number but received " +
                                std::to_string(id));
  }

  const char* kind_;
  std::map<std::int64_t, T> objects_;
  std::int64_t next_ = 0;
};

}  // namespace bobbin::tensorflow
