// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "traces/hdf5_handle.hpp"

namespace sumline::hdf5 {

/// One group of a file. Every message starts with "FILE: PATH/INSIDE: ".
class GroupReader {
 public:
  GroupReader(Handle group, std::string place) : group_(std::move(group)), place_(std::move(place)) {}

  /// @throws Error if missing or damaged, as all others here.
  GroupReader group(const std::string& name) const;
  bool has_attribute(const char* name) const;
  bool has_link(const char* name) const;

  std::string text(const char* name) const;
  double real(const char* name) const;
  std::uint32_t natural(const char* name) const;
  std::int64_t integer(const char* name) const;
  /// @throws Error unless the attribute holds exactly `count` numbers.
  std::vector<std::uint32_t> naturals(const char* name, std::size_t count) const;

  /// The dataset's values in C order.
  /// @throws Error unless its type is `Number` and its shape `dimensions`; an absent extent may be any.
  template <class Number>
  std::vector<Number> dataset(const char* name,
                              const std::vector<std::optional<std::uint64_t>>& dimensions) const {
    const Handle handle = open(name, file_type<Number>(), dimensions);
    std::vector<Number> values(size(handle));
    read(handle, name, memory_type<Number>(), values.data());
    return values;
  }

  /// `what` went wrong with `name`. @throws Error always.
  [[noreturn]] void fail(const std::string& name, const std::string& what) const;

 private:
  Handle attribute(const char* name, H5T_class_t type, std::size_t count) const;
  Handle open(const char* name, hid_t type,
              const std::vector<std::optional<std::uint64_t>>& dimensions) const;
  static std::size_t size(const Handle& dataset);
  void read(const Handle& dataset, const char* name, hid_t type, void* values) const;
  [[noreturn]] void damaged(const std::string& name) const;

  Handle group_;
  std::string place_;  ///< "FILE: " or "FILE: PATH/INSIDE"
};

/// A file read into memory and opened.
class FileReader {
 public:
  /// @throws Error if `path` cannot be read, is truncated or is not HDF5.
  explicit FileReader(const std::string& path);
  GroupReader root() const;

 private:
  Silence silence_;
  std::string path_;
  Handle file_;
};

}  // namespace sumline::hdf5
