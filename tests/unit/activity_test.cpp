// SPDX-License-Identifier: Apache-2.0
#include "traces/activity.hpp"

#include <catch2/catch.hpp>

#include "tests/support/temporary_folder.hpp"
#include "traces/hdf5_reader.hpp"

using namespace sumline;

TEST_CASE("An activity file holds densities and histograms per layer") {
  const test::TemporaryFolder folder;
  LayerActivity layer{"layers.0", 10, 5, {25, 50}, {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12}, 2};
  write_activity({layer, layer}, folder.file("a.h5"));

  const hdf5::FileReader file(folder.file("a.h5"));
  const hdf5::GroupReader group = file.root().group("layers").group("0001");
  CHECK(group.text("name") == "layers.0");
  CHECK(group.integer("vectors") == 10);
  CHECK(group.dataset<double>("density", {2}) == std::vector<double>{0.5, 1.0});
  CHECK(group.dataset<std::uint64_t>("ones", {2}) == layer.ones);
  CHECK(group.dataset<std::uint64_t>("partial_sums", {2, 2, 3}) == layer.partial_sums);
}
