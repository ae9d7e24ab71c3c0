// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch.hpp>

#include "nn/network_config.hpp"
#include "nn/recipe.hpp"
#include "tests/support/expect_error.hpp"
#include "tests/support/temporary_folder.hpp"

namespace {

using sumline::test::error_of;
using sumline::test::TemporaryFolder;

const std::string kHead = R"(name = "tiny"
source = "test"
image = [1, 8, 8]
activations = "hwgq"
weights = "mid-rise"
weight_bits = 8
)";

std::string network_error(const std::string& layers) {
  const TemporaryFolder folder;
  const std::string path = folder.write("tiny.toml", kHead + layers);
  const std::string message = error_of([&] { sumline::load_network(path); });
  return message.rfind(path, 0) == 0 ? message.substr(path.size()) : message;
}

std::string recipe_error(const std::string& key, const std::string& value) {
  return error_of([&] { sumline::load_recipe("lenet5-digits", {{key, value}}); });
}

}  // namespace

TEST_CASE("the built-in networks have the shapes of the published ones") {
  const auto lenet = sumline::load_network("lenet5");
  const auto shapes = node_shapes(lenet);
  CHECK(shapes[0] == sumline::Shape{6, 28, 28});
  CHECK(shapes[3] == sumline::Shape{16, 5, 5});
  CHECK(lenet.classes() == 10);
  const auto vgg = sumline::load_network("vgg-tiny");
  CHECK(node_shapes(vgg)[14] == sumline::Shape{256, 4, 4});
  CHECK(vgg.classes() == 10);
}

TEST_CASE("bits go to the quantised layers in order") {
  const auto lenet = sumline::load_network("lenet5");
  const auto assigned = assign_bits(lenet, "12345");
  CHECK(assigned[0].activation_bits == 1);
  CHECK(assigned[2].activation_bits == 2);
  CHECK(assigned[7].activation_bits == 5);
  CHECK(assigned[7].weight_bits == 8);
}

TEST_CASE("a bit string of wrong length or digit is refused") {
  const auto lenet = sumline::load_network("lenet5");
  CHECK(error_of([&] { assign_bits(lenet, "5486"); }) ==
        "bits = \"5486\": 4 digits: lenet5 has 5 quantised layers, one digit 1..8 each");
  CHECK(error_of([&] { assign_bits(lenet, "54967"); }) ==
        "bits = \"54967\": digit 3 is '9': each of lenet5's layers takes 1..8");
}

TEST_CASE("layers that do not fit together are refused by name") {
  CHECK(network_error("[[layers]]\nkind = \"linear\"\nchannels = 3\n") ==
        "network tiny: layers.0: a linear layer needs a flatten layer before it");
  CHECK(network_error("[[layers]]\nkind = \"convolution\"\nchannels = 3\nkernel = 9\n") ==
        "network tiny: layers.0: kernel = 9: larger than its input of 8 cells (padding included)");
  CHECK(network_error("[[layers]]\nkind = \"flatten\"\n") ==
        "network tiny: the last layer must be linear (batch-norm and log-softmax may follow): it gives the "
        "logits");
}

TEST_CASE("a misspelt or unknown key of a network is an error with its place") {
  CHECK(network_error("[[layers]]\nkind = \"max-pool\"\nkernal = 2\n").find(":9:1: layers") !=
        std::string::npos);
  CHECK(network_error("[[layers]]\nkind = \"convolutoin\"\n").find("convolutoin") != std::string::npos);
}

TEST_CASE("convolutions in groups or with dilation are refused by name") {
  for (const std::string key : {"groups", "dilation"}) {
    const std::string message = network_error(
        "[[layers]]\nkind = \"convolution\"\nname = \"c\"\nchannels = 8\nkernel = 3\n" + key + " = 2\n");
    CHECK(message.find("layers[0]." + key + ": unknown key") != std::string::npos);
  }
}

TEST_CASE("unknown keys and wrong values of a recipe are errors") {
  CHECK(recipe_error("epoch", "3").find("epoch") != std::string::npos);
  CHECK(recipe_error("optimizer.momentum", "1.5").find("optimizer.momentum = 1.5") != std::string::npos);
  CHECK(recipe_error("data.kind", "mnist").find("data.path") != std::string::npos);
  CHECK(recipe_error("epochs", "3") == "no error");
}

TEST_CASE("bits can be set as a plain number") {
  CHECK(sumline::load_recipe("lenet5-digits", {{"bits", "88888"}}).bits == "88888");
}

TEST_CASE("the learning rate falls along a half cosine") {
  const auto recipe = sumline::load_recipe("lenet5-mnist");
  CHECK(learning_rate(recipe, 0) == Approx(0.03));
  CHECK(learning_rate(recipe, 5) == Approx((0.03 + 0.0003) / 2));
  CHECK(learning_rate(recipe, 10) == Approx(0.0003));
}
