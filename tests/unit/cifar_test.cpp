// SPDX-License-Identifier: Apache-2.0
#include "nn/data/cifar.hpp"

#include <catch2/catch.hpp>

#include "tests/support/expect_error.hpp"
#include "tests/support/temporary_folder.hpp"

using namespace sumline;
using namespace sumline::test;

namespace {

std::string record(const std::string& labels, char pixel) {
  return labels + std::string(3071, pixel) + '!';
}

}  // namespace

TEST_CASE("CIFAR-10 batches are read in order") {
  const TemporaryFolder folder;
  const Images images = read_cifar(
      CifarKind::cifar10, {folder.write("1", record("\x09", 'a') + record(std::string(1, '\0'), 'b')),
                           folder.write("2", record("\x03", 'c'))});
  CHECK(images.channels == 3);
  CHECK(images.height == 32);
  CHECK(images.width == 32);
  CHECK(images.classes == 10);
  CHECK(images.labels == std::vector<std::uint8_t>{9, 0, 3});
  REQUIRE(images.pixels.size() == 3 * 3072);
  CHECK(images.pixels[3071] == '!');
  CHECK(images.pixels[3072] == 'b');
  CHECK(images.pixels[6144] == 'c');
}

TEST_CASE("CIFAR-100 has coarse and fine labels") {
  const TemporaryFolder folder;
  const std::string path = folder.write("train.bin", record("\x13\x63", 'a'));
  const Images coarse = read_cifar(CifarKind::cifar100_coarse, {path});
  const Images fine = read_cifar(CifarKind::cifar100_fine, {path});
  CHECK(coarse.classes == 20);
  CHECK(coarse.labels == std::vector<std::uint8_t>{19});
  CHECK(fine.classes == 100);
  CHECK(fine.labels == std::vector<std::uint8_t>{99});
  CHECK(fine.pixels == coarse.pixels);
}

TEST_CASE("CIFAR folders are read by their files' names") {
  const TemporaryFolder folder;
  for (const char* name : {"data_batch_1.bin", "data_batch_2.bin", "data_batch_3.bin", "data_batch_5.bin"})
    folder.write(name, record("\x01", 'a'));
  CHECK(error_of([&] { read_cifar_folder(CifarKind::cifar10, folder.path()); }) ==
        folder.path().string() +
            ": holds none of data_batch_4.bin (plain or .gz): docs/data.md tells where to get the data set");
  folder.write("data_batch_4.bin", record("\x04", 'a'));
  folder.write("test_batch.bin", record("\x05", 'a'));
  const Dataset dataset = read_cifar_folder(CifarKind::cifar10, folder.path());
  CHECK(dataset.train.labels == std::vector<std::uint8_t>{1, 1, 1, 4, 1});
  CHECK(dataset.test.labels == std::vector<std::uint8_t>{5});

  folder.write("train.bin", record("\x01\x02", 'a'));
  folder.write("test.bin", record("\x03\x04", 'a'));
  CHECK(read_cifar_folder(CifarKind::cifar100_fine, folder.path()).test.labels ==
        std::vector<std::uint8_t>{4});
}

TEST_CASE("A CIFAR file with an incomplete record is named") {
  const TemporaryFolder folder;
  const std::string path = folder.write("b", record("\x01", 'a') + record("\x01", 'a').substr(1));
  CHECK(error_of([&] { read_cifar(CifarKind::cifar10, {path}); }) ==
        path +
            ": byte 3073: the last record is incomplete, 6145 bytes in all: must be a positive multiple of "
            "3073 "
            "(truncated, or the other CIFAR?)");
  const std::string empty = folder.write("empty", "");
  CHECK(error_of([&] { read_cifar(CifarKind::cifar100_fine, {empty}); }) ==
        empty +
            ": byte 0: the last record is incomplete, 0 bytes in all: must be a positive multiple of 3074 "
            "(truncated, or the other CIFAR?)");
}

TEST_CASE("A CIFAR label too large is named") {
  const TemporaryFolder folder;
  const std::string ten = folder.write("10", record("\x01", 'a') + record("\x0a", 'a'));
  CHECK(error_of([&] { read_cifar(CifarKind::cifar10, {ten}); }) ==
        ten + ": byte 3073: label 10: labels lie in 0..9, is it the other CIFAR?");
  const std::string hundred = folder.write("100", record("\x01\x64", 'a'));
  CHECK(error_of([&] { read_cifar(CifarKind::cifar100_coarse, {hundred}); }) ==
        hundred + ": byte 1: label 100: labels lie in 0..99, is it the other CIFAR?");
}
