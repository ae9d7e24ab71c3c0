// SPDX-License-Identifier: Apache-2.0
#include "traces/hdf5_writer.hpp"

#include <algorithm>
#include <functional>
#include <new>
#include <numeric>

#include "energy/error.hpp"

namespace sumline::hdf5 {
namespace {

constexpr hsize_t kChunkBytes = hsize_t{1} << 20U;

/// Writing to memory fails only through a mistake of ours.
Handle owned(hid_t id, Handle::Close close) {
  SUMLINE_ASSERT(id >= 0, "HDF5: " + last_error());
  return {id, close};
}

void done(herr_t status) {
  SUMLINE_ASSERT(status >= 0, "HDF5: " + last_error());
}

Handle space(const Dimensions& dimensions) {
  if (dimensions.empty()) return owned(H5Screate(H5S_SCALAR), H5Sclose);
  return owned(H5Screate_simple(static_cast<int>(dimensions.size()), dimensions.data(), nullptr), H5Sclose);
}

/// Whole rows of the first dimension, about 1 MiB.
Dimensions chunk(Dimensions dimensions, std::size_t number_bytes) {
  const hsize_t row =
      std::accumulate(dimensions.begin() + 1, dimensions.end(), hsize_t{number_bytes}, std::multiplies<>{});
  dimensions.front() = std::clamp<hsize_t>(kChunkBytes / row, 1, dimensions.front());
  return dimensions;
}

/// Lets the library keep the file in `image`, where the bytes stay when it closes the file.
/// (H5Fget_file_image would hand them out before the last write of the superblock, whose checksum is then
/// wrong.)
H5FD_file_image_callbacks_t image_callbacks(std::string& image) {
  H5FD_file_image_callbacks_t callbacks{};
  callbacks.image_realloc = [](void*, std::size_t size, H5FD_file_image_op_t, void* data) -> void* {
    try {
      auto& bytes = *static_cast<std::string*>(data);
      bytes.resize(size);
      return bytes.data();
    } catch (const std::bad_alloc&) {
      return nullptr;
    }
  };
  callbacks.image_free = [](void*, H5FD_file_image_op_t, void*) -> herr_t { return 0; };
  callbacks.udata_copy = [](void* data) { return data; };
  callbacks.udata_free = [](void*) -> herr_t { return 0; };
  callbacks.udata = &image;
  return callbacks;
}

}  // namespace

GroupWriter GroupWriter::group(const std::string& name) const {
  const Handle properties = owned(H5Pcreate(H5P_GROUP_CREATE), H5Pclose);
  done(H5Pset_obj_track_times(properties, false));
  // Everything stays in the group's header, whose checksum covers it; a separate heap would leave unused
  // bytes.
  done(H5Pset_attr_phase_change(properties, 255, 0));
  done(H5Pset_link_phase_change(properties, 65535, 0));
  return GroupWriter(owned(H5Gcreate2(group_, name.c_str(), H5P_DEFAULT, properties, H5P_DEFAULT), H5Gclose));
}

void GroupWriter::attribute(const char* name, std::string_view text) const {
  const Handle type = owned(H5Tcopy(H5T_C_S1), H5Tclose);
  done(H5Tset_size(type, std::max<std::size_t>(1, text.size())));
  done(H5Tset_cset(type, H5T_CSET_UTF8));
  done(H5Tset_strpad(type, H5T_STR_NULLPAD));
  const std::string padded(text.empty() ? std::string(1, '\0') : std::string(text));
  attribute(name, {}, type, type, padded.data());
}

void GroupWriter::attribute(const char* name, const Dimensions& dimensions, hid_t file, hid_t memory,
                            const void* values) const {
  const Handle attribute =
      owned(H5Acreate2(group_, name, file, space(dimensions), H5P_DEFAULT, H5P_DEFAULT), H5Aclose);
  done(H5Awrite(attribute, memory, values));
}

void GroupWriter::dataset(const char* name, const Dimensions& dimensions, hid_t file, hid_t memory,
                          const void* values, std::size_t count) const {
  const hsize_t expected =
      std::accumulate(dimensions.begin(), dimensions.end(), hsize_t{1}, std::multiplies<>{});
  SUMLINE_ASSERT(count == expected && count > 0, std::string("dataset ") + name + " does not fill its shape");
  const Handle properties = owned(H5Pcreate(H5P_DATASET_CREATE), H5Pclose);
  const Dimensions chunks = chunk(dimensions, H5Tget_size(file));
  done(H5Pset_chunk(properties, static_cast<int>(chunks.size()), chunks.data()));
  done(H5Pset_obj_track_times(properties, false));
  done(H5Pset_deflate(properties, 4));
  done(H5Pset_fletcher32(properties));
  const Handle dataset = owned(
      H5Dcreate2(group_, name, file, space(dimensions), H5P_DEFAULT, properties, H5P_DEFAULT), H5Dclose);
  done(H5Dwrite(dataset, memory, H5S_ALL, H5S_ALL, H5P_DEFAULT, values));
}

FileWriter::FileWriter() : image_(std::make_unique<std::string>()) {
  const Handle access = owned(H5Pcreate(H5P_FILE_ACCESS), H5Pclose);
  done(H5Pset_fapl_core(access, 1, false));
  H5FD_file_image_callbacks_t callbacks = image_callbacks(*image_);
  done(H5Pset_file_image_callbacks(access, &callbacks));
  done(H5Pset_fclose_degree(access, H5F_CLOSE_SEMI));
  // Since 1.10 every piece of metadata, chunk indices included, carries a checksum.
  done(H5Pset_libver_bounds(access, H5F_LIBVER_V110, H5F_LIBVER_V110));
  done(H5Pset_meta_block_size(access, 0));
  done(H5Pset_small_data_block_size(access, 0));
  const Handle creation = owned(H5Pcreate(H5P_FILE_CREATE), H5Pclose);
  done(H5Pset_obj_track_times(creation, false));
  done(H5Pset_link_phase_change(creation, 65535, 0));
  done(H5Pset_attr_phase_change(creation, 255, 0));
  file_ = owned(H5Fcreate("memory", H5F_ACC_TRUNC, creation, access), H5Fclose);
}

GroupWriter FileWriter::root() const {
  return GroupWriter(owned(H5Gopen2(file_, "/", H5P_DEFAULT), H5Gclose));
}

std::string FileWriter::bytes() {
  hsize_t size = 0;
  done(H5Fflush(file_, H5F_SCOPE_GLOBAL));
  done(H5Fget_filesize(file_, &size));
  done(H5Fclose(file_.release()));
  image_->resize(size);
  return std::move(*image_);
}

}  // namespace sumline::hdf5
