// SPDX-License-Identifier: Apache-2.0
#include <cmath>

#include "components/model/pac_error.hpp"
#include "components/model/pac_layer.hpp"
#include "tests/golden/pacim.hpp"
#include "tests/support/torch_catch.hpp"

namespace {

using namespace sumline;
using sumline::test::bytes;
using sumline::test::close_to_largest;
using sumline::test::GoldenFile;
using sumline::test::open_golden;

at::Tensor products(const at::Tensor& weights, const at::Tensor& vectors, const PacRule& rule) {
  const PacLayer layer(bytes(weights), static_cast<std::size_t>(weights.size(0)),
                       {{static_cast<std::uint32_t>(weights.size(1)), 1, 1}}, rule);
  at::Tensor results = at::empty({vectors.size(0), weights.size(0)});
  layer.run(bytes(vectors), 0, {0, static_cast<std::size_t>(vectors.size(0))}, {},
            {results.data_ptr<float>(), static_cast<std::size_t>(results.numel())}, {});
  return results;
}

/// Every product stored in the file, and the table's root mean squares over the stored lengths.
void check_products(const GoldenFile& golden) {
  const auto lengths = golden.integers("lengths"), operands = golden.integers("operands");
  const at::Tensor table = golden.tensor("table_rmse_bias_rFS_rMean_rStd");
  for (std::size_t i = 0; i < lengths.size(); ++i) {
    const std::string n = "n" + std::to_string(lengths[i]) + '.';
    if (!golden.contains(n + "w_q")) continue;
    const at::Tensor weights = golden.tensor(n + "w_q"), vectors = golden.tensor(n + "x_q");
    const at::Tensor exact = products(weights, vectors, PacRule::exact(8, 8));
    CHECK(exact.equal(golden.tensor(n + "mac_int").to(at::kFloat)));
    for (std::size_t j = 0; j < operands.size(); ++j) {
      const std::string name = n + "mac_op" + std::to_string(operands[j]);
      if (!golden.contains(name)) continue;
      INFO(name);
      const at::Tensor approximate =
          products(weights, vectors, PacRule::fixed(static_cast<std::uint32_t>(operands[j]), 8, 8));
      CHECK(close_to_largest(approximate, golden.tensor(name), 1e-6));
      const double rmse = approximate.sub(exact).to(at::kDouble).square().mean().sqrt().item<double>();
      const at::Tensor entry = table[static_cast<std::int64_t>(i)][static_cast<std::int64_t>(j)];
      const double rounding = 1e-6 * exact.max().item<double>();
      CHECK(std::abs(rmse - entry[0].item<double>()) <= 0.01 * rmse + rounding);
    }
  }
}

}  // namespace

TEST_CASE("pacim/pac_rmse_uniform.pt") {
  const auto golden = open_golden("pacim/pac_rmse_uniform.pt");
  if (!golden) return;
  check_products(*golden);
  // Our own measurement on shuffled planes has the same spread as the file's uniform codes.
  const auto lengths = golden->integers("lengths"), operands = golden->integers("operands");
  const at::Tensor table = golden->tensor("table_rmse_bias_rFS_rMean_rStd");
  for (std::size_t i = 0; i < lengths.size(); ++i) {
    if (lengths[i] < 64) continue;  // counts of few uniform bits scatter, those of shuffled planes do not
    for (std::size_t j = 0; j < operands.size(); ++j) {
      const auto operand = static_cast<std::uint32_t>(operands[j]);
      const PacError error = pac_error({static_cast<std::uint32_t>(lengths[i]), operand}, 64, 3);
      const double share =
          table[static_cast<std::int64_t>(i)][static_cast<std::int64_t>(j)][2].item<double>();
      INFO("length " << lengths[i] << ", operand " << operand);
      CHECK(std::abs(error.measured_share() - share) <= 0.1 * error.predicted_share() + 1e-7);
    }
  }
}

TEST_CASE("pacim/pac_rmse_cnn.pt") {
  const auto golden = open_golden("pacim/pac_rmse_cnn.pt");
  if (golden) check_products(*golden);
}

TEST_CASE("pacim/pac_rmse_binary.pt") {
  const auto golden = open_golden("pacim/pac_rmse_binary.pt");
  if (!golden) return;
  const auto lengths = golden->integers("lengths");
  const auto densities = golden->numbers("p");
  const at::Tensor table = golden->tensor("rmse_over_N__measured_theory");
  for (std::size_t i = 0; i < lengths.size(); ++i) {
    if (lengths[i] < 64) continue;
    for (std::size_t w = 0; w < densities.size(); ++w) {
      for (std::size_t x = 0; x < densities.size(); ++x) {
        const auto length = static_cast<std::uint32_t>(lengths[i]);
        const PacError error = pac_error({length, 0, 1, 1, densities[w], densities[x]}, 40, 7);
        const at::Tensor entry =
            table[static_cast<std::int64_t>(i)][static_cast<std::int64_t>(w)][static_cast<std::int64_t>(x)];
        INFO("length " << length << ", densities " << densities[w] << ' ' << densities[x]);
        CHECK(error.measured / length == Approx(entry[1].item<double>()).epsilon(0.1));
        if (length >= 625) CHECK(error.measured / length < 0.01);
      }
    }
  }
}

TEST_CASE("pacim/mac_noise_notebook.pt") {
  const auto golden = open_golden("pacim/mac_noise_notebook.pt");
  if (!golden) return;
  const auto trials = static_cast<std::uint32_t>(golden->integer("iter"));
  for (const std::string& name : golden->names()) {
    const auto end = name.find(".counts_w_x_n");
    if (end == std::string::npos) continue;
    const std::string k = name.substr(0, end);
    INFO(k);
    const auto counts = golden->integers(name);
    const auto u32 = [](std::int64_t value) { return static_cast<std::uint32_t>(value); };
    const PairMoments law = predict_pairs(u32(counts[2]), u32(counts[0]), u32(counts[1]));
    const auto analytic = golden->numbers(k + ".analytic_mean_std");
    CHECK(law.mean == Approx(analytic[0]).epsilon(1e-9));
    CHECK(law.deviation == Approx(analytic[1]).epsilon(1e-9));
    const MeasuredPairs measured = measure_pairs(u32(counts[2]), u32(counts[0]), u32(counts[1]), trials, 2);
    for (const std::string source : {".mean_std_max_min", ".published_mean_std_max_min"}) {
      const auto moments = golden->numbers(k + source);
      CHECK(std::abs(measured.moments.mean - moments[0]) < 0.35);
      CHECK(measured.moments.deviation == Approx(moments[1]).epsilon(0.04));
    }
  }
}
