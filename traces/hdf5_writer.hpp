// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "traces/hdf5_handle.hpp"

namespace sumline::hdf5 {

using Dimensions = std::vector<hsize_t>;

/// One group being filled. Equal calls give equal bytes: no times, no unused space.
class GroupWriter {
 public:
  explicit GroupWriter(Handle group) : group_(std::move(group)) {}

  GroupWriter group(const std::string& name) const;

  /// Fixed-length UTF-8.
  void attribute(const char* name, std::string_view text) const;
  template <class Number>
  void attribute(const char* name, Number value) const {
    attribute(name, {}, file_type<Number>(), memory_type<Number>(), &value);
  }
  template <class Number>
  void attribute(const char* name, const std::vector<Number>& values) const {
    attribute(name, {values.size()}, file_type<Number>(), memory_type<Number>(), values.data());
  }

  /// Chunked, deflated, with a Fletcher-32 checksum per chunk. No dimension may be 0.
  template <class Number>
  void dataset(const char* name, const Dimensions& dimensions, const std::vector<Number>& values) const {
    dataset(name, dimensions, file_type<Number>(), memory_type<Number>(), values.data(), values.size());
  }

 private:
  void attribute(const char* name, const Dimensions& dimensions, hid_t file, hid_t memory,
                 const void* values) const;
  void dataset(const char* name, const Dimensions& dimensions, hid_t file, hid_t memory, const void* values,
               std::size_t count) const;

  Handle group_;
};

/// A file built in memory, so that only AtomicFile meets the disk and its errors.
class FileWriter {
 public:
  FileWriter();

  GroupWriter root() const;
  /// Closes the file and returns its bytes. Every GroupWriter must be gone.
  std::string bytes();

 private:
  Silence silence_;
  std::unique_ptr<std::string> image_;  ///< outlives file_
  Handle file_;
};

}  // namespace sumline::hdf5
