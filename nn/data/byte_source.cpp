// SPDX-License-Identifier: Apache-2.0
#include "nn/data/byte_source.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <zlib.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <memory>

#include "energy/error.hpp"

namespace sumline {

std::vector<std::uint8_t> read_bytes(const std::filesystem::path& path, std::uint64_t limit) {
  if (std::filesystem::is_directory(path))
    throw Error(path.string() + ": is a folder: give the path of a file");
  errno = 0;
  const std::unique_ptr<gzFile_s, decltype(&gzclose_r)> file(gzopen(path.c_str(), "rb"), gzclose_r);
  if (!file)
    throw Error(
        fmt::format("{}: cannot be opened ({}): check the path", path.string(), std::strerror(errno)));

  constexpr unsigned kBlock = 1U << 20U;
  gzbuffer(file.get(), kBlock / 8);
  std::vector<std::uint8_t> bytes;
  for (std::size_t size = 0;;) {
    bytes.resize(size + kBlock);
    const int got = gzread(file.get(), bytes.data() + size, kBlock);
    int status = Z_OK;
    std::string reason = gzerror(file.get(), &status);
    if (reason.rfind(path.string() + ": ", 0) == 0) reason.erase(0, path.string().size() + 2);
    if (got < 0 || status != Z_OK)
      throw Error(
          fmt::format("{}: byte {} of the unpacked data: cannot be unpacked ({}): the file is truncated "
                      "or damaged, fetch it again",
                      path.string(), size + static_cast<std::size_t>(std::max(got, 0)), reason));
    size += static_cast<std::size_t>(got);
    bytes.resize(size);
    if (size > limit)
      throw Error(
          fmt::format("{}: unpacks to more than {} bytes: too large for this format", path.string(), limit));
    if (got == 0) return bytes;
  }
}

std::filesystem::path find_file(const std::filesystem::path& folder, const std::vector<std::string>& names) {
  for (const std::string& name : names)
    for (const char* suffix : {"", ".gz"})
      if (std::filesystem::path path = folder / (name + suffix); std::filesystem::exists(path)) return path;
  throw Error(fmt::format("{}: holds none of {} (plain or .gz): docs/data.md tells where to get the data set",
                          folder.string(), fmt::join(names, ", ")));
}

}  // namespace sumline
