// SPDX-License-Identifier: Apache-2.0
#include "nn/arithmetic.hpp"

namespace sumline {

PacRule pac_rule(const Arithmetic& arithmetic, std::uint32_t weight_bits, std::uint32_t activation_bits,
                 bool dynamic) {
  if (arithmetic.mode != ArithmeticMode::simulation || !arithmetic.operand) {
    return PacRule::exact(weight_bits, activation_bits);
  }
  PacRule rule =
      dynamic && arithmetic.thresholds
          ? PacRule::dynamic(*arithmetic.thresholds, *arithmetic.operand, weight_bits, activation_bits)
          : PacRule::fixed(*arithmetic.operand, weight_bits, activation_bits);
  rule.segment_rows = arithmetic.segment_rows;
  return rule;
}

}  // namespace sumline
