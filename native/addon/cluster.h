// The methods with which JavaScript joins a cluster.
#pragma once

#include <span>
#include <utility>

#include "addon/functions.h"

namespace bobbin::addon {

std::span<const std::pair<const char*, Method>> cluster_methods();

}  // namespace bobbin::addon
