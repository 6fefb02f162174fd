// Reads whole files into memory that is used again.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace bobbin::core {

// Replaces the content of `bytes` by the file's. Throws ImageError with the system's reason.
void read_file(const std::string& path, std::vector<std::uint8_t>& bytes);

}  // namespace bobbin::core
