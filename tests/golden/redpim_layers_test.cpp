// SPDX-License-Identifier: Apache-2.0
#include <torch/nn/module.h>

#include <set>

#include "nn/layers.hpp"
#include "nn/quantizers/hwgq.hpp"
#include "nn/quantizers/mid_rise.hpp"
#include "tests/golden/golden_file.hpp"
#include "tests/support/torch_catch.hpp"

namespace {

using sumline::ActivationQuantizer;
using sumline::LayerQuantizers;
using sumline::NodeConfig;
using sumline::NodeKind;
using sumline::WeightQuantizer;
using sumline::test::close;
using sumline::test::GoldenFile;
using sumline::test::open_golden;
using sumline::test::u32;

LayerQuantizers fixed(std::int64_t bits) {
  return {ActivationQuantizer::hwgq, static_cast<std::uint32_t>(bits), WeightQuantizer::mid_rise, 8};
}

/// The prefixes "K." of the cases in a file: what stands before "cfg".
std::set<std::string> cases(const GoldenFile& golden) {
  std::set<std::string> found;
  for (const std::string& name : golden.names()) {
    const auto end = name.rfind("cfg");
    if (end != std::string::npos) found.insert(name.substr(0, end));
  }
  return found;
}

/// Forward, backward, codes, step and size buffers of one layer against case `k` of the file.
template <typename Layer>
void check_layer(const GoldenFile& golden, const std::string& k, Layer& layer, const std::string& weight_name,
                 std::uint32_t bits) {
  INFO(k);
  const at::NoGradGuard no_grad;
  auto parameters = layer.named_parameters();
  parameters[weight_name + ".weight"].copy_(golden.tensor(k + "w"));
  if (golden.contains(k + "b")) parameters[weight_name + ".bias"].copy_(golden.tensor(k + "b"));
  const at::Tensor w = parameters[weight_name + ".weight"];
  const double step = sumline::gaussian_step(w, 8);
  CHECK(step == golden.number(k + "wstep"));
  CHECK(sumline::mid_rise(w, step, 8).equal(golden.tensor(k + "wq")));
  CHECK(sumline::mid_rise_codes(w, step, 8).equal(golden.tensor(k + "wcode")));
  CHECK(sumline::hwgq_codes(golden.tensor(k + "x"), bits).equal(golden.tensor(k + "xcode")));

  const at::AutoGradMode with_grad(true);
  const at::Tensor x = golden.tensor(k + "x").clone().requires_grad_(true);
  const at::Tensor y = layer.forward(x);
  CHECK(close(y, golden.tensor(k + "y")));
  y.backward(golden.tensor(k + "gout"));
  CHECK(close(x.grad(), golden.tensor(k + "gx")));
  CHECK(close(w.grad(), golden.tensor(k + "gw")));
  CHECK(layer.named_buffers()["size_product"].equal(golden.tensor(k + "size_product")));
  CHECK(layer.named_buffers()["memory_size"].equal(golden.tensor(k + "memory_size")));
}

}  // namespace

TEST_CASE("redpim/quant_activ_conv.pt") {
  const auto golden = open_golden("redpim/quant_activ_conv.pt");
  if (!golden) return;
  const auto all = cases(*golden);
  REQUIRE_FALSE(all.empty());
  for (const std::string& k : all) {
    const auto cfg = golden->integers(k + "cfg");
    const NodeConfig node{NodeKind::convolution, u32(cfg[1]), u32(cfg[2]), u32(cfg[3]), u32(cfg[4])};
    sumline::QuantConv2d layer(u32(cfg[0]), node, fixed(cfg[5]));
    check_layer(*golden, k, layer, "conv", u32(cfg[5]));
  }
}

TEST_CASE("redpim/quant_activ_linear.pt") {
  const auto golden = open_golden("redpim/quant_activ_linear.pt");
  if (!golden) return;
  const auto all = cases(*golden);
  REQUIRE_FALSE(all.empty());
  for (const std::string& k : all) {
    const auto cfg = golden->integers(k + "cfg");
    const NodeConfig node{NodeKind::linear, u32(cfg[1])};
    sumline::QuantLinear layer(u32(cfg[0]), node, fixed(cfg[2]));
    check_layer(*golden, k, layer, "linear", u32(cfg[2]));
  }
}
