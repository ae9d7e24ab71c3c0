// SPDX-License-Identifier: Apache-2.0
#include <atomic>
#include <catch2/catch.hpp>
#include <numeric>

#include "nn/nn.hpp"
#include "tests/support/expect_error.hpp"
#include "tests/support/temporary_folder.hpp"
#include "traces/atomic_file.hpp"

namespace {

using namespace sumline;
using sumline::test::error_of;
using sumline::test::TemporaryFolder;

const char* kNetwork = R"(name = "tiny"
source = "test"
image = [1, 28, 28]
classes = 10
inflate = 4
activations = "min-max"
weights = "min-max"
weight_bits = 8
[[layers]]
name = "conv1"
kind = "convolution"
inflated_channels = 1
kernel = 3
stride = 2
exact = true
[[layers]]
name = "relu"
kind = "pact"
[[layers]]
name = "layer1"
kind = "residual-stage"
block = "basic"
blocks = 1
inflated_channels = 2
stride = 2
activation = "pact"
[[layers]]
kind = "adaptive-pool"
size = 1
[[layers]]
kind = "flatten"
[[layers]]
kind = "dropout"
probability = 0.1
[[layers]]
name = "fc"
kind = "linear"
)";

const char* kRecipe = R"(bits = "8"
batch = 32
seed = 1
threads = 1
[data]
kind = "digits"
seed = 1
train_images = 128
test_images = 64
[optimizer]
momentum = 0.9
weight_decay = 1e-4
[[stages]]
name = "pretrain"
epochs = 2
learning_rate = 0.05
steps = [{epoch = 1, learning_rate = 0.005}]
mixup = 1.0
label_smoothing = 0.01
[[stages]]
name = "noise-25"
epochs = 1
trim_noise = 25
learning_rate = 0.01
final_rate = 1.0
)";

/// A chain of two stages in a fresh folder.
struct Chain {
  TemporaryFolder folder;
  Recipe recipe;
  TrainOptions options;

  Chain() {
    const std::string network = folder.write("tiny.toml", kNetwork);
    recipe = load_recipe(folder.write("chain.toml", "network = \"" + network + "\"\n" + kRecipe));
    options.run = folder.path() / "run";
  }

  TrainResult stop_after(std::size_t batches) {
    std::atomic<bool> stop{false};
    std::size_t done = 0;
    TrainOptions settings = options;
    settings.stop = &stop;
    settings.on_batch = [&](const BatchProgress&) { stop = ++done == batches; };
    return train(recipe, settings);
  }
  std::string outcome() const {
    return read_file(options.run / "checkpoint.pt") + read_file(options.run / "noise-25/checkpoint.pt");
  }
};

std::string error_of_change(const std::string& from, const std::string& to) {
  const TemporaryFolder folder;
  std::string text = std::string("network = \"resnet18\"\n") + kRecipe;
  text.replace(text.find(from), from.size(), to);
  return error_of([&] { load_recipe(folder.write("chain.toml", text)); });
}

}  // namespace

TEST_CASE("a chain resumed in either stage ends in the bits of an uninterrupted one") {
  Chain whole;
  CHECK_FALSE(train(whole.recipe, whole.options).stopped);
  for (const std::size_t batches : {3U, 10U}) {
    Chain parts;
    CHECK(parts.stop_after(batches).stopped);
    parts.options.resume = true;
    CHECK_FALSE(train(parts.recipe, parts.options).stopped);
    CHECK(parts.outcome() == whole.outcome());
  }
}

TEST_CASE("stages announce themselves and take their own settings") {
  Chain chain;
  std::vector<std::string> names;
  std::vector<double> rates;
  chain.options.on_stage = [&](const StageConfig& stage) { names.push_back(stage.name); };
  chain.options.on_epoch = [&](const EpochMetrics& metrics) { rates.push_back(metrics.learning_rate); };
  train(chain.recipe, chain.options);
  CHECK(names == std::vector<std::string>{"pretrain", "noise-25"});
  REQUIRE(rates.size() == 3);
  CHECK(rates[0] == Approx(0.05));
  CHECK(rates[1] == Approx(0.005));
  CHECK(rates[2] == Approx(0.01));
  CHECK(load_run(chain.options.run).network.name == "tiny");
}

TEST_CASE("a stage whose predecessor left another network is refused") {
  Chain chain;
  chain.stop_after(9);  // in the second stage
  const auto best = chain.options.run / "pretrain/best.pt";
  std::filesystem::remove(chain.options.run / "noise-25/resume.pt");
  std::filesystem::copy_file(chain.options.run / "pretrain/resume.pt", best,
                             std::filesystem::copy_options::overwrite_existing);
  chain.options.resume = true;
  const std::string message = error_of([&] { train(chain.recipe, chain.options); });
  CHECK(message.find(best.string() + ": does not fit the network") == 0);
  CHECK(message.find("missing: conv1.weight") != std::string::npos);
}

TEST_CASE("a chain is neither overwritten, nor resumed where there is none or it was another") {
  Chain chain;
  const std::string run = chain.options.run.string();
  chain.options.resume = true;
  CHECK(error_of([&] { train(chain.recipe, chain.options); }) ==
        run + ": nothing to resume: no stage pretrain");
  chain.options.resume = false;
  chain.stop_after(1);
  CHECK(error_of([&] { train(chain.recipe, chain.options); }) ==
        run + ": holds a training run: continue it with --resume, or name another folder");
  chain.options.resume = true;
  chain.recipe.text += "# changed\n";
  const std::string other = error_of([&] { train(chain.recipe, chain.options); });
  CHECK(other.starts_with(run + "/config.toml:"));
  CHECK(other.ends_with(
      ": the run has nothing, the recipe # changed: resume with the recipe and --set of the run"));
}

TEST_CASE("a trained chain is measured with exact, approximate and dynamic products") {
  Chain chain;
  train(chain.recipe, chain.options);
  const Run run = load_run(chain.options.run);
  constexpr auto kSimulation = ArithmeticMode::simulation;
  const auto measure = [&](const Arithmetic& arithmetic) {
    return simulated_accuracy(run, arithmetic, 64, 16);
  };
  const SimulatedAccuracy exact = measure({.mode = kSimulation});
  const SimulatedAccuracy full = measure({.mode = kSimulation, .operand = 8});
  const SimulatedAccuracy inference = measure({.mode = ArithmeticMode::inference});
  CHECK(exact.accuracy.images == 64);
  CHECK(full.accuracy.loss == exact.accuracy.loss);
  CHECK(inference.accuracy.loss == exact.accuracy.loss);
  CHECK(measure({.mode = kSimulation, .operand = 2}).accuracy.loss != exact.accuracy.loss);
  // Three convolutions of the residual block, 7 x 7 positions each; the exact first one has no classes.
  const auto classes =
      measure({.mode = kSimulation, .operand = 4, .thresholds = {{7000, 10000, 13000}}}).classes;
  CHECK(std::accumulate(classes.begin(), classes.end(), std::uint64_t{0}) == 64 * 3 * 49);
}

TEST_CASE("approximate products that a network does not allow are refused") {
  Chain chain;
  train(chain.recipe, chain.options);
  const Run run = load_run(chain.options.run);
  const auto refusal = [&](const Arithmetic& arithmetic, std::size_t images) {
    return error_of([&] { simulated_accuracy(run, arithmetic, images, 16); });
  };
  constexpr auto kSimulation = ArithmeticMode::simulation;
  CHECK(refusal({.mode = kSimulation, .operand = 9}, 64) ==
        "operand = 9: must be at most the narrower width, 8 (weights 8 bits, activations 8 bits)");
  CHECK(refusal({.mode = kSimulation, .operand = 4, .thresholds = {{3, 2, 1}}}, 64) ==
        "dynamic.thresholds = [3, 2, 1]: must be finite and ascend");
  CHECK(refusal({.mode = kSimulation}, 65) == "images = 65: the test set has 64");
  const Run without{load_recipe("mlp-mnist"), load_network("mlp-mnist"), {}};
  CHECK(error_of([&] { simulated_accuracy(without, {.mode = kSimulation}, 1, 1); }) ==
        "network mlp-mnist: no bit-wise layers: its activations and weights must be \"min-max\"");
}

TEST_CASE("unfit stages are refused with their place") {
  CHECK(error_of_change("name = \"noise-25\"", "name = \"pretrain\"").find("is the name of another stage") !=
        std::string::npos);
  CHECK(error_of_change("steps = [{epoch = 1, learning_rate = 0.005}]",
                        "steps = [{epoch = 2, learning_rate = 0.005}, {epoch = 1, learning_rate = 0.001}]")
            .find("must be above that of the step before") != std::string::npos);
  CHECK(error_of_change("trim_noise = 25", "trim_noise = -1").find("trim_noise = -1") != std::string::npos);
  CHECK(error_of_change("mixup = 1.0", "mixups = 1.0").find("mixups") != std::string::npos);
  CHECK(error_of_change("seed = 1", "seed = 1") == "no error");
}
