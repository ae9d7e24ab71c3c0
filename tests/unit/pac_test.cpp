// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch.hpp>
#include <random>

#include "components/model/pac_kernels.hpp"
#include "components/model/pac_layer.hpp"
#include "components/model/window_rule.hpp"
#include "energy/error.hpp"
#include "tests/support/simd_targets.hpp"

namespace sumline::pac_test {
namespace {

constexpr std::array<double, 3> kThresholds{7000, 10000, 13000};

std::vector<std::uint8_t> random_codes(std::size_t count, std::uint32_t bits, std::mt19937& random) {
  std::vector<std::uint8_t> codes(count);
  for (auto& code : codes) code = static_cast<std::uint8_t>(random() % (1U << bits));
  return codes;
}

struct Case {
  WindowGeometry geometry;
  std::size_t outputs;
  std::size_t images;
  std::uint8_t pad_code;
  std::vector<std::uint8_t> weights;
  std::vector<std::uint8_t> maps;

  Case(std::uint32_t weight_bits, std::uint32_t activation_bits, std::mt19937& random) {
    geometry.kernel = 1 + random() % 3;
    geometry.stride = 1 + random() % 2;
    geometry.padding = random() % 2;
    geometry.in = {1 + static_cast<std::uint32_t>(random() % 40),
                   geometry.kernel + static_cast<std::uint32_t>(random() % 5),
                   geometry.kernel + static_cast<std::uint32_t>(random() % 5)};
    outputs = 1 + random() % 90;
    images = 1 + random() % 3;
    pad_code = static_cast<std::uint8_t>(random() % (1U << activation_bits));
    weights = random_codes(outputs * geometry.rows(), weight_bits, random);
    // Codes of different mean per image, so that every class of dynamic configuration occurs.
    for (std::size_t image = 0; image < images; ++image) {
      const auto unused = static_cast<std::uint32_t>(random() % std::min(4U, activation_bits));
      const auto map = random_codes(geometry.in.size(), activation_bits - unused, random);
      maps.insert(maps.end(), map.begin(), map.end());
    }
  }

  std::size_t positions() const { return images * geometry.positions(); }

  std::vector<float> fast(const PacRule& rule, std::vector<std::uint8_t>* classes = nullptr) const {
    const PacLayer layer(weights, outputs, geometry, rule);
    std::vector<float> results(positions() * outputs);
    std::vector<std::uint8_t> indices(positions());
    layer.run(maps, pad_code, {0, positions()}, {}, results, indices);
    if (classes != nullptr) *classes = indices;
    return results;
  }

  /// Window by window through the hook; the map is indexed cell by cell.
  std::vector<double> slow(const WindowRule& rule, std::uint32_t weight_bits,
                           std::uint32_t activation_bits) const {
    std::vector<BitPlanes> filters(outputs);
    const std::size_t rows = geometry.rows();
    for (std::size_t o = 0; o < outputs; ++o)
      filters[o].assign(std::span(weights).subspan(o * rows, rows), weight_bits);
    std::vector<double> results(positions() * outputs);
    for (std::size_t p = 0; p < positions(); ++p) {
      BitPlanes planes;
      planes.assign(window(p), activation_bits);
      rule(planes, filters, std::span(results).subspan(p * outputs, outputs));
    }
    return results;
  }

  std::vector<std::uint8_t> window(std::size_t position) const {
    const Shape& in = geometry.in;
    const auto image = position / geometry.positions();
    const auto top =
        static_cast<int>(position % geometry.positions() / geometry.out_width() * geometry.stride);
    const auto left = static_cast<int>(position % geometry.out_width() * geometry.stride);
    std::vector<std::uint8_t> cells;
    for (int c = 0; c < static_cast<int>(in.channels); ++c) {
      for (int i = 0; i < static_cast<int>(geometry.kernel); ++i) {
        for (int j = 0; j < static_cast<int>(geometry.kernel); ++j) {
          const int y = top + i - static_cast<int>(geometry.padding);
          const int x = left + j - static_cast<int>(geometry.padding);
          const bool inside =
              y >= 0 && x >= 0 && y < static_cast<int>(in.height) && x < static_cast<int>(in.width);
          const auto cell =
              (static_cast<std::size_t>(y) * in.width + static_cast<std::size_t>(x)) * in.channels +
              static_cast<std::size_t>(c);
          cells.push_back(inside ? maps[image * in.size() + cell] : pad_code);
        }
      }
    }
    return cells;
  }
};

void require_close(const std::vector<float>& fast, const std::vector<double>& slow) {
  REQUIRE(fast.size() == slow.size());
  double largest = 1;
  for (const double value : slow) largest = std::max(largest, std::abs(value));
  for (std::size_t i = 0; i < fast.size(); ++i) {
    if (std::abs(fast[i] - slow[i]) > 1e-7 * largest)
      FAIL("result " << i << ": " << fast[i] << " is not " << slow[i]);
  }
}

}  // namespace

TEST_CASE("The exact pairs of an operand are its most significant bits") {
  for (std::uint32_t weight_bits = 1; weight_bits <= 8; ++weight_bits) {
    for (std::uint32_t activation_bits = 1; activation_bits <= 8; ++activation_bits) {
      for (std::uint32_t operand = 0; operand <= std::min(weight_bits, activation_bits); ++operand) {
        const auto pairs = ExactPairs::most_significant(operand, weight_bits, activation_bits);
        CHECK(pairs.count() == operand * operand);
        for (std::uint32_t p = 0; p < 8; ++p) {
          for (std::uint32_t q = 0; q < 8; ++q) {
            const bool exact = p + operand >= weight_bits && p < weight_bits &&
                               q + operand >= activation_bits && q < activation_bits;
            CHECK(pairs.contains(p, q) == exact);
          }
        }
      }
    }
  }
}

TEST_CASE("Terms cover every exact pair once") {
  std::mt19937 random(3);
  for (int trial = 0; trial < 100; ++trial) {
    ExactPairs pairs;
    for (auto& mask : pairs.activation_mask) mask = static_cast<std::uint8_t>(random());
    std::array<std::array<int, 8>, 8> covered{};
    for (const PairTerm& term : pairs.terms()) {
      for (std::uint32_t p = 0; p < 8; ++p) {
        for (std::uint32_t q = 0; q < 8; ++q)
          covered[p][q] += (term.weight_mask >> p & 1) * (term.activation_mask >> q & 1);
      }
    }
    for (std::uint32_t p = 0; p < 8; ++p) {
      for (std::uint32_t q = 0; q < 8; ++q) CHECK(covered[p][q] == static_cast<int>(pairs.contains(p, q)));
    }
  }
}

TEST_CASE("Dynamic configuration keeps 10, 13, 15 or 16 pairs") {
  const PacRule rule = PacRule::dynamic(kThresholds, 4, 8, 8);
  REQUIRE(rule.classes.size() == 4);
  const std::array<std::uint32_t, 4> pairs{10, 13, 15, 16};
  for (std::size_t i = 0; i < 4; ++i) CHECK(rule.classes[i].count() == pairs[i]);
  for (const auto& [p, q] : {std::pair{4, 4}, {4, 5}, {5, 4}, {4, 6}, {5, 5}, {6, 4}}) {
    CHECK_FALSE(rule.classes[0].contains(static_cast<std::uint32_t>(p), static_cast<std::uint32_t>(q)));
  }
  CHECK(rule.class_of(7000, 576) == 0);  // a threshold itself belongs below
  CHECK(rule.class_of(7001, 576) == 1);
  CHECK(rule.class_of(13000, 576) == 2);
  CHECK(rule.class_of(13001, 576) == 3);
  CHECK(rule.class_of(13001, 1152) == 0);
}

TEST_CASE("The closed form of PAC equals its definition pair by pair") {
  std::mt19937 random(11);
  for (int trial = 0; trial < 60; ++trial) {
    const std::uint32_t weight_bits = 1 + random() % 8, activation_bits = 1 + random() % 8;
    const std::uint32_t operand = random() % (1 + std::min(weight_bits, activation_bits));
    const Case layer(weight_bits, activation_bits, random);
    PacRule rule = PacRule::fixed(operand, weight_bits, activation_bits);
    if (trial % 3 == 0) rule.segment_rows = 1 + random() % 70;
    INFO("weights " << weight_bits << ", activations " << activation_bits << ", operand " << operand
                    << ", segments " << rule.segment_rows);
    require_close(layer.fast(rule), layer.slow(pair_by_pair(rule), weight_bits, activation_bits));
  }
}

TEST_CASE("The closed form of dynamic configuration equals its definition, in batches") {
  std::mt19937 random(12);
  std::array<std::size_t, 4> seen{};
  for (int trial = 0; trial < 40; ++trial) {
    const Case layer(8, 8, random);
    PacRule rule = PacRule::dynamic({10000, 20000, 40000}, 4, 8, 8);
    if (trial % 4 == 0) rule.segment_rows = 1 + random() % 50;
    std::vector<std::uint8_t> classes;
    require_close(layer.fast(rule, &classes), layer.slow(pair_by_pair(rule), 8, 8));
    for (const auto index : classes) ++seen[index];
  }
  for (const std::size_t count : seen) CHECK(count > 0);
}

TEST_CASE("Full operand gives the exact integer product on every SIMD target") {
  std::mt19937 random(13);
  for (const std::int64_t target : test::simd_targets()) {
    const test::ForcedSimdTarget forced(target);
    INFO(hwy::TargetName(target));
    for (int trial = 0; trial < 20; ++trial) {
      const Case layer(8, 8, random);
      const auto fast = layer.fast(PacRule::fixed(8, 8, 8));
      const std::size_t rows = layer.geometry.rows();
      for (std::size_t p = 0; p < layer.positions(); ++p) {
        const auto window = layer.window(p);
        for (std::size_t o = 0; o < layer.outputs; ++o) {
          std::int64_t sum = 0;
          for (std::size_t k = 0; k < rows; ++k) sum += window[k] * layer.weights[o * rows + k];
          if (fast[p * layer.outputs + o] != static_cast<float>(sum))
            FAIL("window " << p << ", output " << o);
        }
      }
    }
  }
}

TEST_CASE("Every SIMD target and any split of the positions give the same bits") {
  std::mt19937 random(14);
  for (int trial = 0; trial < 20; ++trial) {
    const Case layer(8, 8, random);
    const PacRule rule =
        trial % 2 == 0 ? PacRule::dynamic({10000, 20000, 40000}, 4, 8, 8) : PacRule::fixed(3, 8, 8);
    const auto whole = layer.fast(rule);
    for (const std::int64_t target : test::simd_targets()) {
      const test::ForcedSimdTarget forced(target);
      const PacLayer pac(layer.weights, layer.outputs, layer.geometry, rule);
      std::vector<float> parts(whole.size());
      for (std::size_t begin = 0, step = 1; begin < layer.positions(); begin += step) {
        step = std::min<std::size_t>(1 + random() % 7, layer.positions() - begin);
        pac.run(layer.maps, layer.pad_code, {begin, begin + step}, {},
                std::span(parts).subspan(begin * layer.outputs, step * layer.outputs), {});
      }
      REQUIRE(parts == whole);
    }
  }
}

TEST_CASE("A dequantizer scales the product and adds offset and code sum") {
  std::mt19937 random(15);
  const Case layer(8, 8, random);
  const PacLayer pac(layer.weights, layer.outputs, layer.geometry, PacRule::fixed(8, 8, 8));
  const std::vector<double> offset(layer.outputs, -3.5);
  std::vector<float> results(layer.positions() * layer.outputs);
  pac.run(layer.maps, layer.pad_code, {0, layer.positions()}, {0.25, offset, 0.5}, results, {});
  const auto products = layer.fast(PacRule::fixed(8, 8, 8));
  for (std::size_t p = 0; p < layer.positions(); ++p) {
    double sum = 0;
    for (const std::uint8_t code : layer.window(p)) sum += code;
    for (std::size_t o = 0; o < layer.outputs; ++o) {
      CHECK(results[p * layer.outputs + o] ==
            Approx(0.25 * products[p * layer.outputs + o] - 3.5 + 0.5 * sum));
    }
  }
}

TEST_CASE("Corrections are rounded to the nearest integer, halves up, over their whole range") {
  std::mt19937_64 random(9);
  for (const std::int64_t divisor : {1, 2, 3, 576, 4608, 33025}) {
    std::vector<double> numerators;
    std::vector<std::int32_t> expected;
    const auto add = [&](std::int64_t numerator) {
      const std::int64_t doubled = 2 * numerator + divisor;  // floor(n / d + 1 / 2), in integers
      const std::int64_t quotient = doubled / (2 * divisor) - (doubled % (2 * divisor) < 0 ? 1 : 0);
      numerators.push_back(static_cast<double>(numerator));
      expected.push_back(static_cast<std::int32_t>(quotient + 5));
    };
    for (int trial = 0; trial < 500; ++trial) {
      const std::int64_t whole =
          static_cast<std::int64_t>(random() % (std::uint64_t{1} << 32)) - (std::int64_t{1} << 31);
      const std::int64_t quotient = (trial % 2 == 0 ? whole : whole % 1000) / 2;
      for (const std::int64_t around : {std::int64_t{0}, divisor / 2, (divisor + 1) / 2}) {
        for (const std::int64_t nudge : {-1, 0, 1}) add(quotient * divisor + around + nudge);
      }
    }
    for (const std::int64_t target : test::simd_targets()) {
      const test::ForcedSimdTarget forced(target);
      std::vector<std::int32_t> products(numerators.size(), 5);
      const double* values = numerators.data();
      const double one = 1;
      add_quotients(&values, &one, 1, static_cast<double>(divisor), products.data(), products.size());
      REQUIRE(products == expected);
    }
  }
}

TEST_CASE("Unfit PAC settings are refused") {
  using Catch::Message;
  CHECK_THROWS_MATCHES(
      ExactPairs::most_significant(5, 8, 4), Error,
      Message("operand = 5: must be at most the narrower width, 4 (weights 8 bits, activations 4 bits)"));
  CHECK_THROWS_MATCHES(PacRule::dynamic({7000, 6000, 13000}, 4, 8, 8), Error,
                       Message("dynamic.thresholds = [7000, 6000, 13000]: must be finite and ascend"));
  CHECK_THROWS_MATCHES(PacRule::dynamic({7000, NAN, 13000}, 4, 8, 8), Error,
                       Message("dynamic.thresholds = [7000, nan, 13000]: must be finite and ascend"));
  CHECK_THROWS_MATCHES(
      PacRule::dynamic(kThresholds, 4, 8, 4), Error,
      Message(
          "dynamic: operand 4 with 8-bit weights and 4-bit activations: dynamic workload configuration is "
          "defined for operand 4 with 8 and 8 bits"));
  CHECK_THROWS_MATCHES(
      PacProducts(std::vector<std::uint8_t>(33026), 1, 33026, PacRule::fixed(4, 8, 8)), Error,
      Message("a window of 33026 rows: 8-bit products are summed in 32 bits, at most 33025 rows"));
}

}  // namespace sumline::pac_test
