// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace sumline {

/// More than any data set that is held in memory needs.
inline constexpr std::uint64_t kMaxFileBytes = std::uint64_t{1} << 31U;

/// The whole file, unpacked where it is gzip (told by its content, not its name).
/// @throws Error if it cannot be read, is damaged gzip, or unpacks to more than `limit` bytes.
std::vector<std::uint8_t> read_bytes(const std::filesystem::path& path, std::uint64_t limit);

/// The one of `names` that exists in `folder`, plain or with ".gz".
/// @throws Error listing the names looked for.
std::filesystem::path find_file(const std::filesystem::path& folder, const std::vector<std::string>& names);

}  // namespace sumline
