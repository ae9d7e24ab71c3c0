// SPDX-License-Identifier: Apache-2.0
#include "traces/workload.hpp"

#include <catch2/catch.hpp>
#include <cmath>
#include <functional>

#include "tests/support/expect_error.hpp"
#include "tests/support/tiny_workload.hpp"
#include "traces/workload_digest.hpp"

using namespace sumline;
using namespace sumline::test;

namespace {

using Change = std::function<void(Workload&)>;

struct Violation {
  const char* message;
  Change change;
};

std::string message_after(const Change& change) {
  Workload workload = tiny_workload();
  change(workload);
  return error_of([&] { validate(workload); });
}

const std::string kConvolution = "workload \"tiny\": layer 0 \"layers.0\": ";
const std::string kPool = "workload \"tiny\": layer 1 \"pool\": ";
const std::string kLinear = "workload \"tiny\": layer 2 \"fc\": ";

void check_all(const std::string& place, const std::vector<Violation>& violations) {
  for (const Violation& violation : violations)
    CHECK(message_after(violation.change) == place + violation.message);
}

}  // namespace

TEST_CASE("A workload that obeys every rule is valid") {
  CHECK_NOTHROW(validate(tiny_workload()));
  CHECK(message_after([](Workload& w) { w.layers[2].in = {2, 1, 1}; }) == "no error");
}

TEST_CASE("A workload's images and labels are checked") {
  check_all(
      "workload \"tiny\": ",
      {{"image = 0x4x4: every extent must lie in 1..1048576", [](Workload& w) { w.image.channels = 0; }},
       {"image = 1x65536x65536: a map holds at most 2147483648 values",
        [](Workload& w) {
          w.image = {1, 65536, 65536};
        }},
       {"image_format = 9 bit unsigned_binary: codes have 1 to 8 bits",
        [](Workload& w) { w.image_format.bits = 9; }},
       {"layers = 0: a workload has at least one layer", [](Workload& w) { w.layers.clear(); }},
       {"images = 0: a workload holds at least one image", [](Workload& w) { w.labels.clear(); }},
       {"image_codes = 31 values: must hold images x channels x height x width = 32",
        [](Workload& w) { w.image_codes.pop_back(); }},
       {"labels = 3: the last layer tells 3 classes, labels lie in 0..2",
        [](Workload& w) { w.labels[1] = 3; }},
       {"layer name = \"layers.0\": must be unique", [](Workload& w) { w.layers[2].name = "layers.0"; }}});
}

TEST_CASE("An image code beyond its format is found") {
  CHECK(message_after([](Workload& w) {
          w.image_format.bits = 4;
          w.layers[0].activations.bits = 4;
        }) == "workload \"tiny\": image_codes = 217: a code of 4 bits lies in 0..15");
}

TEST_CASE("A layer's place in the graph is checked") {
  check_all(kConvolution,
            {{"input = 0: must name an earlier layer, -1 (the images) to -1",
              [](Workload& w) { w.layers[0].input = 0; }},
             {"input = -2: must name an earlier layer, -1 (the images) to -1",
              [](Workload& w) { w.layers[0].input = -2; }},
             {"activations = 4 bit unsigned_binary: "
              "must equal the codes it reads, 8 bit unsigned_binary, "
              "or be mid_rise with an odd share of their steps",
              [](Workload& w) { w.layers[0].activations.bits = 4; }},
             {"scale = set: a layer that hands on sums has no affine: whoever reads them has it",
              [](Workload& w) { w.layers[0].requantize = false; }}});
  check_all(kPool, {{"in = 2x2x1: must equal the map it reads, 2x2x2",
                     [](Workload& w) {
                       w.layers[1].in.width = 1;
                       w.layers[1].kernel = 1;
                       w.layers[1].out = {2, 1, 1};
                     }},
                    {"kind = max_pool: the last layer must have weights: it yields the logits",
                     [](Workload& w) { w.layers.pop_back(); }}});
  check_all(kLinear, {{"requantize = true: the last layer yields the logits",
                       [](Workload& w) { w.layers[2].requantize = true; }}});
}

TEST_CASE("A layer without a name is found") {
  CHECK(message_after([](Workload& w) { w.layers[0].name.clear(); }) ==
        "workload \"tiny\": layer 0 \"\": name = \"\": must not be empty");
}

TEST_CASE("A layer nobody reads is found") {
  CHECK(message_after([](Workload& w) {
          w.layers[2].input = 0;
          w.layers[2].in = {2, 2, 2};
          w.layers[2].weight_codes.assign(24, 1);
        }) ==
        "workload \"tiny\": layers = \"pool\": no later layer reads its output, only the last layer may "
        "stand alone");
}

TEST_CASE("A layer's geometry is checked") {
  check_all(
      kConvolution,
      {{"kernel = 0: must lie in 1..1048576", [](Workload& w) { w.layers[0].kernel = 0; }},
       {"stride = 0: must be at least 1", [](Workload& w) { w.layers[0].stride = 0; }},
       {"padding = 3: must be smaller than the kernel, or windows would hold padding only",
        [](Workload& w) { w.layers[0].padding = 3; }},
       {"kernel = 5: must fit into the padded height of 4", [](Workload& w) { w.layers[0].kernel = 5; }},
       {"out = 2x3x2: the height must be (in + 2 padding - kernel) / stride + 1 = 2",
        [](Workload& w) { w.layers[0].out.height = 3; }},
       {"out = 2x2x1: the width must be (in + 2 padding - kernel) / stride + 1 = 2",
        [](Workload& w) { w.layers[0].out.width = 1; }}});
  check_all(kPool,
            {{"out = 3x1x1: pooling keeps the 2 channels", [](Workload& w) { w.layers[1].out.channels = 3; }},
             {"kind = max_pool: of codes has no affine: it passes them on",
              [](Workload& w) { w.layers[1].scale = {1}; }}});
  check_all(kLinear,
            {{"kernel/stride/padding = 2/1/0: a linear layer has 1/1/0",
              [](Workload& w) { w.layers[2].kernel = 2; }},
             {"out = 3x2x1: a linear layer yields Nx1x1", [](Workload& w) { w.layers[2].out.height = 2; }}});
}

TEST_CASE("A layer's weights and affine are checked") {
  check_all(
      kConvolution,
      {{"weights = 0 bit mid_rise: codes have 1 to 8 bits",
        [](Workload& w) { w.layers[0].weights.bits = 0; }},
       {"weight_codes = 19 values: must hold out.channels x rows = 18",
        [](Workload& w) { w.layers[0].weight_codes.push_back(0); }},
       {"weight_codes = 16: a code of 4 bits lies in 0..15",
        [](Workload& w) { w.layers[0].weight_codes[3] = 16; }},
       {"scale = 1 values: must hold out.channels = 2", [](Workload& w) { w.layers[0].scale.pop_back(); }},
       {"offset = 3 values: must hold out.channels = 2",
        [](Workload& w) { w.layers[0].offset.push_back(0); }},
       {"scale = nan: must be finite (channel 1)", [](Workload& w) { w.layers[0].scale[1] = std::nan(""); }},
       {"offset = inf: must be finite (channel 0)", [](Workload& w) { w.layers[0].offset[0] = INFINITY; }}});
}

TEST_CASE("A layer's output quantiser is checked") {
  check_all(kConvolution, {{"quantizer.format = 9 bit unsigned_binary: codes have 1 to 8 bits",
                            [](Workload& w) { w.layers[0].quantizer.format.bits = 9; }},
                           {"quantizer.step = 0: must be a positive number",
                            [](Workload& w) { w.layers[0].quantizer.step = 0; }},
                           {"quantizer.thresholds = 5 values: must hold out.channels x (levels - 1) = 6",
                            [](Workload& w) { w.layers[0].quantizer.thresholds.pop_back(); }},
                           {"quantizer.thresholds = unordered in channel 0: must ascend where scale >= 0",
                            [](Workload& w) { w.layers[0].quantizer.thresholds[0] = 1; }},
                           {"quantizer.thresholds = unordered in channel 1: must descend where scale < 0",
                            [](Workload& w) { w.layers[0].quantizer.thresholds[5] = 1; }}});
  check_all(kLinear, {{"quantizer = set: needs requantize = true",
                       [](Workload& w) { w.layers[2].quantizer.format.bits = 1; }}});
}

TEST_CASE("A residual network is valid, and its rules are checked") {
  CHECK_NOTHROW(validate(residual_workload()));
  const auto message = [](const Change& change) {
    Workload workload = residual_workload();
    change(workload);
    try {
      validate(workload);
    } catch (const Error& error) {
      return std::string(error.what());
    }
    return std::string("no error");
  };
  const std::string block = "workload \"tiny\": layer 1 \"block\": ";
  CHECK(message([](Workload& w) { w.layers[1].residual = 1; }) ==
        block + "residual = 1: must name an earlier layer, -1 (the images) to 0");
  CHECK(message([](Workload& w) { w.layers[1].residual_scale.pop_back(); }) ==
        block + "residual_scale = 1 values: must hold out.channels = 2");
  CHECK(message([](Workload& w) { w.layers[1].residual_scale[0] = INFINITY; }) ==
        block + "residual_scale = inf: must be finite (channel 0)");
  CHECK(message([](Workload& w) {
          w.layers[1].quantizer.boundaries = {0, 2, 1};
        }) == block + "quantizer.boundaries = unordered: must ascend");
  CHECK(message([](Workload& w) { w.layers[1].quantizer.thresholds = {1}; }) ==
        block + "quantizer.thresholds = 1 values: must hold nothing where more than A enters z = 0");
  CHECK(message([](Workload& w) { w.layers[1].sum_scale = {1}; }) ==
        block + "sum_scale = 1 values: must hold out.channels = 2");
  CHECK(message([](Workload& w) { w.layers[1].padding_codes = {0}; }) ==
        block + "padding_codes = set: only a convolution with padding has them");
  CHECK(message([](Workload& w) { w.layers[2].input = 0; }) ==
        "workload \"tiny\": layer 2 \"pool\": activations = 2 bit unsigned_binary: must be unset where the "
        "layer "
        "reads sums");
}

TEST_CASE("A mid-rise layer reads mid-rise maps with an odd share of its steps only") {
  Workload workload = tiny_workload();
  workload.image_format = {Encoding::mid_rise, 8};
  for (const std::uint32_t bits : {1U, 2U, 4U, 8U}) {
    workload.layers[0].activations = {Encoding::mid_rise, bits};
    CHECK_NOTHROW(validate(workload));
  }
  workload.layers[0].activations = {Encoding::mid_rise, 3};
  CHECK_THROWS_WITH(
      validate(workload),
      "workload \"tiny\": layer 0 \"layers.0\": activations = 3 bit mid_rise: must equal the codes it "
      "reads, 8 bit mid_rise, or be mid_rise with an odd share of their steps");
}

TEST_CASE("The digest of a workload tells any two apart and is stable") {
  const std::string digest = content_sha256(tiny_workload());
  CHECK(digest == "a29f18d7c95516927f99bcd302a41457af29a8769d0e0a950caa34da17159931");
  const std::vector<Change> changes = {[](Workload& w) { w.network = "tinz"; },
                                       [](Workload& w) { w.labels[0] = 1; },
                                       [](Workload& w) { w.image_codes[5] ^= 1U; },
                                       [](Workload& w) { w.layers[0].offset[1] = 1.0000000000000002; },
                                       [](Workload& w) { w.layers[0].quantizer.thresholds[2] = 501; },
                                       [](Workload& w) { w.layers[0].exact = true; },
                                       [](Workload& w) { w.layers[1].residual = 0; },
                                       [](Workload& w) {
                                         w.layers[0].sum_scale = {1, 1};
                                       },
                                       [](Workload& w) { w.layers[0].padding_codes = {3}; },
                                       [](Workload& w) { std::swap(w.layers[0].name, w.layers[1].name); }};
  for (const Change& change : changes) {
    Workload changed = tiny_workload();
    change(changed);
    CHECK(content_sha256(changed) != digest);
  }
}

TEST_CASE("The converter that a layer counts on is checked") {
  check_all(kLinear, {{"conversion.bits = 9: a staircase has 1 to 8 bits",
                       [](Workload& w) {
                         w.layers[2].conversion = {9, 128};
                       }},
                      {"conversion.bits = 0: a staircase has 1 to 8 bits",
                       [](Workload& w) {
                         w.layers[2].conversion = {0, 128};
                       }},
                      {"conversion.full_scale = 0: must lie in 1..4096",
                       [](Workload& w) {
                         w.layers[2].conversion = {1, 0};
                       }},
                      {"exact = true: no converter reads an exact layer", [](Workload& w) {
                         w.layers[2].conversion = {1, 128};
                         w.layers[2].exact = true;
                       }}});
  check_all(kPool, {{"kind = max_pool: has no weights", [](Workload& w) {
                       w.layers[1].conversion = {1, 128};
                     }}});
  Workload workload = tiny_workload();
  const std::string before = content_sha256(workload);
  workload.layers[2].conversion = {1, 128};
  CHECK(content_sha256(workload) != before);
}
