// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch.hpp>

#include "nn/network_config.hpp"
#include "nn/recipe.hpp"
#include "nn/run_directory.hpp"
#include "tests/support/expect_error.hpp"
#include "tests/support/temporary_folder.hpp"
#include "traces/atomic_file.hpp"

namespace {

using sumline::NetworkConfig;
using sumline::Resolution;
using sumline::Shape;
using sumline::Slope;
using sumline::TomlOverride;
using sumline::test::error_of;
using sumline::test::TemporaryFolder;

/// One conversion per output and tile.
std::uint64_t conversions(const std::string& preset, const std::vector<TomlOverride>& overrides = {}) {
  const NetworkConfig network = sumline::load_network(preset, overrides);
  const auto shapes = node_shapes(network);
  const auto quantizers = assign_bits(network, "1/1/1");
  std::uint64_t count = 0;
  for (std::size_t i = 0; i < shapes.size(); ++i) {
    const auto& node = network.layers[i];
    if (quantizers[i].converter.resolution == Resolution::full) continue;
    const Shape& in = node.input < 0 ? network.image : shapes[static_cast<std::size_t>(node.input)];
    const std::size_t inputs = node.kind == sumline::NodeKind::linear ? in.size() : in.channels;
    const std::size_t tiles =
        (inputs + quantizers[i].channels_per_tile - 1) / quantizers[i].channels_per_tile;
    count += tiles * shapes[i].size();
  }
  return count;
}

std::string bits_error(const std::string& bits) {
  const NetworkConfig network = sumline::load_network("mlp-mnist");
  return error_of([&] { assign_bits(network, bits); });
}

std::string recipe_error(const std::vector<TomlOverride>& overrides) {
  return error_of([&] { sumline::load_recipe("mlp-mnist", overrides); });
}

}  // namespace

TEST_CASE("The networks need the published numbers of conversions per image") {
  CHECK(conversions("mlp-mnist") == 7720);
  CHECK(conversions("mlp-mnist-b") == 4136);
  CHECK(conversions("res20") == 8253440);
  CHECK(conversions("res18") == 7311360);
  CHECK(conversions("vgg9") == 36413440);
}

TEST_CASE("Inflation widens a network") {
  CHECK(node_shapes(sumline::load_network("res20", {{"inflate", "2"}}))[0] == Shape{32, 32, 32});
  CHECK(node_shapes(sumline::load_network("res20"))[0] == Shape{80, 32, 32});
}

TEST_CASE("Physical tiles hold as many whole channels as the array has rows") {
  NetworkConfig network = sumline::load_network("res20", {{"converter.tile_rows", "physical"}});
  network.layers[3].kernel = 5;
  CHECK(assign_bits(network, "1/1/1")[3].channels_per_tile == 5);
  network.layers[3].kernel = 1;
  CHECK(assign_bits(network, "1/1/1")[3].channels_per_tile == 128);
}

TEST_CASE("Bits, slope and sigma reach the converters of quantised layers only") {
  const NetworkConfig network = sumline::load_network("mlp-mnist-b");
  const auto assigned = assign_bits(network, "1.5/2/3", {Slope::impulse, sumline::kPublishedSigmas});
  std::vector<sumline::LayerQuantizers> linear;
  for (std::size_t i = 0; i < assigned.size(); ++i) {
    if (network.layers[i].quantized()) linear.push_back(assigned[i]);
  }
  REQUIRE(linear.size() == 4);
  CHECK(linear[0].converter.resolution == Resolution::full);
  CHECK(linear[1].activation_resolution == Resolution::ternary);
  CHECK(linear[1].weight_resolution == Resolution::two_bit);
  CHECK(linear[1].converter.resolution == Resolution::three_bit);
  CHECK(linear[1].converter.sigma == 4);
  CHECK(linear[1].converter.full_scale == 128);
}

TEST_CASE("Bits that no converter has are refused") {
  CHECK(bits_error("1/1/1.5") == "bits = \"1/1/1.5\": converter = 1.5: must be 1, 2, 3, 4 or float");
  CHECK(bits_error("1/1/9") == "bits = \"1/1/9\": converter = 9: must be 1, 2, 3, 4 or float");
  CHECK(bits_error("2.5/1/1") == "bits = \"2.5/1/1\": activations = 2.5: must be 1, 1.5, 2, 3, 4 or float");
  CHECK(bits_error("111") ==
        "bits = \"111\": must be \"activations/weights/converter\", e.g. \"1/1/4\", or \"float\"");
}

TEST_CASE("An array with fewer rows than one channel's kernel is refused") {
  const NetworkConfig network = sumline::load_network("res20", {{"converter.rows", "8"}});
  CHECK(error_of([&] { assign_bits(network, "1/1/1"); }) ==
        "network res20: layer1.0.conv1: one channel's kernel takes 9 rows, converter.rows = 8: the array "
        "needs as many");
}

TEST_CASE("Sigmas come from a named set or as four numbers") {
  CHECK(sumline::load_recipe("mlp-mnist").converter.sigmas == sumline::kPublishedSigmas);
  CHECK(sumline::load_recipe("mlp-mnist", {{"converter.sigma_set", "released"}}).converter.sigmas ==
        sumline::kReleasedSigmas);
  CHECK(recipe_error({{"converter.sigmas", "[1, 2, 3, 4]"}}).find("give either sigmas") != std::string::npos);
  CHECK(recipe_error({{"converter.sigma_set", "mine"}}).find("converter.sigma_set = \"mine\"") !=
        std::string::npos);
}

TEST_CASE("A run cannot be resumed with another sigma or other converter bits") {
  const TemporaryFolder folder;
  const sumline::RunDirectory directory(folder.path() / "run");
  const NetworkConfig network = sumline::load_network("mlp-mnist");
  directory.create(sumline::load_recipe("mlp-mnist"), network);
  sumline::write_file(directory.training(), "saved");
  CHECK(error_of([&] { directory.reopen(sumline::load_recipe("mlp-mnist"), network); }) == "no error");
  const auto error_with = [&](const TomlOverride& change) {
    return error_of([&] { directory.reopen(sumline::load_recipe("mlp-mnist", {change}), network); });
  };
  CHECK(error_with({"converter.sigma_set", "released"})
            .ends_with(": the run has sigma_set = 'published', the recipe sigma_set = 'released': resume "
                       "with the recipe and "
                       "--set of the run"));
  CHECK(error_with({"bits", "1/1/2"})
            .ends_with(": the run has bits = '1/1/1', the recipe bits = '1/1/2': resume with the recipe and "
                       "--set of the run"));
}

TEST_CASE("The steps of a schedule hold until the next one") {
  const auto recipe = sumline::load_recipe("res20-cifar10");
  CHECK(learning_rate(recipe, 0) == 5e-3);
  CHECK(learning_rate(recipe, 100) == 5e-3);
  CHECK(learning_rate(recipe, 101) == 1e-3);
  CHECK(learning_rate(recipe, 300) == 1e-5);
  CHECK(recipe.optimizer.rebuild_every_epoch);
}
