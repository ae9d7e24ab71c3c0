// SPDX-License-Identifier: Apache-2.0
#include "nn/data/image_folder.hpp"

#include <stb/stb_image_write.h>

#include <catch2/catch.hpp>

#include "tests/support/expect_error.hpp"
#include "tests/support/temporary_folder.hpp"

using namespace sumline;
using sumline::test::error_of;
using sumline::test::TemporaryFolder;

namespace {

/// A picture whose left half has the one colour and whose right half has the other.
void write_picture(const std::filesystem::path& path, int width, int height, std::uint8_t left,
                   std::uint8_t right) {
  std::filesystem::create_directories(path.parent_path());
  std::vector<std::uint8_t> pixels;
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width; ++x) {
      const std::uint8_t value = x < width / 2 ? left : right;
      pixels.insert(pixels.end(), {value, static_cast<std::uint8_t>(value / 2), 0});
    }
  }
  if (path.extension() == ".png") {
    stbi_write_png(path.c_str(), width, height, 3, pixels.data(), 0);
  } else {
    stbi_write_jpg(path.c_str(), width, height, 3, pixels.data(), 100);
  }
}

/// Two classes; the folders are made in reverse order of their names.
void write_set(const TemporaryFolder& folder) {
  write_picture(folder.path() / "train/zebra/1.png", 16, 8, 200, 100);
  write_picture(folder.path() / "train/ant/1.jpg", 8, 8, 40, 40);
  write_picture(folder.path() / "test/zebra/1.png", 16, 8, 200, 100);
  write_picture(folder.path() / "test/ant/1.png", 4, 4, 10, 20);
}

}  // namespace

TEST_CASE("an image folder is read in the order of the class names") {
  const TemporaryFolder folder;
  write_set(folder);
  const Dataset set = read_image_folder(folder.path(), 8, 8);
  CHECK(set.train.labels == std::vector<std::uint8_t>{0, 1});
  CHECK(set.train.classes == 2);
  CHECK(set.train.image_size() == 3 * 8 * 8);
  CHECK(std::abs(set.train.pixels[0] - 40) <= 2);  // JPEG is not exact
  // The middle 8 columns of the 16: four of each half. The first plane is red, the second half of it.
  const std::uint8_t* zebra = set.train.pixels.data() + set.train.image_size();
  CHECK(zebra[3] == 200);
  CHECK(zebra[4] == 100);
  CHECK(zebra[64 + 3] == 100);
  CHECK(zebra[2 * 64] == 0);
}

TEST_CASE("test images are squeezed, training images scaled and cut") {
  const TemporaryFolder folder;
  write_set(folder);
  const Dataset set = read_image_folder(folder.path(), 6, 4);
  CHECK(set.train.height == 6);
  CHECK(set.test.height == 4);
  const std::uint8_t* zebra = set.test.pixels.data() + set.test.image_size();
  // The filter reaches over the border between the halves.
  CHECK(std::abs(zebra[0] - 200) <= 8);
  CHECK(std::abs(zebra[3] - 100) <= 8);
}

TEST_CASE("unfit image folders are refused by name") {
  const TemporaryFolder folder;
  const std::string root = folder.path().string();
  CHECK(error_of([&] { read_image_folder(folder.path(), 8, 8); }).find(root + "/train: cannot be listed") ==
        0);
  write_set(folder);
  folder.write("train/ant/broken.png", "not a picture");
  CHECK(error_of([&] {
          read_image_folder(folder.path(), 8, 8);
        }).find(root + "/train/ant/broken.png: not a readable PNG or JPEG image") == 0);
  std::filesystem::remove(folder.path() / "train/ant/broken.png");
  write_picture(folder.path() / "test/cat/1.png", 4, 4, 1, 2);
  CHECK(error_of([&] { read_image_folder(folder.path(), 8, 8); }) ==
        root + ": train and test have different class folders: must be the same");
  std::filesystem::remove_all(folder.path() / "test/cat");
  std::filesystem::remove(folder.path() / "test/ant/1.png");
  std::filesystem::remove(folder.path() / "test/zebra/1.png");
  CHECK(error_of([&] { read_image_folder(folder.path(), 8, 8); }) ==
        root + "/test: no .png, .jpg or .jpeg file in its class folders");
}
