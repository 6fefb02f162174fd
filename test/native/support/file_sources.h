// Sources with arrays of their own, by a list of paths.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "core/read/sources.h"

namespace bobbin::test {

// The arrays of an ImageList.
class ListedFiles {
 public:
  ListedFiles(const std::vector<std::string>& paths, const std::vector<core::Extent>& samples) {
    for (const std::string& path : paths) {
      paths_ += path;
      ends_.push_back(static_cast<double>(paths_.size()));
    }
    for (const auto& [file, offset, length] : samples) {
      files_.push_back(static_cast<std::uint32_t>(file));
      extents_.push_back(static_cast<double>(offset));
      extents_.push_back(static_cast<double>(length));
    }
  }

  core::ImageList list(std::string root) const {
    return {std::move(root), paths_, ends_, files_, extents_};
  }

 private:
  std::string paths_;
  std::vector<double> ends_;
  std::vector<std::uint32_t> files_;
  std::vector<double> extents_;
};

class FileSources : ListedFiles, public core::Sources {
 public:
  FileSources(const std::vector<std::string>& paths, const std::vector<core::Extent>& samples,
              std::string root = "")
      : ListedFiles(paths, samples), Sources(list(std::move(root))) {}
};

}  // namespace bobbin::test
