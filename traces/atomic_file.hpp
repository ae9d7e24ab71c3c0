// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

namespace sumline {

/// A file that appears complete or not at all: bytes go to a temporary file beside it, which `commit` flushes
/// to the disk and renames. Until then, and after any error, what stood at `path` before stays untouched.
/// Devices and pipes (/dev/stdout) are written in place.
///
///     AtomicFile file("run/results.json");
///     file.write(text);
///     file.commit();
class AtomicFile {
 public:
  /// @throws Error if the folder does not exist or cannot be written.
  explicit AtomicFile(std::filesystem::path path);
  /// Removes the temporary file unless committed.
  ~AtomicFile();
  AtomicFile(const AtomicFile&) = delete;
  AtomicFile& operator=(const AtomicFile&) = delete;

  /// Buffered. @throws Error naming the file and the system's reason, e.g. a full disk.
  void write(std::string_view bytes);
  /// @throws Error as write().
  void commit();

 private:
  void flush();
  [[noreturn]] void fail() const;

  std::filesystem::path path_;
  std::filesystem::path temporary_;  ///< = path_ where written in place
  int descriptor_ = -1;
  std::string buffer_;
};

/// Writes the whole file through AtomicFile.
void write_file(const std::filesystem::path& path, std::string_view bytes);

/// The whole file, text or binary. @throws Error if it cannot be opened or read.
std::string read_file(const std::filesystem::path& path);

}  // namespace sumline
