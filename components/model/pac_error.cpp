// SPDX-License-Identifier: Apache-2.0
#include "components/model/pac_error.hpp"

#include <Random123/philox.h>
#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <cmath>

#include "components/model/exact_pairs.hpp"
#include "energy/error.hpp"

namespace sumline {
namespace {

constexpr std::uint32_t kMaxLength = 33025;
constexpr std::uint32_t kActivationStream = 1U << 31;

using Plane = std::vector<std::uint64_t>;
using Planes = std::vector<Plane>;  ///< [bit]

/// Sets `ones` bits at random places: each place is chosen with the chance that is left for it.
Plane random_plane(std::uint32_t length, std::uint32_t ones, std::uint64_t seed, std::uint32_t stream) {
  Plane plane((length + 63) / 64, 0);
  const r123::Philox4x32::key_type key{
      {static_cast<std::uint32_t>(seed), static_cast<std::uint32_t>(seed >> 32)}};
  r123::Philox4x32::ctr_type words{};
  for (std::uint32_t k = 0, left = ones; k < length; ++k) {
    if (k % 4 == 0) words = r123::Philox4x32()({{k / 4, stream, 0, 0}}, key);
    const bool set = (std::uint64_t{words[k % 4]} * (length - k)) >> 32 < left;
    if (set) {
      plane[k / 64] |= std::uint64_t{1} << (k % 64);
      --left;
    }
  }
  return plane;
}

std::uint32_t both(const Plane& a, const Plane& b) {
  int count = 0;
  for (std::size_t w = 0; w < a.size(); ++w) count += std::popcount(a[w] & b[w]);
  return static_cast<std::uint32_t>(count);
}

std::uint32_t ones_of(const PacErrorPoint& point, double density) {
  return static_cast<std::uint32_t>(point.length * density);
}

double weight_of(std::uint32_t p, std::uint32_t q) {
  return static_cast<double>(1U << (p + q));
}

std::vector<Planes> random_vectors(const PacErrorPoint& point, bool weights, std::uint32_t count,
                                   std::uint64_t seed) {
  const std::uint32_t bits = weights ? point.weight_bits : point.activation_bits;
  const std::uint32_t ones = ones_of(point, weights ? point.weight_density : point.activation_density);
  std::vector<Planes> vectors(count);
  for (std::uint32_t i = 0; i < count; ++i) {
    for (std::uint32_t bit = 0; bit < bits; ++bit) {
      const std::uint32_t stream = (i * 8 + bit) | (weights ? 0 : kActivationStream);
      vectors[i].push_back(random_plane(point.length, ones, seed, stream));
    }
  }
  return vectors;
}

double product_error(const Planes& w, const Planes& x, const ExactPairs& exact, double expected) {
  double error = 0;
  for (std::uint32_t p = 0; p < w.size(); ++p) {
    for (std::uint32_t q = 0; q < x.size(); ++q) {
      if (!exact.contains(p, q)) error += weight_of(p, q) * (expected - both(w[p], x[q]));
    }
  }
  return error;
}

void check(const PacErrorPoint& point) {
  const auto density = [](double d) { return d >= 0 && d <= 1; };
  if (point.length < 2 || point.length > kMaxLength) {
    throw Error(fmt::format("length = {}: must be 2..{}", point.length, kMaxLength));
  }
  if (!density(point.weight_density) || !density(point.activation_density)) {
    throw Error(
        fmt::format("densities {} and {}: must be 0..1", point.weight_density, point.activation_density));
  }
  for (const std::uint32_t bits : {point.weight_bits, point.activation_bits}) {
    if (bits < 1 || bits > 8) throw Error(fmt::format("{} bits: must be 1..8", bits));
  }
}

}  // namespace

PairMoments predict_pairs(std::uint32_t length, std::uint32_t weight_ones, std::uint32_t activation_ones) {
  const double n = length, w = weight_ones, x = activation_ones;
  return {w * x / n, std::sqrt(x * (w / n) * (1 - w / n) * (n - x) / (n - 1))};
}

MeasuredPairs measure_pairs(std::uint32_t length, std::uint32_t weight_ones, std::uint32_t activation_ones,
                            std::uint32_t trials, std::uint64_t seed) {
  MeasuredPairs measured{{}, length, 0};
  double sum = 0, squares = 0;
  for (std::uint32_t trial = 0; trial < trials; ++trial) {
    const std::uint32_t count = both(random_plane(length, weight_ones, seed, trial),
                                     random_plane(length, activation_ones, seed, trial | kActivationStream));
    sum += count;
    squares += static_cast<double>(count) * count;
    measured.smallest = std::min(measured.smallest, count);
    measured.largest = std::max(measured.largest, count);
  }
  const double mean = sum / trials;
  measured.moments = {mean, std::sqrt(std::max(0.0, squares / trials - mean * mean))};
  return measured;
}

PacError pac_error(const PacErrorPoint& point, std::uint32_t vectors, std::uint64_t seed) {
  check(point);
  const ExactPairs exact =
      ExactPairs::most_significant(point.operand, point.weight_bits, point.activation_bits);
  const PairMoments pair = predict_pairs(point.length, ones_of(point, point.weight_density),
                                         ones_of(point, point.activation_density));
  PacError result{point,
                  static_cast<double>(((1U << point.weight_bits) - 1) * ((1U << point.activation_bits) - 1)) *
                      point.length};
  double variance = 0;
  for (std::uint32_t p = 0; p < point.weight_bits; ++p) {
    for (std::uint32_t q = 0; q < point.activation_bits; ++q) {
      if (!exact.contains(p, q)) variance += std::pow(weight_of(p, q) * pair.deviation, 2);
    }
  }
  result.predicted = std::sqrt(variance);
  const auto weights = random_vectors(point, true, vectors, seed);
  const auto activations = random_vectors(point, false, vectors, seed);
  double sum = 0, squares = 0;
  for (const Planes& w : weights) {
    for (const Planes& x : activations) {
      const double error = product_error(w, x, exact, pair.mean);
      sum += error;
      squares += error * error;
    }
  }
  const double count = static_cast<double>(vectors) * vectors;
  result.measured = std::sqrt(squares / count);
  result.bias = sum / count;
  return result;
}

std::string pac_error_csv(std::span<const PacError> errors) {
  std::string csv =
      "length,operand,weight_bits,activation_bits,weight_density,activation_density,measured_rmse,predicted_"
      "rmse,bias,"
      "measured_share_of_full_scale,predicted_share_of_full_scale\n";
  for (const PacError& e : errors) {
    const PacErrorPoint& p = e.point;
    csv += fmt::format("{},{},{},{},{:.6g},{:.6g},{:.6g},{:.6g},{:.6g},{:.6g},{:.6g}\n", p.length, p.operand,
                       p.weight_bits, p.activation_bits, p.weight_density, p.activation_density, e.measured,
                       e.predicted, e.bias, e.measured_share(), e.predicted_share());
  }
  return csv;
}

}  // namespace sumline
