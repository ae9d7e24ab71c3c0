// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <catch2/catch.hpp>
#include <fstream>

#include "arch/event_engine.hpp"
#include "arch/trace_files.hpp"
#include "components/model/bank_timing.hpp"
#include "configs/accelerator_loader.hpp"
#include "energy/error.hpp"
#include "tests/support/processes.hpp"
#include "tests/support/temporary_folder.hpp"
#include "tests/support/workloads.hpp"

namespace sumline {
namespace {

using test::kNanosecond;

/// A 4x4 array of 1-bit cells whose operation units are one wordline high and two bitlines wide.
Accelerator small_accelerator() {
  Accelerator accelerator = load_accelerator("redpim");
  accelerator.array.rows = 4;
  accelerator.array.columns = 4;
  accelerator.array.cell_bits = 1;
  accelerator.array.read_time = seconds(10e-9);
  accelerator.array.write_time = seconds(50e-9);
  accelerator.ou.rows = 1;
  accelerator.ou.columns = 2;
  accelerator.adc.cost.sample_rate = hertz(1e9);
  accelerator.bank.arrays = 1;
  accelerator.bank.shift_add_time = seconds(1e-9);
  accelerator.tile.banks = 1;
  accelerator.tile.bus.width_bits = 3;
  accelerator.tile.bus.cycle = seconds(2e-9);
  accelerator.tile.accumulator.time = seconds(3e-9);
  accelerator.chip.tiles = 1;
  accelerator.chip.external_link.width_bits = 8;
  accelerator.chip.external_link.cycle = seconds(4e-9);
  accelerator.mapping.replication = Replication::none;
  return accelerator;
}

/// z = 0.5 (3 x0 + x1) + 1 of two 2-bit inputs 1 and 2.
Workload one_product() {
  Workload workload;
  workload.image = {2, 1, 1};
  workload.image_format = {Encoding::unsigned_binary, 2};
  Layer layer;
  layer.name = "linear";
  layer.kind = LayerKind::linear;
  layer.in = {2, 1, 1};
  layer.out = {1, 1, 1};
  layer.activations = workload.image_format;
  layer.weights = {Encoding::unsigned_binary, 2};
  layer.weight_codes = {3, 1};
  layer.scale = {0.5};
  layer.offset = {1};
  workload.layers = {layer};
  workload.image_codes = {1, 2};
  workload.labels = {0};
  return workload;
}

void check_one_product(Fidelity fidelity) {
  const Workload workload = one_product();
  const Accelerator accelerator = small_accelerator();
  const EventOutput run =
      run_event_engine(workload, accelerator, map_network(workload, accelerator), fidelity, 0, 1);
  CHECK(run.output.accumulators == std::vector<std::int32_t>{5});
  CHECK(run.output.logits == std::vector<double>{3.5});
  // Image: 4 bits, asked at 0, granted at 4, there at 8 ns. Bus: granted at 10, 2 cycles, 14. Job: 2 digits x
  // 2 groups = 4 reads of 10 ns and 10 + 1 to drain, 65. Accumulator of 6 bits: granted at 66, 70. Sum:
  // granted at 72, 75. Logit: granted at 76, 80 ns.
  CHECK(run.end_time == 80 * kNanosecond);
  CHECK(run.latency == std::vector<std::uint64_t>{76 * kNanosecond});
  CHECK(run.layers == std::vector<LayerTiming>{{10 * kNanosecond, 80 * kNanosecond, 51 * kNanosecond}});

  ActionLedger expected(1);
  expected.add(0, Action::ou_read, 4);
  expected.add(0, Action::wordline_activation, 2);
  expected.add(0, Action::cell_activation, 4);
  expected.add(0, Action::column_sample, 8);
  expected.add(0, Action::adc_conversion, 8);
  expected.add(0, Action::shift_add, 8);
  expected.add(0, Action::input_register_bit, 4);
  expected.add(0, Action::output_register_bit, 6);
  expected.add(0, Action::buffer_write_bit, 4);
  expected.add(0, Action::buffer_read_bit, 4);
  expected.add(0, Action::bus_bit, 10);
  expected.add(0, Action::external_bit, 10);
  expected.add(0, Action::accumulator_add, 1);
  CHECK(run.output.ledger == expected);
}

TEST_CASE("one product takes the time and the actions computed by hand, job by job") {
  check_one_product(Fidelity::job);
}
TEST_CASE("one product takes the time and the actions computed by hand, read by read") {
  check_one_product(Fidelity::cycle);
}

/// The chip of above with one digital unit of 5 ns per product.
Accelerator digital_accelerator() {
  Accelerator accelerator = small_accelerator();
  accelerator.tile.digital = {.per_tile = 1, .time = seconds(5e-9), .cost = {}};
  return accelerator;
}

TEST_CASE("an exact product in the digital unit takes the time and the actions computed by hand") {
  Workload workload = one_product();
  workload.layers[0].exact = true;
  const Accelerator accelerator = digital_accelerator();
  const EventOutput run =
      run_event_engine(workload, accelerator, map_network(workload, accelerator), Fidelity::job, 0, 1);
  CHECK(run.output.accumulators == std::vector<std::int32_t>{5});
  // Image: there at 8 ns. Bus: granted at 10, 2 cycles, 14. Two products: granted at 15, 25. Logit: granted at
  // 28, 32 ns.
  CHECK(run.end_time == 32 * kNanosecond);
  CHECK(run.layers == std::vector<LayerTiming>{{10 * kNanosecond, 32 * kNanosecond, 10 * kNanosecond}});
  ActionLedger expected(1);
  expected.add(0, Action::digital_mac, 2);
  expected.add(0, Action::buffer_write_bit, 4);
  expected.add(0, Action::buffer_read_bit, 4);
  expected.add(0, Action::bus_bit, 4);
  expected.add(0, Action::external_bit, 10);
  CHECK(run.output.ledger == expected);
}

TEST_CASE("a residual is read over the bus and added before the code is searched") {
  Workload workload = one_product();
  Layer codes = workload.layers[0];
  codes.exact = true;
  codes.out = {2, 1, 1};
  codes.weight_codes = {3, 1, 1, 0};
  codes.scale = {0.5, 1};
  codes.offset = {0, 0};
  codes.requantize = true;
  codes.quantizer = {{Encoding::unsigned_binary, 2}, 1, {}, {1, 3, 5, 1, 2, 3}};
  Layer sum = codes;
  sum.name = "sum";
  sum.input = sum.residual = 0;
  sum.residual_scale = {1, -1};
  sum.quantizer = {{Encoding::unsigned_binary, 2}, 1, {0.5, 1.5, 2.5}, {}};
  Layer logits = workload.layers[0];
  logits.name = "logits";
  logits.exact = true;
  logits.input = 1;
  workload.layers = {codes, sum, logits};
  validate(workload);
  const Accelerator accelerator = digital_accelerator();
  const EventOutput run =
      run_event_engine(workload, accelerator, map_network(workload, accelerator), Fidelity::cycle, 0, 1);
  // A = {5, 1}: codes {3, 1}. A = {10, 3}, R = {3, 1}: z = {8, 2}, codes {3, 2}. A = 11.
  CHECK(run.output.accumulators == std::vector<std::int32_t>{11});
  // First layer: bus 14 as above, four products from 15 to 35, two searches of two compares at once from 36 to
  // 38. Second: bus granted at 40, 44; products from 45 to 65; residual: 4 bits granted at 66, 70; two additions
  // from 72 to 78; searches from 79 to 81. Third: bus granted at 82, 86; products from 90 to 100; logit granted
  // at 104, 108 ns.
  CHECK(run.layers[0].last == 38 * kNanosecond);
  CHECK(run.layers[1].last == 81 * kNanosecond);
  CHECK(run.end_time == 108 * kNanosecond);
  CHECK(run.output.ledger.count(1, Action::accumulator_add) == 2);
  CHECK(run.output.ledger.count(1, Action::buffer_write_bit) == 4 + 4);
  CHECK(run.output.ledger.count(1, Action::buffer_read_bit) == 4 + 4);
}

TEST_CASE("a slot is as long as the read or the conversions of its bitlines, whichever is longer") {
  struct Row {
    double read;
    std::uint32_t converters;
    bool unit_column;
    std::uint64_t slot;
  };
  for (const auto& row : {Row{10, 1, false, 10}, Row{1, 1, false, 2}, Row{1, 2, false, 1}, Row{1, 1, true, 3},
                          Row{1, 2, true, 2}, Row{2.5, 2, true, 3}}) {
    Accelerator accelerator = small_accelerator();
    accelerator.array.read_time = seconds(row.read * 1e-9);
    accelerator.adc.per_array = row.converters;
    const BankTiming timing(accelerator, row.unit_column);
    CHECK(timing.slot == (row.read == 2.5 ? 2'500'000 : row.slot * kNanosecond));
    CHECK(timing.duration(0) == 0);
    CHECK(timing.duration(7) == 8 * timing.slot + kNanosecond);
  }
}

struct Span {
  std::string track;
  std::string what;
  std::uint64_t start;
  std::uint64_t end;
};

class SpanList : public TraceSink {
 public:
  void span(const std::string& track, const std::string& what, std::uint64_t start,
            std::uint64_t duration) override {
    spans.push_back({track, what, start, start + duration});
  }
  void job(const JobEvent& event) override { jobs.push_back(event); }
  std::vector<Span> of(const std::string& what, const std::string& track_part) const {
    std::vector<Span> found;
    std::ranges::copy_if(spans, std::back_inserter(found), [&](const Span& span) {
      return span.what == what && span.track.find(track_part) != std::string::npos;
    });
    return found;
  }
  std::vector<Span> spans;
  std::vector<JobEvent> jobs;
};

TEST_CASE("a network larger than the chip is programmed row by row before each phase of each image") {
  Accelerator accelerator = small_accelerator();
  Workload workload = one_product();
  workload.layers[0].out = {3, 1, 1};
  workload.layers[0].weight_codes = {3, 1, 2, 0, 1, 1};
  workload.layers[0].scale.assign(3, 1);
  workload.layers[0].offset.assign(3, 0);
  workload.image_codes = {1, 2, 3, 0};
  workload.labels = {0, 0};
  const Mapping mapping = map_network(workload, accelerator);
  REQUIRE(mapping.phases.size() == 2);
  SpanList trace;
  const EventOutput run = run_event_engine(workload, accelerator, mapping, Fidelity::cycle, 0, 2, &trace);
  CHECK(run.output.accumulators == std::vector<std::int32_t>{5, 2, 3, 9, 6, 3});
  CHECK(run.output.ledger.count(0, Action::cell_write) == 2 * (2 * 4 + 2 * 2));
  std::vector<Span> programming;
  std::ranges::copy_if(trace.spans, std::back_inserter(programming),
                       [](const Span& s) { return s.track == "programming"; });
  REQUIRE(programming.size() == 4);
  const std::vector<Span> jobs = trace.of("linear", "bank");
  REQUIRE(jobs.size() == 4);
  CHECK(trace.jobs[0].duration == jobs[0].end - jobs[0].start);
  CHECK(trace.jobs[0].ou_reads == 2 * 2 * 2);
  CHECK(trace.jobs[1].adc_conversions == 2 * 2 * 2);
  CHECK(trace.jobs[3].image == 1);
  for (std::size_t step = 0; step < 4; ++step) {
    CHECK(programming[step].end - programming[step].start == 2 * 50 * kNanosecond);
    CHECK(programming[step].end < jobs[step].start);
    if (step > 0) {
      CHECK(programming[step].start > jobs[step - 1].end);
    }
  }
}

SpanList trace_of(Schedule schedule, std::uint64_t& end_time) {
  const Workload workload = test::two_convolutions(2);
  Accelerator accelerator = load_accelerator("redpim");
  accelerator.mapping.schedule = schedule;
  accelerator.mapping.replication = Replication::none;
  SpanList trace;
  end_time =
      run_event_engine(workload, accelerator, map_network(workload, accelerator), Fidelity::job, 0, 2, &trace)
          .end_time;
  return trace;
}

TEST_CASE("layer after layer, no layer works before the one before it has finished the image") {
  std::uint64_t serial_end = 0;
  const SpanList trace = trace_of(Schedule::layer_serial, serial_end);
  const auto first = trace.of("layers.0", "bank");
  const auto second = trace.of("layers.1", "bank");
  const auto last = trace.of("layers.2", "bank");
  REQUIRE(first.size() == 2 * 36);
  REQUIRE(second.size() == 2 * 36);
  REQUIRE(last.size() == 2);
  for (std::size_t image = 0; image < 2; ++image) {
    CHECK(first[image * 36 + 35].end < second[image * 36].start);
    CHECK(second[image * 36 + 35].end < last[image].start);
  }
  CHECK(last[0].end < first[36].start);
}

TEST_CASE("pipelined, a position starts when its window is there, and the next image follows") {
  std::uint64_t serial_end = 0;
  std::uint64_t pipelined_end = 0;
  trace_of(Schedule::layer_serial, serial_end);
  const SpanList trace = trace_of(Schedule::layer_pipelined, pipelined_end);
  const auto first = trace.of("layers.0", "bank");
  const auto second = trace.of("layers.1", "bank");
  const auto last = trace.of("layers.2", "bank");
  CHECK(second[0].start > first[7].end);  // the window of position 0 ends at row 1, column 1
  CHECK(second[0].start < first[9].end);
  CHECK(first[36].start < last[0].start);
  CHECK(pipelined_end < serial_end);
}

std::string text_of(const std::string& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), {}};
}

TEST_CASE("a run writes the traces that are asked for, and only when it has ended well") {
  const test::TemporaryFolder folder;
  const Workload workload = one_product();
  const Accelerator accelerator = small_accelerator();
  TraceFiles traces(folder.file("t.json"), folder.file("e.csv"));
  run_event_engine(workload, accelerator, map_network(workload, accelerator), Fidelity::cycle, 0, 1, &traces);
  CHECK(text_of(folder.file("t.json")).empty());
  traces.commit();
  CHECK_THAT(text_of(folder.file("t.json")),
             Catch::Contains("tile0.bank0") && Catch::Contains("chip.tile0.bus"));
  CHECK_THAT(text_of(folder.file("e.csv")), Catch::Contains("14000000,51000000,0,0,0,0,0,4,8"));
}

TEST_CASE("a run that is told to stop says how far it came") {
  const Workload workload = test::two_convolutions(2);
  const Accelerator accelerator = load_accelerator("redpim");
  CHECK_THROWS_WITH(run_event_engine(workload, accelerator, map_network(workload, accelerator), Fidelity::job,
                                     0, 2, nullptr, [](std::uint64_t) { return false; }),
                    "simulation: stopped after 1 of 2 images");
}

}  // namespace
}  // namespace sumline
