// SPDX-License-Identifier: Apache-2.0
#include <array>
#include <catch2/catch.hpp>
#include <cstdint>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "tests/support/program.hpp"
#include "tests/support/temporary_folder.hpp"
#include "traces/atomic_file.hpp"

using namespace sumline;
using namespace sumline::test;
using Catch::Contains;

namespace {

/// A few hundred digits and two epochs: seconds.
std::vector<std::string> quick_training(const std::string& directory,
                                        const std::vector<std::string>& more = {}) {
  std::vector<std::string> arguments{"train", "lenet5-digits", "--out", directory};
  for (const char* override : {"epochs=2", "data.train_images=640", "data.test_images=100"}) {
    arguments.insert(arguments.end(), {"--set", override});
  }
  arguments.insert(arguments.end(), more.begin(), more.end());
  return arguments;
}

}  // namespace

TEST_CASE("program: train, lower, evaluate and simulate follow one another") {
  const TemporaryFolder folder;
  const std::string run = folder.file("run");
  REQUIRE(run_sumline(quick_training(run)).exit_code == 0);
  for (const char* file : {"config.toml", "checkpoint.pt", "metrics.jsonl", "results.json"}) {
    CHECK(std::filesystem::exists(std::filesystem::path(run) / file));
  }
  const std::string workload = folder.file("run.h5");
  REQUIRE(run_sumline({"lower", run, "--images", "5", "-o", workload}).exit_code == 0);
  const std::string from_file = folder.file("file.json");
  const std::string from_run = folder.file("run.json");
  REQUIRE(run_sumline({"evaluate", workload, "-a", "redpim", "--quiet", "--json", from_file}).exit_code == 0);
  REQUIRE(run_sumline({"evaluate", run, "-a", "redpim", "--images", "5", "--quiet", "--json", from_run})
              .exit_code == 0);
  CHECK(read_file(from_file) == read_file(from_run));
  const ProgramRun simulated = run_sumline({"simulate", run, "-a", "redpim", "--images", "2"});
  CHECK(simulated.exit_code == 0);
  CHECK_THAT(simulated.out, Contains("conversions 557 968"));
}

TEST_CASE("program: the demo goes to its end") {
  const TemporaryFolder folder;
  const std::string results = folder.file("demo.json");
  const ProgramRun demo = run_sumline({"demo", "--out", folder.file("run"), "--json", results});
  INFO(demo.err);
  REQUIRE(demo.exit_code == 0);
  CHECK_THAT(demo.out,
             Contains("epoch   6/6") && Contains("ADC share") && Contains("Next: sumline simulate"));
  const auto chips = nlohmann::json::parse(read_file(results));
  REQUIRE(chips.size() == 3);
  // Per image, by the rows read at once: whole arrays, 16, 9.
  const std::array<std::uint64_t, 3> conversions{162'936, 557'968, 954'544};
  for (std::size_t i = 0; i < chips.size(); ++i) {
    CHECK(chips[i]["totals"]["adc_conversions"] == conversions[i] * chips[i]["images"].get<std::uint64_t>());
    CHECK(chips[i]["accuracy"].get<double>() > 0.9);
    CHECK_THAT(demo.out, Contains("\n" + chips[i]["accelerator"].get<std::string>() + " "));
  }
}

TEST_CASE("program: Ctrl-C keeps what was trained and says how to go on; resuming gives the same bytes") {
  const TemporaryFolder folder;
  const std::string whole = folder.file("whole");
  const std::string parts = folder.file("parts");
  REQUIRE(run_sumline(quick_training(whole)).exit_code == 0);
  const ProgramRun interrupted = run_sumline(quick_training(parts), "epoch   1/2");
  CHECK(interrupted.exit_code == 1);
  CHECK_THAT(interrupted.err, Contains("--resume"));
  REQUIRE(run_sumline(quick_training(parts, {"--resume"})).exit_code == 0);
  CHECK(read_file(whole + "/checkpoint.pt") == read_file(parts + "/checkpoint.pt"));
}

TEST_CASE("program: a misspelt recipe key and a wrong bit string are named") {
  const TemporaryFolder folder;
  const ProgramRun key = run_sumline(quick_training(folder.file("a"), {"--set", "epoch=1"}));
  CHECK(key.exit_code == 1);
  CHECK_THAT(key.err, Contains("epoch=1") && Contains("epochs"));
  const ProgramRun bits = run_sumline(quick_training(folder.file("b"), {"--set", "bits=548"}));
  CHECK(bits.exit_code == 1);
  CHECK_THAT(bits.err, Contains("548") && Contains("5"));
}

TEST_CASE("program: a folder that is no run is refused") {
  const TemporaryFolder folder;
  for (const std::vector<std::string>& command :
       {std::vector<std::string>{"evaluate", folder.path().string(), "-a", "redpim"},
        std::vector<std::string>{"pac-accuracy", folder.path().string()}}) {
    const ProgramRun run = run_sumline(command);
    CHECK(run.exit_code == 1);
    CHECK_THAT(run.err, Contains("not a run directory"));
  }
}

TEST_CASE("program: check reads networks and recipes too") {
  CHECK_THAT(run_sumline({"check", "lenet5"}).out, Contains("a valid network"));
  CHECK_THAT(run_sumline({"check", "lenet5-mnist"}).out, Contains("a valid recipe"));
}
