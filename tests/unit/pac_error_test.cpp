// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch.hpp>
#include <cmath>

#include "components/model/pac_error.hpp"

namespace sumline::pac_error_test {

TEST_CASE("Pairs of shuffled planes follow the hypergeometric law by enumeration") {
  // All placements of x's ones against one fixed w, n = 10.
  const std::uint32_t n = 10, weight_ones = 4, activation_ones = 3;
  double sum = 0, squares = 0, placements = 0;
  for (std::uint32_t x = 0; x < (1U << n); ++x) {
    if (std::popcount(x) != static_cast<int>(activation_ones)) continue;
    const double count = std::popcount(x & ((1U << weight_ones) - 1));
    sum += count;
    squares += count * count;
    ++placements;
  }
  const PairMoments law = predict_pairs(n, weight_ones, activation_ones);
  CHECK(law.mean == Approx(sum / placements));
  CHECK(law.deviation == Approx(std::sqrt(squares / placements - std::pow(sum / placements, 2))));
}

TEST_CASE("Measured pairs agree with the published moments of PACiM's noise experiment") {
  struct Published {
    double weight_density, activation_density, mean, deviation;
  };
  for (const auto& p :
       {Published{.30, .15, 45.87, 5.23}, {.50, .25, 127.98, 6.90}, {.70, .30, 214.66, 6.71}}) {
    const auto weight_ones = static_cast<std::uint32_t>(1024 * p.weight_density);
    const auto activation_ones = static_cast<std::uint32_t>(1024 * p.activation_density);
    const MeasuredPairs measured = measure_pairs(1024, weight_ones, activation_ones, 4000, 1);
    CHECK(std::abs(measured.moments.mean - p.mean) < 0.35);
    CHECK(measured.moments.deviation == Approx(p.deviation).epsilon(0.04));
    const PairMoments law = predict_pairs(1024, weight_ones, activation_ones);
    CHECK(law.mean == Approx(p.mean).epsilon(0.001));
    CHECK(law.deviation == Approx(p.deviation).epsilon(0.01));
  }
}

TEST_CASE("PAC's error relative to full scale is PACiM's table within ten percent") {
  const std::array<std::uint32_t, 6> operands{0, 2, 3, 4, 5, 6};
  const std::pair<std::uint32_t, std::array<double, 6>> table[] = {
      {64, {1.03, .354, .186, .086, .044, .023}},
      {256, {.522, .182, .092, .047, .023, .011}},
      {1024, {.259, .092, .047, .023, .012, .006}},
      {4096, {.131, .044, .023, .011, .006, .003}}};
  for (const auto& [length, percent] : table) {
    for (std::size_t i = 0; i < operands.size(); ++i) {
      const PacError error = pac_error({length, operands[i]}, 48, 5);
      INFO("length " << length << ", operand " << operands[i]);
      // The table's last entries have one digit: half of its unit is added to the ten percent.
      const double rounding = percent[i] < 0.1 ? 0.0005 : percent[i] < 1 ? 0.0005 : 0.005;
      CHECK(std::abs(100 * error.measured_share() - percent[i]) < 0.1 * percent[i] + rounding);
      CHECK(error.measured == Approx(error.predicted).epsilon(0.06));
    }
  }
}

TEST_CASE("The prediction of PAC's error holds for any densities and widths") {
  for (const auto& [weight_density, activation_density] :
       {std::pair{0.3, 0.15}, {0.7, 0.3}, {0.5, 0.05}, {0.0, 0.5}}) {
    for (const auto& [weight_bits, activation_bits] : {std::pair{8U, 8U}, {4U, 6U}}) {
      const PacError error =
          pac_error({512, 3, weight_bits, activation_bits, weight_density, activation_density}, 64, 9);
      INFO(weight_density << ' ' << activation_density << ' ' << weight_bits);
      CHECK(error.measured == Approx(error.predicted).epsilon(0.06));
      CHECK(std::abs(error.bias) <= 0.1 * error.predicted);
    }
  }
  CHECK(pac_error({512, 8}, 4, 1).measured == 0);
}

TEST_CASE("The error of PAC as CSV has one line per point") {
  const std::vector<PacError> errors{{{64, 4}, 100, 2, 0.5, 4}};
  CHECK(pac_error_csv(errors) ==
        "length,operand,weight_bits,activation_bits,weight_density,activation_density,measured_rmse,"
        "predicted_rmse,bias,"
        "measured_share_of_full_scale,predicted_share_of_full_scale\n"
        "64,4,8,8,0.5,0.5,2,4,0.5,0.02,0.04\n");
}

TEST_CASE("Points outside the range of PAC's error analysis are refused") {
  CHECK_THROWS_WITH(pac_error({1, 4}, 2, 1), "length = 1: must be 2..33025");
  CHECK_THROWS_WITH(pac_error({64, 4, 8, 8, 0.5, 1.5}, 2, 1), "densities 0.5 and 1.5: must be 0..1");
  CHECK_THROWS_WITH(pac_error({64, 4, 9, 8}, 2, 1), "9 bits: must be 1..8");
  CHECK_THROWS_WITH(
      pac_error({64, 9}, 2, 1),
      "operand = 9: must be at most the narrower width, 8 (weights 8 bits, activations 8 bits)");
}

}  // namespace sumline::pac_error_test
