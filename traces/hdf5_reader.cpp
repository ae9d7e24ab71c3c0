// SPDX-License-Identifier: Apache-2.0
#include "traces/hdf5_reader.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <limits>

#include "energy/error.hpp"
#include "traces/atomic_file.hpp"

namespace sumline::hdf5 {
namespace {

constexpr const char* kRestore = "the file is damaged, restore it or write it again";

std::string text_of(const std::vector<std::optional<std::uint64_t>>& dimensions) {
  std::vector<std::string> extents;
  for (const auto& extent : dimensions) extents.push_back(extent ? fmt::to_string(*extent) : "any");
  return fmt::format("[{}]", fmt::join(extents, ", "));
}

std::string type_name(hid_t type) {
  const std::size_t bits = 8 * H5Tget_size(type);
  switch (H5Tget_class(type)) {
    case H5T_INTEGER:
      return fmt::format("{}signed {}-bit integers", H5Tget_sign(type) == H5T_SGN_NONE ? "un" : "", bits);
    case H5T_FLOAT:
      return fmt::format("{}-bit reals", bits);
    case H5T_STRING:
      return "text";
    default:
      return "another type";
  }
}

bool same_type(hid_t a, hid_t b) {
  return H5Tget_class(a) == H5Tget_class(b) && H5Tget_size(a) == H5Tget_size(b) &&
         (H5Tget_class(a) != H5T_INTEGER || H5Tget_sign(a) == H5Tget_sign(b));
}

/// A damaged header can name absurd extents; more than this needs another program anyway.
constexpr hsize_t kMaxValues = hsize_t{1} << 34U;

std::vector<hsize_t> dimensions_of(const Handle& space) {
  std::vector<hsize_t> found(static_cast<std::size_t>(std::max(0, H5Sget_simple_extent_ndims(space))));
  H5Sget_simple_extent_dims(space, found.data(), nullptr);
  return found;
}

}  // namespace

std::string last_error() {
  std::string text = "no reason given";
  const auto innermost = [](unsigned depth, const H5E_error2_t* entry, void* out) -> herr_t {
    if (depth == 0 && entry->desc != nullptr) *static_cast<std::string*>(out) = entry->desc;
    return 0;
  };
  H5Ewalk2(H5E_DEFAULT, H5E_WALK_UPWARD, innermost, &text);
  return text;
}

void GroupReader::fail(const std::string& name, const std::string& what) const {
  throw Error(fmt::format("{}/{}: {}", place_, name, what));
}

void GroupReader::damaged(const std::string& name) const {
  const std::string reason = last_error();
  fail(name, fmt::format("cannot be read ({}): {}", reason, kRestore));
}

GroupReader GroupReader::group(const std::string& name) const {
  if (!has_link(name.c_str())) fail(name, "the group is missing");
  Handle handle(H5Gopen2(group_, name.c_str(), H5P_DEFAULT), H5Gclose);
  if (!handle.valid()) damaged(name);
  return {std::move(handle), fmt::format("{}/{}", place_, name)};
}

bool GroupReader::has_link(const char* name) const {
  const htri_t exists = H5Lexists(group_, name, H5P_DEFAULT);
  if (exists < 0) damaged(name);
  return exists > 0;
}

bool GroupReader::has_attribute(const char* name) const {
  const htri_t exists = H5Aexists(group_, name);
  if (exists < 0) damaged(name);
  return exists > 0;
}

Handle GroupReader::attribute(const char* name, H5T_class_t type, std::size_t count) const {
  if (!has_attribute(name)) fail(name, "the attribute is missing");
  Handle handle(H5Aopen(group_, name, H5P_DEFAULT), H5Aclose);
  if (!handle.valid()) damaged(name);
  const Handle found(H5Aget_type(handle), H5Tclose);
  const char* wanted = type == H5T_STRING ? "text" : type == H5T_FLOAT ? "reals" : "integers";
  if (H5Tget_class(found) != type) fail(name, fmt::format("holds {}: must be {}", type_name(found), wanted));
  const Handle space(H5Aget_space(handle), H5Sclose);
  const hssize_t values = H5Sget_simple_extent_npoints(space);
  if (values != static_cast<hssize_t>(count))
    fail(name, fmt::format("holds {} values: must hold {}", values, count));
  return handle;
}

std::string GroupReader::text(const char* name) const {
  const Handle handle = attribute(name, H5T_STRING, 1);
  const Handle type(H5Aget_type(handle), H5Tclose);
  if (H5Tis_variable_str(type) > 0) {  // as h5py writes it
    char* characters = nullptr;
    if (H5Aread(handle, type, &characters) < 0) damaged(name);
    std::string text(characters == nullptr ? "" : characters);
    H5free_memory(characters);
    return text;
  }
  std::string text(H5Tget_size(type), '\0');
  if (H5Aread(handle, type, text.data()) < 0) damaged(name);
  return text.substr(0, text.find('\0'));
}

double GroupReader::real(const char* name) const {
  const Handle handle = attribute(name, H5T_FLOAT, 1);
  double value = 0;
  if (H5Aread(handle, H5T_NATIVE_DOUBLE, &value) < 0) damaged(name);
  return value;
}

std::int64_t GroupReader::integer(const char* name) const {
  const Handle handle = attribute(name, H5T_INTEGER, 1);
  std::int64_t value = 0;
  if (H5Aread(handle, H5T_NATIVE_INT64, &value) < 0) damaged(name);
  return value;
}

std::uint32_t GroupReader::natural(const char* name) const {
  const std::int64_t value = integer(name);
  if (value < 0 || value > std::numeric_limits<std::uint32_t>::max())
    fail(name, fmt::format("holds {}: must lie in 0..2^32-1", value));
  return static_cast<std::uint32_t>(value);
}

std::vector<std::uint32_t> GroupReader::naturals(const char* name, std::size_t count) const {
  const Handle handle = attribute(name, H5T_INTEGER, count);
  std::vector<std::uint32_t> values(count);
  if (H5Aread(handle, H5T_NATIVE_UINT32, values.data()) < 0) damaged(name);
  return values;
}

Handle GroupReader::open(const char* name, hid_t type,
                         const std::vector<std::optional<std::uint64_t>>& dimensions) const {
  if (!has_link(name)) fail(name, "the dataset is missing");
  Handle handle(H5Dopen2(group_, name, H5P_DEFAULT), H5Dclose);
  if (!handle.valid()) damaged(name);
  const Handle found_type(H5Dget_type(handle), H5Tclose);
  if (!same_type(found_type, type))
    fail(name, fmt::format("holds {}: must be {}", type_name(found_type), type_name(type)));
  const std::vector<hsize_t> found = dimensions_of(Handle(H5Dget_space(handle), H5Sclose));
  bool equal = found.size() == dimensions.size();
  for (std::size_t i = 0; equal && i < found.size(); ++i)
    equal = found[i] == dimensions[i].value_or(found[i]);
  if (!equal)
    fail(name, fmt::format("has shape [{}]: must be {}", fmt::join(found, ", "), text_of(dimensions)));
  if (size(handle) > kMaxValues)
    fail(name, fmt::format("has {} values: at most {}", size(handle), kMaxValues));
  return handle;
}

std::size_t GroupReader::size(const Handle& dataset) {
  const Handle space(H5Dget_space(dataset), H5Sclose);
  return static_cast<std::size_t>(H5Sget_simple_extent_npoints(space));
}

void GroupReader::read(const Handle& dataset, const char* name, hid_t type, void* values) const {
  if (H5Dread(dataset, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, values) < 0) damaged(name);
}

FileReader::FileReader(const std::string& path) : path_(path) {
  std::string bytes = read_file(path);
  const Handle access(H5Pcreate(H5P_FILE_ACCESS), H5Pclose);
  H5Pset_fapl_core(access, std::size_t{1} << 20U, false);
  H5Pset_file_image(access, bytes.data(), bytes.size());
  file_ = Handle(H5Fopen("image", H5F_ACC_RDONLY, access), H5Fclose);
  if (file_.valid()) return;
  const std::string reason = last_error();
  throw Error(
      fmt::format("{}: cannot be opened as HDF5, {} bytes ({}): {}", path, bytes.size(), reason, kRestore));
}

GroupReader FileReader::root() const {
  Handle handle(H5Gopen2(file_, "/", H5P_DEFAULT), H5Gclose);
  if (!handle.valid())
    throw Error(fmt::format("{}: / cannot be read ({}): {}", path_, last_error(), kRestore));
  return {std::move(handle), path_ + ": "};
}

}  // namespace sumline::hdf5
