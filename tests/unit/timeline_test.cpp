// SPDX-License-Identifier: Apache-2.0
#include "traces/timeline.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "tests/support/expect_error.hpp"
#include "tests/support/temporary_folder.hpp"
#include "traces/event_log.hpp"

using namespace sumline;
using namespace sumline::test;

TEST_CASE("A timeline is a Chrome trace with exact times") {
  const TemporaryFolder folder;
  TimelineWriter timeline(folder.file("t.json"));
  timeline.span("tile 0 bank 3", "layers.0", 7'680'000, 1);
  timeline.span("bus \"a\\b\n", "x", 18'446'744'073'709'551'615U, 1'000'000'000);
  timeline.span("tile 0 bank 3", "layers.1", 0, 0);
  timeline.commit();

  const std::string text = read_file(folder.file("t.json"));
  CHECK(text.find(R"("name":"layers.0","ts":0.007680000,"dur":0.000000001})") != std::string::npos);
  CHECK(text.find(R"("ts":18446744073.709551615,"dur":1.000000000})") != std::string::npos);
  const auto events = nlohmann::json::parse(text).at("traceEvents");
  REQUIRE(events.size() == 5);
  CHECK(events[0].at("args").at("name") == "tile 0 bank 3");
  CHECK(events[2].at("args").at("name") == "bus \"a\\b\n");
  CHECK(events[3].at("tid") == events[2].at("tid"));
  CHECK(events[4].at("tid") == events[0].at("tid"));
}

TEST_CASE("A timeline without spans is valid and an interrupted one leaves nothing") {
  const TemporaryFolder folder;
  { TimelineWriter interrupted(folder.file("t.json")); }
  CHECK(folder.entries() == 0);
  TimelineWriter timeline(folder.file("t.json"));
  timeline.commit();
  CHECK(nlohmann::json::parse(read_file(folder.file("t.json"))).at("traceEvents").empty());
}

TEST_CASE("A timeline on a full disk is one clear error") {
  TimelineWriter timeline("/dev/full");
  timeline.span("bank", "job", 0, 1);
  CHECK(
      error_of([&] { timeline.commit(); }) ==
      "/dev/full: cannot be written (No space left on device): free some space and run again; what was there "
      "before is untouched");
}

TEST_CASE("An event log is one line per job under a line of names") {
  const TemporaryFolder folder;
  EventLogWriter log(folder.file("e.csv"));
  log.add({7'680'000, 15'360'000, 1, 2, 3, 4, 5, 6, 96});
  log.commit();
  CHECK(read_file(folder.file("e.csv")) ==
        "start_fs,duration_fs,tile,bank,layer,image,position,ou_reads,adc_conversions\n"
        "7680000,15360000,1,2,3,4,5,6,96\n");
}
