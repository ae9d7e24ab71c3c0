// SPDX-License-Identifier: Apache-2.0
#include <sys/resource.h>

#include <atomic>
#include <catch2/catch.hpp>
#include <csignal>

#include "nn/nn.hpp"
#include "tests/support/expect_error.hpp"
#include "tests/support/reference_workload.hpp"
#include "tests/support/temporary_folder.hpp"
#include "traces/atomic_file.hpp"

namespace {

using namespace sumline;
using sumline::test::error_of;
using sumline::test::TemporaryFolder;

/// A few seconds of training: 300 digits, 2 epochs, with crops.
Recipe small_recipe(const std::vector<TomlOverride>& more = {}) {
  std::vector<TomlOverride> overrides{{"epochs", "2"},
                                      {"batch", "32"},
                                      {"data.train_images", "300"},
                                      {"data.test_images", "100"},
                                      {"augmentation.crop_padding", "2"}};
  overrides.insert(overrides.end(), more.begin(), more.end());
  return load_recipe("lenet5-digits", overrides);
}

TrainOptions options(const TemporaryFolder& folder) {
  TrainOptions result;
  result.run = folder.path() / "run";
  return result;
}

/// Everything a run leaves that must not depend on interruptions; metrics.jsonl holds times.
std::string outcome(const TemporaryFolder& folder) {
  const auto run = folder.path() / "run";
  return read_file(run / "checkpoint.pt") + read_file(run / "results.json");
}

/// Trains until `batches` batches are done, then as Ctrl-C does.
TrainResult train_and_stop(const Recipe& recipe, TrainOptions settings, std::size_t batches) {
  std::atomic<bool> stop{false};
  std::size_t done = 0;
  settings.stop = &stop;
  settings.on_batch = [&](const BatchProgress&) { stop = ++done == batches; };
  return train(recipe, settings);
}

}  // namespace

TEST_CASE("training stopped twice and resumed ends in the bits of an uninterrupted run") {
  const Recipe recipe = small_recipe();
  const TemporaryFolder whole;
  CHECK_FALSE(train(recipe, options(whole)).stopped);

  const TemporaryFolder parts;
  TrainOptions settings = options(parts);
  CHECK(train_and_stop(recipe, settings, 4).stopped);
  settings.resume = true;
  CHECK(train_and_stop(recipe, settings, 9).stopped);
  CHECK_FALSE(train(recipe, settings).stopped);
  CHECK(outcome(parts) == outcome(whole));
}

TEST_CASE("another seed gives another network") {
  const TemporaryFolder a;
  const TemporaryFolder b;
  train(small_recipe(), options(a));
  train(small_recipe({{"seed", "2"}}), options(b));
  CHECK(outcome(a) != outcome(b));
}

TEST_CASE("resuming a finished run returns its result") {
  const TemporaryFolder folder;
  TrainOptions settings = options(folder);
  const double accuracy = train(small_recipe(), settings).last.test_accuracy;
  settings.resume = true;
  settings.on_batch = [](const BatchProgress&) { FAIL("trained on"); };
  CHECK(train(small_recipe(), settings).last.test_accuracy == accuracy);
}

TEST_CASE("a run is neither overwritten nor resumed with another recipe") {
  const TemporaryFolder folder;
  TrainOptions settings = options(folder);
  train_and_stop(small_recipe(), settings, 1);
  const std::string run = settings.run.string();
  CHECK(error_of([&] { train(small_recipe(), settings); }) ==
        run + ": holds a training run: continue it with --resume, or name another folder");
  settings.resume = true;
  const std::string other = error_of([&] { train(small_recipe({{"epochs", "3"}}), settings); });
  CHECK(other.starts_with(run + "/config.toml:"));
  CHECK(other.ends_with(
      ": the run has epochs = 2, the recipe epochs = 3: resume with the recipe and --set of the run"));
  settings.run = folder.path() / "empty";
  CHECK(error_of([&] { train(small_recipe(), settings); }) ==
        settings.run.string() + ": nothing to resume: no resume.pt");
}

TEST_CASE("a loss that is not finite stops training and keeps the last good checkpoint") {
  const TemporaryFolder folder;
  const TrainOptions settings = options(folder);
  const Recipe recipe = small_recipe({{"optimizer.learning_rate", "1e6"}, {"bits", "float"}});
  const std::string message = error_of([&] { train(recipe, settings); });
  CHECK(message.find(settings.run.string() + ": epoch ") == 0);
  CHECK(message.find("lower optimizer.learning_rate") != std::string::npos);
}

TEST_CASE("a full disk during training names the file and keeps what was saved") {
  const TemporaryFolder folder;
  TrainOptions settings = options(folder);
  train_and_stop(small_recipe(), settings, 2);
  const std::string saved = read_file(settings.run / "resume.pt");
  std::signal(SIGXFSZ, SIG_IGN);
  const rlimit small{10'000, RLIM_INFINITY};
  rlimit before{};
  getrlimit(RLIMIT_FSIZE, &before);
  setrlimit(RLIMIT_FSIZE, &small);
  settings.resume = true;
  const std::string message = error_of([&] { train(small_recipe(), settings); });
  setrlimit(RLIMIT_FSIZE, &before);
  CHECK(message.find("best.pt") != std::string::npos);
  CHECK(message.find("File too large") != std::string::npos);
  CHECK(read_file(settings.run / "resume.pt") == saved);
}

TEST_CASE("the lowered network answers as the trained one") {
  const TemporaryFolder folder;
  const TrainOptions settings = options(folder);
  train(small_recipe({{"data.train_images", "8000"}}), settings);
  const Run run = load_run(settings.run);
  const Workload workload = lower(run, 0);
  REQUIRE(workload.images() == 100);
  const Accuracy accuracy = float_accuracy(run, 0);
  CHECK(accuracy.value() > 0.3);
  CHECK(test::reference_accuracy(workload, workload.images()) == Approx(accuracy.value()).margin(0.011));
}

TEST_CASE("a network without quantisers trains but has no integer form") {
  const TemporaryFolder folder;
  train(small_recipe({{"bits", "float"}}), options(folder));
  CHECK(error_of([&] { lower(load_run(folder.path() / "run"), 1); }) ==
        "bits = \"float\": a network without quantisers has no integer form");
}

TEST_CASE("a folder that is no run, and too many images, are refused") {
  const TemporaryFolder folder;
  CHECK(error_of([&] { load_run(folder.path()); }) ==
        folder.path().string() + ": no config.toml: not a run directory with a trained epoch");
  train(small_recipe(), options(folder));
  CHECK(error_of([&] { lower(load_run(folder.path() / "run"), 101); }) ==
        "images = 101: the test set has 100");
}
