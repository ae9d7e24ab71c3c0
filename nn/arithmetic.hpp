// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <optional>

#include "components/model/window_rule.hpp"

/// How bit-wise layers compute. Without Torch.
namespace sumline {

enum class ArithmeticMode : std::uint8_t {
  train,       ///< float32 products of quantised values, with gradients
  inference,   ///< exact integer products of the codes
  simulation,  ///< products as the hardware forms them
};

/// Whose numbers: ours, or the original's with its quirks (docs/pacim.md lists them).
enum class Compatibility : std::uint8_t { correct, reference };

struct Arithmetic {
  ArithmeticMode mode = ArithmeticMode::train;
  /// Simulation: exact most significant bits of weights and activations; absent = all bits exact.
  std::optional<std::uint32_t> operand{};
  /// Simulation with operand 4, convolutions only: thresholds of dynamic workload configuration; absent =
  /// off.
  std::optional<std::array<double, 3>> thresholds{};
  std::uint32_t segment_rows = 0;  ///< simulation: see PacRule
  WindowRule rule{};               ///< simulation: replaces all of the above where set
  /// Train and inference: standard deviation of multiplicative Gaussian noise on the products, as a fraction.
  double trim_noise = 0;
  Compatibility compatibility = Compatibility::correct;
};

/// The rule that simulation follows for these widths where `rule` is not set.
/// @param dynamic whether thresholds apply @throws Error as PacRule
PacRule pac_rule(const Arithmetic& arithmetic, std::uint32_t weight_bits, std::uint32_t activation_bits,
                 bool dynamic);

}  // namespace sumline
