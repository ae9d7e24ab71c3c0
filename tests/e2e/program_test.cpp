// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch.hpp>
#include <fstream>
#include <nlohmann/json.hpp>

#include "tests/support/program.hpp"
#include "tests/support/schema.hpp"
#include "tests/support/temporary_folder.hpp"
#include "tests/support/workloads.hpp"
#include "traces/atomic_file.hpp"
#include "traces/workload_file.hpp"

using namespace sumline;
using namespace sumline::test;
using Catch::Contains;

namespace {

nlohmann::json json_of(const std::string& path) {
  return nlohmann::json::parse(read_file(path));
}

/// A small convolutional network with random weights and eight images, as a file.
std::string small_workload(const TemporaryFolder& folder) {
  const std::string path = folder.file("small.h5");
  write_workload(small_network(8), path);
  return path;
}

}  // namespace

TEST_CASE("program: help teaches every command and exits with 0") {
  const ProgramRun run = run_sumline({"--help"});
  CHECK(run.exit_code == 0);
  for (const char* command :
       {"demo", "train", "lower", "evaluate", "simulate", "check", "pac-error", "adc-profile"}) {
    CHECK_THAT(run.out, Contains(command));
  }
}

TEST_CASE("program: no command, an unknown option and a bad value are usage errors with exit code 2") {
  CHECK(run_sumline({}).exit_code == 2);
  CHECK(run_sumline({"check", "redpim", "--colour"}).exit_code == 2);
  const ProgramRun run = run_sumline({"simulate", "x.h5", "-a", "redpim", "--fidelity", "exact"});
  CHECK(run.exit_code == 2);
  CHECK_THAT(run.err, Contains("--fidelity"));
}

TEST_CASE("program: check prints the peak figures of a preset") {
  const ProgramRun run = run_sumline({"check", "isaac"});
  CHECK(run.exit_code == 0);
  CHECK_THAT(run.out, Contains("41.29 TOPS"));
}

TEST_CASE("program: a misspelt key is named with its place and the nearest key, exit code 1") {
  const TemporaryFolder folder;
  const std::string path = folder.file("bad.toml");
  write_file(path, "name = \"bad\"\n[array]\nrowz = 128\n");
  const ProgramRun run = run_sumline({"check", path});
  CHECK(run.exit_code == 1);
  CHECK_THAT(run.err, Contains("bad.toml:3:"));
  CHECK_THAT(run.err, Contains("rowz"));
  CHECK_THAT(run.err, Contains("rows"));
}

TEST_CASE("program: a preset that does not exist lists those that do") {
  const ProgramRun run = run_sumline({"check", "redpin"});
  CHECK(run.exit_code == 1);
  CHECK_THAT(run.err, Contains("redpin"));
  CHECK_THAT(run.err, Contains("redpim-ou9x8"));
}

TEST_CASE("program: a missing workload is the user's fault") {
  const ProgramRun run = run_sumline({"evaluate", "nowhere.h5", "-a", "redpim"});
  CHECK(run.exit_code == 1);
  CHECK_THAT(run.err, Contains("nowhere.h5"));
}

TEST_CASE("program: a workload with a flipped byte is refused") {
  const TemporaryFolder folder;
  const std::string path = small_workload(folder);
  std::string bytes = read_file(path);
  bytes[bytes.size() / 2] = static_cast<char>(bytes[bytes.size() / 2] ^ 1);
  std::ofstream(path, std::ios::binary) << bytes;
  const ProgramRun run = run_sumline({"evaluate", path, "-a", "redpim"});
  CHECK(run.exit_code == 1);
  CHECK_THAT(run.err, Contains("small.h5"));
}

TEST_CASE("program: asking for more images than there are is refused with both numbers") {
  const TemporaryFolder folder;
  const ProgramRun run = run_sumline({"evaluate", small_workload(folder), "-a", "redpim", "--images", "9"});
  CHECK(run.exit_code == 1);
  CHECK_THAT(run.err, Contains("9") && Contains("8 images"));
}

TEST_CASE("program: the batch norms of a workload cannot be measured anew") {
  const TemporaryFolder folder;
  const ProgramRun run =
      run_sumline({"evaluate", small_workload(folder), "-a", "redpim", "--recalibrate", "4"});
  CHECK(run.exit_code == 1);
  CHECK_THAT(run.err, Contains("small.h5: a workload: --recalibrate needs the run directory"));
}

TEST_CASE("program: results on a full disk give one message and exit code 1") {
  const TemporaryFolder folder;
  const ProgramRun run =
      run_sumline({"evaluate", small_workload(folder), "-a", "redpim", "--json", "/dev/full"});
  CHECK(run.exit_code == 1);
  CHECK_THAT(run.err, Contains("/dev/full") && Contains("No space left"));
}

TEST_CASE("program: results.json keeps its schema and does not depend on the number of threads") {
  const TemporaryFolder folder;
  const std::string workload = small_workload(folder);
  const nlohmann::json schema = json_of(SUMLINE_SOURCE_DIR "/tests/support/results.schema.json");
  std::vector<std::string> texts;
  for (const char* threads : {"1", "2", "5"}) {
    const std::string path = folder.file(std::string(threads) + ".json");
    REQUIRE(
        run_sumline({"evaluate", workload, "-a", "redpim", "--threads", threads, "--quiet", "--json", path})
            .exit_code == 0);
    texts.push_back(read_file(path));
  }
  CHECK(texts[0] == texts[1]);
  CHECK(texts[0] == texts[2]);
  CHECK(schema_violations(nlohmann::json::parse(texts[0]), schema) == "");
}

TEST_CASE("program: the two fidelities write the same results") {
  const TemporaryFolder folder;
  const std::string workload = small_workload(folder);
  const nlohmann::json schema = json_of(SUMLINE_SOURCE_DIR "/tests/support/results.schema.json");
  std::vector<nlohmann::json> results;
  for (const char* fidelity : {"job", "cycle"}) {
    const std::string path = folder.file(std::string(fidelity) + ".json");
    REQUIRE(
        run_sumline({"simulate", workload, "-a", "isaac", "--fidelity", fidelity, "--quiet", "--json", path})
            .exit_code == 0);
    results.push_back(json_of(path));
    CHECK(schema_violations(results.back(), schema) == "");
    results.back().erase("engine");
  }
  CHECK(results[0]["totals"]["latency_s"].get<double>() > 0);
  CHECK(results[0] == results[1]);
}

TEST_CASE("program: evaluate and simulate agree on accuracy and counts") {
  const TemporaryFolder folder;
  const std::string workload = small_workload(folder);
  const std::string evaluated = folder.file("evaluated.json");
  const std::string simulated = folder.file("simulated.json");
  REQUIRE(
      run_sumline({"evaluate", workload, "-a", "redpim-ou9x8", "--quiet", "--json", evaluated}).exit_code ==
      0);
  REQUIRE(
      run_sumline({"simulate", workload, "-a", "redpim-ou9x8", "--quiet", "--json", simulated}).exit_code ==
      0);
  for (const char* key : {"accuracy", "correct", "counts", "mapping", "provenance"}) {
    CHECK(json_of(evaluated)[key] == json_of(simulated)[key]);
  }
}

TEST_CASE("program: simulate writes the traces that are asked for, at either fidelity") {
  const TemporaryFolder folder;
  const std::string workload = small_workload(folder);
  for (const char* fidelity : {"job", "cycle"}) {
    const std::string timeline = folder.file(std::string(fidelity) + "-timeline.json");
    const std::string events = folder.file(std::string(fidelity) + "-events.csv");
    const std::string activity = folder.file(std::string(fidelity) + "-activity.h5");
    REQUIRE(run_sumline({"simulate", workload, "-a", "redpim", "--fidelity", fidelity, "--quiet", "--trace",
                         "timeline=" + timeline, "--trace", "events=" + events, "--trace",
                         "activity=" + activity})
                .exit_code == 0);
    CHECK(json_of(timeline)["traceEvents"].size() > 10);
    CHECK_THAT(read_file(events), Contains("ou_reads,adc_conversions\n"));
    CHECK(read_file(activity).substr(1, 3) == "HDF");
  }
}

TEST_CASE("program: pac-error prints, and writes as CSV and JSON, one point per combination") {
  const TemporaryFolder folder;
  const ProgramRun run =
      run_sumline({"pac-error", "--lengths", "64,128", "--operands", "4", "--vectors", "8", "--csv",
                   folder.file("error.csv"), "--json", folder.file("error.json")});
  CHECK(run.exit_code == 0);
  CHECK_THAT(run.out, Contains("measured RMSE"));
  const std::string csv = read_file(folder.file("error.csv"));
  CHECK(std::count(csv.begin(), csv.end(), '\n') == 3);
  const auto points = json_of(folder.file("error.json")).at("points");
  REQUIRE(points.size() == 2);
  CHECK(points[1].at("length") == 128);
  CHECK(points[1].at("measured_rmse").get<double>() > 0);
  const ProgramRun wrong = run_sumline({"pac-error", "--operands", "9"});
  CHECK(wrong.exit_code == 1);
  CHECK_THAT(wrong.err, Contains("operand = 9: must be at most the narrower width, 8"));
}

TEST_CASE("program: adc-profile prints each layer, and writes the table and what to plot") {
  const TemporaryFolder folder;
  const std::string workload = small_workload(folder);
  const ProgramRun run =
      run_sumline({"adc-profile", workload, "-a", "redpim", "--images", "2", "--csv", folder.file("p.csv"),
                   "--histogram", folder.file("h.csv"), "--json", folder.file("p.json")});
  CHECK(run.exit_code == 0);
  CHECK_THAT(run.out, Contains("SQNR") && Contains("layers.0") && Contains("exact"));
  CHECK_THAT(read_file(folder.file("p.csv")), Contains("layer,conversions,") && Contains("\nlayers.0,"));
  CHECK_THAT(read_file(folder.file("h.csv")), Contains("layer,sum,conversions,read_as\nlayers.0,0,"));
  const auto json = json_of(folder.file("p.json"));
  CHECK(json["layers"].size() == 3);
  CHECK(json["layers"][0]["sqnr_db"].is_null());
  const ProgramRun many = run_sumline({"adc-profile", workload, "-a", "redpim", "--images", "9"});
  CHECK(many.exit_code == 1);
  CHECK_THAT(many.err, Contains("--images 9: the workload holds 8 images"));
}
