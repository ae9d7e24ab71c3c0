// SPDX-License-Identifier: Apache-2.0
#include "traces/workload_file.hpp"

#include <hdf5.h>

#include <catch2/catch.hpp>

#include "tests/support/expect_error.hpp"
#include "tests/support/temporary_folder.hpp"
#include "tests/support/tiny_workload.hpp"
#include "traces/atomic_file.hpp"
#include "traces/workload_digest.hpp"

using namespace sumline;
using namespace sumline::test;
using Catch::Matchers::Contains;

namespace {

/// A tiny workload on disk, opened by the plain library so that a test can spoil it.
class SpoiledFile {
 public:
  SpoiledFile() : path_(folder_.file("w.h5")) {
    write_workload(tiny_workload(), path_);
    file_ = H5Fopen(path_.c_str(), H5F_ACC_RDWR, H5P_DEFAULT);
  }

  void remove(const char* link) { H5Ldelete(file_, link, H5P_DEFAULT); }
  void remove_attribute(const char* object, const char* name) {
    H5Adelete_by_name(file_, object, name, H5P_DEFAULT);
  }
  void put_dataset(const char* link, hid_t type, const std::vector<hsize_t>& dimensions) {
    const hid_t space = H5Screate_simple(static_cast<int>(dimensions.size()), dimensions.data(), nullptr);
    remove(link);
    H5Dclose(H5Dcreate2(file_, link, type, space, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT));
    H5Sclose(space);
  }
  void put_number(const char* object, const char* name, std::int64_t value) {
    put(object, name, H5T_NATIVE_INT64, &value);
  }
  void put_text(const char* object, const char* name, const char* text) {
    const hid_t type = H5Tcopy(H5T_C_S1);
    H5Tset_size(type, H5T_VARIABLE);
    put(object, name, type, &text);
    H5Tclose(type);
  }
  /// What reading it says, without the path in front.
  std::string message() {
    H5Fclose(file_);
    const std::string text = error_of([&] { read_workload(path_); });
    return text.rfind(path_, 0) == 0 ? text.substr(path_.size()) : text;
  }

 private:
  void put(const char* object, const char* name, hid_t type, const void* value) {
    remove_attribute(object, name);
    const hid_t space = H5Screate(H5S_SCALAR);
    const hid_t attribute =
        H5Acreate_by_name(file_, object, name, type, space, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);
    H5Awrite(attribute, type, value);
    H5Aclose(attribute);
    H5Sclose(space);
  }

  TemporaryFolder folder_;
  std::string path_;
  hid_t file_;
};

std::string message_after(void (*spoil)(SpoiledFile&)) {
  SpoiledFile file;
  spoil(file);
  return file.message();
}

}  // namespace

TEST_CASE("A workload read back equals the one written") {
  const TemporaryFolder folder;
  Workload workload = tiny_workload();
  workload.network = "";
  workload.layers[2].conversion = {1, 128};
  write_workload(workload, folder.file("w.h5"));
  const Workload read = read_workload(folder.file("w.h5"));
  CHECK(read == workload);
  CHECK(content_sha256(read) == content_sha256(workload));
  CHECK(folder.entries() == 1);
}

TEST_CASE("A residual workload with padding codes and ternary weights is read back") {
  const TemporaryFolder folder;
  Workload workload = residual_workload();
  Layer& convolution = workload.layers[0];
  convolution.exact = true;
  convolution.padding = 1;
  convolution.padding_codes = {124};
  convolution.weights = {Encoding::ternary, 2};
  convolution.weight_codes.assign(18, 2);
  convolution.out = {2, 4, 4};
  for (const std::size_t index : {std::size_t{1}, std::size_t{2}}) workload.layers[index].out = {2, 4, 4};
  workload.layers[1].padding = 1;
  workload.layers[2].in = {2, 4, 4};
  workload.layers[2].out = {2, 2, 2};
  workload.layers[3].in = {2, 2, 2};
  workload.layers[3].weight_codes.assign(24, 1);
  write_workload(workload, folder.file("w.h5"));
  CHECK(read_workload(folder.file("w.h5")) == workload);
}

TEST_CASE("A workload of several chunks is read back") {
  const TemporaryFolder folder;
  Workload workload = tiny_workload();
  workload.labels.assign(150'000, 1);
  workload.image_codes.resize(150'000 * workload.image.size());
  for (std::size_t i = 0; i < workload.image_codes.size(); ++i)
    workload.image_codes[i] = static_cast<std::uint8_t>(i * i >> 7U);
  write_workload(workload, folder.file("w.h5"));
  CHECK(read_workload(folder.file("w.h5")) == workload);
}

TEST_CASE("Equal workloads give equal files") {
  const TemporaryFolder folder;
  write_workload(tiny_workload(), folder.file("a.h5"));
  write_workload(tiny_workload(), folder.file("b.h5"));
  CHECK(read_file(folder.file("a.h5")) == read_file(folder.file("b.h5")));
}

TEST_CASE("Every flipped byte of a workload file is found") {
  const TemporaryFolder folder;
  const std::string path = folder.file("w.h5");
  write_workload(tiny_workload(), path);
  const std::string bytes = read_file(path);
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    std::string flipped = bytes;
    flipped[i] = static_cast<char>(flipped[i] ^ (1 << i % 8));
    folder.write("w.h5", flipped);
    INFO("byte " << i);
    CHECK_THAT(error_of([&] { read_workload(path); }), Catch::Matchers::StartsWith(path + ": "));
  }
}

TEST_CASE("Every truncated workload file is found") {
  const TemporaryFolder folder;
  const std::string path = folder.file("w.h5");
  write_workload(tiny_workload(), path);
  const std::string bytes = read_file(path);
  for (std::size_t size = 0; size < bytes.size(); size += 7) {
    folder.write("w.h5", bytes.substr(0, size));
    INFO("size " << size);
    CHECK_THAT(error_of([&] { read_workload(path); }),
               Contains("cannot be opened as HDF5, " + std::to_string(size) + " bytes (") &&
                   Contains("): the file is damaged, restore it or write it again"));
  }
}

TEST_CASE("A file that is no workload is refused") {
  const TemporaryFolder folder;
  CHECK_THAT(error_of([&] { read_workload(folder.write("a.h5", "text")); }),
             Contains("a.h5: cannot be opened as HDF5, 4 bytes (file signature not found"));
  CHECK_THAT(error_of([&] { read_workload(folder.file("b.h5")); }),
             Contains("b.h5: cannot be read (No such file"));
  CHECK(message_after([](SpoiledFile& f) { f.put_text("/", "format", "weather"); }) ==
        ": is HDF5 but not a workload (no attribute format = \"sumline workload\"): give a file written by "
        "`sumline "
        "lower`");
}

TEST_CASE("A workload of a newer format is refused") {
  CHECK(message_after([](SpoiledFile& f) { f.put_number("/", "format_version", 3); }) ==
        ": /format_version: holds 3: this Sumline reads up to 2, use a newer one");
  CHECK(message_after([](SpoiledFile& f) { f.put_number("/", "format_version", 0); }) ==
        ": /format_version: holds 0: this Sumline reads 2, write the file again with `sumline lower`");
}

TEST_CASE("A missing part of a workload file is named") {
  CHECK(message_after([](SpoiledFile& f) { f.remove("/images/labels"); }) ==
        ": /images/labels: the dataset is missing");
  CHECK(message_after([](SpoiledFile& f) { f.remove("/layers/0000/weight_codes"); }) ==
        ": /layers/0000/weight_codes: the dataset is missing");
  CHECK(message_after([](SpoiledFile& f) { f.remove("/layers/0001"); }) ==
        ": /layers/0001: the group is missing");
  CHECK(message_after([](SpoiledFile& f) { f.remove_attribute("/layers/0000", "kernel"); }) ==
        ": /layers/0000/kernel: the attribute is missing");
}

TEST_CASE("A dataset of wrong type or shape is named") {
  CHECK(message_after([](SpoiledFile& f) { f.put_dataset("/layers/0000/scale", H5T_NATIVE_FLOAT, {2}); }) ==
        ": /layers/0000/scale: holds 32-bit reals: must be 64-bit reals");
  CHECK(message_after([](SpoiledFile& f) { f.put_dataset("/images/labels", H5T_NATIVE_INT8, {2}); }) ==
        ": /images/labels: holds signed 8-bit integers: must be unsigned 8-bit integers");
  CHECK(message_after([](SpoiledFile& f) {
          f.put_dataset("/layers/0000/weight_codes", H5T_NATIVE_UINT8, {2, 9});
        }) == ": /layers/0000/weight_codes: has shape [2, 9]: must be [2, 1, 3, 3]");
  CHECK(message_after([](SpoiledFile& f) {
          f.put_dataset("/images/labels", H5T_NATIVE_UINT8, {2, 1});
        }) == ": /images/labels: has shape [2, 1]: must be [any]");
}

TEST_CASE("An attribute of wrong type or range is named") {
  CHECK(message_after([](SpoiledFile& f) { f.put_text("/layers/0000", "kernel", "three"); }) ==
        ": /layers/0000/kernel: holds text: must be integers");
  CHECK(message_after([](SpoiledFile& f) { f.put_number("/layers/0000", "in", 4); }) ==
        ": /layers/0000/in: holds 1 values: must hold 3");
  CHECK(message_after([](SpoiledFile& f) { f.put_number("/layers/0000", "stride", -1); }) ==
        ": /layers/0000/stride: holds -1: must lie in 0..2^32-1");
  CHECK(message_after([](SpoiledFile& f) { f.put_number("/layers/0000", "output_bits", 40); }) ==
        ": /layers/0000/output_bits: holds 40: codes have 1 to 8 bits");
  CHECK(message_after([](SpoiledFile& f) { f.put_text("/layers/0000", "kind", "conv"); }) ==
        ": /layers/0000/kind: holds \"conv\": must be one of convolution, linear, max_pool, average_pool");
}

TEST_CASE("A workload edited after it was written is refused") {
  CHECK_THAT(message_after([](SpoiledFile& f) { f.put_number("/layers/0000", "stride", 2); }),
             Catch::Matchers::StartsWith(": /content_sha256: holds ") &&
                 Contains("the file was changed after it was written, write it again"));
}

TEST_CASE("An invalid workload is not written") {
  const TemporaryFolder folder;
  Workload workload = tiny_workload();
  workload.labels[0] = 9;
  CHECK_THAT(error_of([&] { write_workload(workload, folder.file("w.h5")); }), Contains("labels = 9"));
  CHECK(folder.entries() == 0);
}

TEST_CASE("A workload on a full disk is one clear error") {
  CHECK_THAT(
      error_of([] { write_workload(tiny_workload(), "/dev/full"); }),
      Catch::Matchers::StartsWith("/dev/full: cannot be written (No space left on device): free some space"));
}
