// SPDX-License-Identifier: Apache-2.0
#include "nn/data/idx.hpp"

#include <zlib.h>

#include <catch2/catch.hpp>

#include "tests/support/expect_error.hpp"
#include "tests/support/temporary_folder.hpp"

using namespace sumline;
using namespace sumline::test;
using Catch::Matchers::Contains;

namespace {

std::string big_endian(std::uint32_t value) {
  std::string bytes;
  for (const unsigned shift : {24U, 16U, 8U, 0U}) bytes += static_cast<char>(value >> shift & 0xffU);
  return bytes;
}

/// Three images of 2x2.
std::string images() {
  return big_endian(0x803) + big_endian(3) + big_endian(2) + big_endian(2) + "abcdefghijkl";
}

std::string labels() {
  return big_endian(0x801) + big_endian(3) + std::string("\0\x09\x04", 3);
}

std::string gzip(const TemporaryFolder& folder, const std::string& name, const std::string& bytes) {
  const gzFile file = gzopen(folder.file(name).c_str(), "wb");
  gzwrite(file, bytes.data(), static_cast<unsigned>(bytes.size()));
  gzclose(file);
  return folder.file(name);
}

/// What reading the two files says; "I" and "L" stand for their paths.
std::string message(const std::string& image_bytes, const std::string& label_bytes) {
  const TemporaryFolder folder;
  const std::string i = folder.write("I", image_bytes);
  const std::string l = folder.write("L", label_bytes);
  std::string text = error_of([&] { read_idx(i, l); });
  const std::string prefix = folder.path().string() + "/";
  for (std::size_t at = 0; (at = text.find(prefix, at)) != std::string::npos;) text.erase(at, prefix.size());
  return text;
}

}  // namespace

TEST_CASE("IDX files are read plain and packed") {
  const TemporaryFolder folder;
  const Images expected{1, 2, 2, 10, {'a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j', 'k', 'l'}, {0, 9, 4}};
  CHECK(read_idx(folder.write("I", images()), folder.write("L", labels())) == expected);
  CHECK(read_idx(gzip(folder, "I.gz", images()), gzip(folder, "L.gz", labels())) == expected);
}

TEST_CASE("An MNIST folder is read under either spelling, plain or packed") {
  const TemporaryFolder folder;
  folder.write("train-images-idx3-ubyte", images());
  gzip(folder, "train-labels.idx1-ubyte.gz", labels());
  gzip(folder, "t10k-images-idx3-ubyte.gz", images());
  CHECK(error_of([&] { read_mnist(folder.path()); }) ==
        folder.path().string() +
            ": holds none of t10k-labels-idx1-ubyte, t10k-labels.idx1-ubyte (plain or .gz): "
            "docs/data.md tells where to get the data set");
  folder.write("t10k-labels.idx1-ubyte", labels());
  const Dataset dataset = read_mnist(folder.path());
  CHECK(dataset.train.count() == 3);
  CHECK(dataset.test == dataset.train);
}

TEST_CASE("An IDX file with a wrong header is named") {
  CHECK(message("", labels()) ==
        "I: byte 0: the file ends: an IDX header of images has 16 bytes, fetch it again");
  CHECK(message(labels() + "12345", labels()) ==
        "I: byte 0: magic 0x00000801: a file of images starts with 0x00000803, is it another file?");
  CHECK(message(images(), images()) ==
        "L: byte 0: magic 0x00000803: a file of labels starts with 0x00000801, is it another file?");
  CHECK(message(big_endian(0x803) + big_endian(3) + big_endian(0) + big_endian(2), labels()) ==
        "I: byte 8: extent 0: every extent must be at least 1");
  CHECK(message(big_endian(0x803) + big_endian(0xffffffff) + big_endian(0xffffffff) + big_endian(0xffffffff),
                labels()) ==
        "I: byte 4: extents [4294967295, 4294967295, 4294967295]: at most 2147483648 values");
}

TEST_CASE("A truncated or oversized IDX file is named") {
  CHECK(message(images().substr(0, 27), labels()) ==
        "I: byte 27: the file ends: images [3, 2, 2] need 28 bytes, fetch it again");
  CHECK(message(images() + "xy", labels()) ==
        "I: byte 28: 2 trailing bytes: images [3, 2, 2] need exactly 28 bytes");
  CHECK(message(images(), labels() + "x") ==
        "L: byte 11: 1 trailing bytes: labels [3] need exactly 11 bytes");
}

TEST_CASE("Wrong labels are named") {
  std::string wrong = labels();
  wrong[9] = 10;
  CHECK(message(images(), wrong) == "L: byte 9: label 10: labels lie in 0..9");
  CHECK(message(images(), big_endian(0x801) + big_endian(2) + std::string("\1\2", 2)) ==
        "L: 2 labels, but I holds 3 images: the two belong together and must be equal");
}

TEST_CASE("A damaged gzip file is named") {
  const TemporaryFolder folder;
  std::string noise = images();
  for (unsigned i = 0; i < 4000; ++i) noise += static_cast<char>(i * i * 2654435761U >> 24U);
  const std::string path = gzip(folder, "I.gz", noise);
  std::string packed(std::filesystem::file_size(path), '\0');
  std::ifstream(path, std::ios::binary).read(packed.data(), static_cast<std::streamsize>(packed.size()));

  folder.write("I.gz", packed.substr(0, packed.size() / 2));
  CHECK_THAT(error_of([&] { read_idx(path, path); }),
             Contains("I.gz: byte ") && Contains("cannot be unpacked (") &&
                 Contains("): the file is truncated or damaged, fetch it again"));
  packed[packed.size() - 6] = static_cast<char>(packed[packed.size() - 6] ^ 1);
  folder.write("I.gz", packed);
  CHECK_THAT(error_of([&] { read_idx(path, path); }),
             Contains("I.gz: byte ") && Contains("cannot be unpacked (incorrect data check): "));
}

TEST_CASE("A data file that does not exist is named") {
  const TemporaryFolder folder;
  CHECK(error_of([&] { read_idx(folder.file("I"), folder.file("L")); }) ==
        folder.file("I") + ": cannot be opened (No such file or directory): check the path");
  CHECK(error_of([&] { read_idx(folder.path(), folder.path()); }) ==
        folder.path().string() + ": is a folder: give the path of a file");
}
