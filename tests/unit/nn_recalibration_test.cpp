// SPDX-License-Identifier: Apache-2.0
#include "nn/recalibration.hpp"

#include <ATen/ATen.h>

#include <numeric>
#include <random>

#include "nn/checkpoint.hpp"
#include "tests/support/expect_error.hpp"
#include "tests/support/torch_catch.hpp"

namespace {

using namespace sumline;
using sumline::test::error_of;

Images random_pictures(std::size_t count) {
  std::mt19937 random(4);
  Images images{.channels = 3, .height = 16, .width = 16, .classes = 10, .pixels = {}, .labels = {}};
  images.labels.assign(count, 0);
  for (std::size_t pixel = 0; pixel < count * images.image_size(); ++pixel) {
    images.pixels.push_back(static_cast<std::uint8_t>(random() % 256));
  }
  return images;
}

PixelTable unit_pixels() {
  std::array<float, 256> values;
  for (std::size_t byte = 0; byte < values.size(); ++byte) values[byte] = static_cast<float>(byte) / 255;
  return PixelTable(3, values);
}

NetworkConfig small_resnet() {
  return load_network("resnet18", {{"inflate", "4"}, {"image", "[3, 16, 16]"}});
}

at::Tensor parameter(const Network& network, const std::string& name) {
  for (const NamedTensor& named : state_of(network)) {
    if (named.name == name) return named.tensor;
  }
  throw std::logic_error(name);
}

TEST_CASE("recalibrated batch norms hold the statistics of all batches") {
  const at::NoGradGuard no_grad;
  const Images images = random_pictures(40);  // batches of 32 and 8
  Network network(small_resnet(), "8");
  initialize(network, 3);
  network.set_arithmetic({.mode = ArithmeticMode::simulation, .operand = 4});
  at::Tensor mean = at::zeros({4});
  at::Tensor variance = at::zeros({4});
  recalibrate(network, images, 40, unit_pixels());
  CHECK_FALSE(network.is_training());
  for (const auto& [begin, end] : {std::pair{0U, 32U}, {32U, 40U}}) {
    const double share = (end - begin) / 40.0;
    std::vector<std::uint32_t> indices;
    for (std::uint32_t image = begin; image < end; ++image) indices.push_back(image);
    const Batch batch =
        make_batch(images, indices, unit_pixels(), {3, 16, 16}, [](std::uint32_t) { return Placement{}; });
    network.forward(batch.images, [&](std::size_t node, const at::Tensor& map) {
      if (node != 0) return;  // the first batch norm reads it
      const at::Tensor values = map.transpose(0, 1).flatten(1);
      mean += values.mean(1) * share;
      variance += values.var(1) * share;
    });
  }
  CHECK(at::allclose(parameter(network, "bn1.running_mean"), mean, 1e-4, 1e-6));
  CHECK(at::allclose(parameter(network, "bn1.running_var"), variance, 1e-4, 1e-6));
}

TEST_CASE("recalibration takes the shrinkage of approximate products off") {
  const at::NoGradGuard no_grad;
  const Images images = random_pictures(64);
  Network network(small_resnet(), "8");
  initialize(network, 3);
  std::vector<std::uint32_t> indices(32);
  std::iota(indices.begin(), indices.end(), 32U);  // not those that the statistics are taken from
  const at::Tensor batch = make_batch(images, indices, unit_pixels(), {3, 16, 16}, [](std::uint32_t) {
                             return Placement{};
                           }).images;
  const auto deviation = [&](const Arithmetic& arithmetic) {
    network.set_arithmetic(arithmetic);
    double sum = 0;
    std::size_t norms = 0;
    network.forward(batch, [&](std::size_t node, const at::Tensor& map) {
      if (network.config().layers[node].kind != NodeKind::batch_norm) return;
      sum += map.transpose(0, 1).flatten(1).std(1).mean().item<double>();
      ++norms;
    });
    return sum / static_cast<double>(norms);
  };
  const Arithmetic exact{.mode = ArithmeticMode::inference};
  const Arithmetic approximate{.mode = ArithmeticMode::simulation, .operand = 2};
  network.set_arithmetic(exact);
  recalibrate(network, images, 32, unit_pixels());
  const double wanted = deviation(exact);
  const double before = std::abs(deviation(approximate) - wanted);
  recalibrate(network, images, 32, unit_pixels());
  const double after = std::abs(deviation(approximate) - wanted);
  INFO("mean deviation behind batch norms: exact " << wanted << ", approximate differs by " << before
                                                   << ", recalibrated by " << after);
  CHECK(after < before / 2);
}

TEST_CASE("recalibration refuses what it cannot measure") {
  const Images images = random_pictures(3);
  Network network(small_resnet(), "8");
  CHECK(error_of([&] { recalibrate(network, images, 4, unit_pixels()); }) ==
        "recalibrate = 4: must be 1 to 3, the images to train on");
  Network plain(load_network("lenet5"), "5");
  CHECK(error_of([&] { recalibrate(plain, images, 1, unit_pixels()); }) ==
        "lenet5: no batch norm to recalibrate");
}

}  // namespace
