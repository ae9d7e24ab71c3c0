// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "configs/accelerator.hpp"

namespace sumline {

std::string approximation_conflict(const Accelerator& accelerator) {
  if (!accelerator.approximation) return {};
  const struct {
    bool holds;
    const char* rule;
  } rules[]{
      {accelerator.array.layout == BitlineLayout::slice_major,
       "needs array.layout = \"slice_major\": a read must be one weight bit of several outputs"},
      {accelerator.array.cell_bits == 1, "needs array.cell_bits = 1: pairs of single bits are chosen"},
      {accelerator.dac.bits == 1, "needs dac.bits = 1: pairs of single bits are chosen"},
      {accelerator.adc.readout == ReadoutKind::adder_tree,
       "needs adc.readout = \"adder_tree\": the pairs left to the array must be exact"},
      {accelerator.weights.mapping == WeightMapping::offset && !accelerator.weights.flip,
       "needs weights.mapping = \"offset\" and weights.flip = false: ones of the weights' own bits are "
       "counted"},
      {accelerator.ou.skipping == Skipping::none && !accelerator.ou.skip_zero_columns,
       "needs ou.skipping = \"none\" and ou.skip_zero_columns = false: reads follow the pairs alone"},
      {accelerator.peak.input_bits >= accelerator.approximation->operand &&
           accelerator.peak.weight_bits >= accelerator.approximation->operand,
       "must not exceed peak.input_bits and peak.weight_bits"},
  };
  const auto broken =
      std::find_if(std::begin(rules), std::end(rules), [](const auto& rule) { return !rule.holds; });
  return broken == std::end(rules) ? std::string() : std::string(broken->rule);
}

}  // namespace sumline
