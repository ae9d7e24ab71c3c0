// SPDX-License-Identifier: Apache-2.0
#include "traces/atomic_file.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <cstring>
#include <utility>

#include "energy/error.hpp"

namespace sumline {
namespace {

constexpr std::size_t kBufferBytes = std::size_t{1} << 20U;

/// A rename would replace a device or a pipe by a plain file.
bool is_special(const std::filesystem::path& path) {
  struct stat status {};
  return ::stat(path.c_str(), &status) == 0 && !S_ISREG(status.st_mode) && !S_ISDIR(status.st_mode);
}

/// A link keeps pointing to the new content. Those of open pipes (/dev/stdout) lead to no name.
std::filesystem::path resolve(const std::filesystem::path& path) {
  std::error_code error;
  if (is_special(path) || !std::filesystem::is_symlink(path, error)) return path;
  const std::filesystem::path target = std::filesystem::weakly_canonical(path, error);
  return error ? path : target;
}

/// Differs between processes and between two writers of one process; its mode obeys the user's umask.
std::filesystem::path temporary_name(const std::filesystem::path& path) {
  static std::atomic<unsigned> counter{0};
  return path.parent_path() /
         fmt::format(".{}.{}-{}.tmp", path.filename().string(), ::getpid(), counter.fetch_add(1));
}

/// A rename is on the disk only once its folder is.
void sync_folder(const std::filesystem::path& path) {
  const std::filesystem::path folder = path.has_parent_path() ? path.parent_path() : ".";
  const int descriptor = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (descriptor < 0) return;
  ::fsync(descriptor);
  ::close(descriptor);
}

}  // namespace

AtomicFile::AtomicFile(std::filesystem::path path) : path_(resolve(path)) {
  const bool special = is_special(path_);
  temporary_ = special ? path_ : temporary_name(path_);
  if (std::filesystem::is_directory(path_)) {
    errno = EISDIR;
    fail();
  }
  descriptor_ = ::open(temporary_.c_str(), O_WRONLY | O_CLOEXEC | (special ? 0 : O_CREAT | O_EXCL), 0666);
  if (descriptor_ < 0) fail();
}

AtomicFile::~AtomicFile() {
  if (descriptor_ < 0) return;
  ::close(descriptor_);
  if (temporary_ != path_) ::unlink(temporary_.c_str());
}

void AtomicFile::write(std::string_view bytes) {
  buffer_.append(bytes);
  if (buffer_.size() >= kBufferBytes) flush();
}

void AtomicFile::flush() {
  for (std::size_t done = 0; done < buffer_.size();) {
    const ssize_t written = ::write(descriptor_, buffer_.data() + done, buffer_.size() - done);
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) fail();
    done += static_cast<std::size_t>(written);
  }
  buffer_.clear();
}

void AtomicFile::commit() {
  SUMLINE_ASSERT(descriptor_ >= 0, path_.string() + " is committed already");
  flush();
  if (temporary_ == path_) {
    if (::close(std::exchange(descriptor_, -1)) != 0) fail();
    return;
  }
  if (::fsync(descriptor_) != 0) fail();
  if (::rename(temporary_.c_str(), path_.c_str()) != 0) fail();
  ::close(std::exchange(descriptor_, -1));
  sync_folder(path_);
}

void AtomicFile::fail() const {
  const int reason = errno;
  const char* hint = "check the folder and its permissions";
  if (reason == ENOSPC || reason == EDQUOT || reason == EFBIG)
    hint = "free some space and run again; what was there before is untouched";
  throw Error(fmt::format("{}: cannot be written ({}): {}", path_.string(), std::strerror(reason), hint));
}

void write_file(const std::filesystem::path& path, std::string_view bytes) {
  AtomicFile file(path);
  file.write(bytes);
  file.commit();
}

std::string read_file(const std::filesystem::path& path) {
  const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  std::string bytes;
  std::array<char, std::size_t{1} << 16U> block{};
  ssize_t got = descriptor < 0 ? -1 : 0;
  while (descriptor >= 0 && (got = ::read(descriptor, block.data(), block.size())) != 0) {
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) break;
    bytes.append(block.data(), static_cast<std::size_t>(got));
  }
  const int reason = errno;
  if (descriptor >= 0) ::close(descriptor);
  if (got < 0)
    throw Error(fmt::format("{}: cannot be read ({}): check the path", path.string(), std::strerror(reason)));
  return bytes;
}

}  // namespace sumline
