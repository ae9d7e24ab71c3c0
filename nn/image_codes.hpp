// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <vector>

namespace sumline {

/// Code of each pixel byte, channel by channel.
using CodeTable = std::vector<std::array<std::uint8_t, 256>>;

}  // namespace sumline
